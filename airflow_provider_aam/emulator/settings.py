"""How this emulator behaves: everything a test may change with `configure`."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, fields
from typing import Any, Literal

HostRules = Literal["auto", "gateway", "demdex"]

Category = Literal["formatErrors", "invalidAamId", "invalidDeviceId", "noMatchingAamId", "noTraitRealized"]

IMS = "https://ims-na1.adobelogin.com"


@dataclass(frozen=True, kw_only=True)
class Settings:
    """One setting a field; `limits` are the resources'. `replaced` refuses names and types it does not know."""

    credential_mode: Literal["legacy", "migrated", "eol"] = "legacy"
    jwt_enabled: bool = True
    server_to_server_enabled: bool = True
    certificate_expired: bool = False
    second_client_secret: str | None = None
    granted_scopes: list[str] | None = None
    ims_audience: str = IMS
    token_lifetime_s: int | None = None
    legacy_refresh_tokens: bool = True
    rbac: bool = False
    product_profile: bool = True
    api_in_project: bool = True
    host_rules: HostRules = "auto"
    limits: dict[str, int] = field(default_factory=dict)
    mapping_dates_shift_days: int = 0
    latency_s: float = 0.0
    inbound_every_s: float = 43_200.0
    inbound_report_after_s: float = 43_200.0
    inbound_late_s: dict[str, float] = field(default_factory=dict)
    inbound_ignored: list[str] = field(default_factory=list)
    inbound_rejected: list[str] = field(default_factory=list)
    inbound_lost_markers: list[str] = field(default_factory=list)
    opted_out: list[str] = field(default_factory=list)
    inbound_failing: dict[Category, float] = field(default_factory=dict)

    def replaced(self, changes: dict[str, Any]) -> Settings:
        """Return a copy with `changes`; `limits` is merged, the rest is replaced. Raises `ValueError`."""
        import msgspec

        known = {each.name for each in fields(self)}
        if unknown := sorted(set(changes) - known):
            raise ValueError(f"unknown setting {', '.join(unknown)}; known: {', '.join(sorted(known))}")
        merged = {**asdict(self), **changes}
        if "limits" in changes:
            if unknown := sorted(set(changes["limits"]) - set(self.limits)):
                raise ValueError(f"unknown limit {', '.join(unknown)}; known: {', '.join(self.limits)}")
            merged["limits"] = {**self.limits, **changes["limits"]}
        return msgspec.convert(merged, Settings)
