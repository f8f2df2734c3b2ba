"""Scripted trouble: what goes wrong, on which route, how often."""

from __future__ import annotations

from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

# kind: (detail names it takes, those of them it cannot do without)
KINDS: dict[str, tuple[frozenset[str], frozenset[str]]] = {
    "status": (frozenset({"status", "retry_after", "body"}), frozenset()),
    "delay": (frozenset({"seconds"}), frozenset({"seconds"})),
    "delay_after": (frozenset({"seconds"}), frozenset({"seconds"})),
    "reset_before": (frozenset(), frozenset()),
    "reset_after": (frozenset(), frozenset()),
    "half_body": (frozenset(), frozenset()),
    "html": (frozenset({"status"}), frozenset()),
    "non_json": (frozenset(), frozenset()),
    "expired_token": (frozenset(), frozenset()),
    "total_changes": (frozenset({"by"}), frozenset()),
    "short_page": (frozenset({"by"}), frozenset()),
    "duplicate_row": (frozenset(), frozenset()),
    "server_error_after": (frozenset({"status"}), frozenset()),
    "failed_operations": (frozenset({"code", "every", "status"}), frozenset({"code"})),
}


@dataclass(kw_only=True)
class Trouble:
    """One scripted misbehaviour; `times=None` means every time."""

    route: str
    kind: str
    times: int | None = 1
    skip: int = 0
    details: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"unknown kind of trouble {self.kind!r}; known: {', '.join(KINDS)}")
        known, needed = KINDS[self.kind]
        if unknown := sorted(set(self.details) - known):
            raise ValueError(f"{self.kind} does not take {', '.join(unknown)}; it takes: {', '.join(sorted(known))}")
        if missing := sorted(needed - set(self.details)):
            raise ValueError(f"{self.kind} needs {', '.join(missing)}")

    def applies(self, route: str, concrete: str) -> bool:
        """Whether a request is meant, by its route (`GET /v1/traits/{sid}`) or by what it is (`GET /v1/traits/7`)."""
        return fnmatchcase(route, self.route) or fnmatchcase(concrete, self.route)


class Troubles:
    """The script, in the order it was written."""

    def __init__(self) -> None:
        self._waiting: list[Trouble] = []

    def add(self, trouble: Trouble) -> None:
        """Append to the script."""
        self._waiting.append(trouble)

    def clear(self) -> None:
        """Forget the script."""
        self._waiting.clear()

    def take(self, route: str, concrete: str) -> Trouble | None:
        """Return the trouble for this request, used up by one; the first that applies and skips no more."""
        for trouble in self._waiting:
            if not trouble.applies(route, concrete):
                continue
            if trouble.skip > 0:
                trouble.skip -= 1
                continue
            if trouble.times is not None:
                trouble.times -= 1
                if trouble.times <= 0:
                    self._waiting.remove(trouble)
            return trouble
        return None
