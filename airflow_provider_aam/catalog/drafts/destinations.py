"""What a file may say of a destination. AAM's API creates URL (PUSH) and cookie (ADS) destinations only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from airflow_provider_aam.api import resources
from airflow_provider_aam.catalog.drafts import fields as f
from airflow_provider_aam.catalog.drafts.base import Contradictions, Draft, Reference, ends_early
from airflow_provider_aam.catalog.drafts.fields import column
from airflow_provider_aam.catalog.drafts.hints import needs, when, without_value

_OF_TYPE = {
    "PUSH": ("tagType", "urlFormatString", "secureUrlFormatString", "delimiter"),
    "ADS": (
        "adServerTypeID",
        "cnameDomain",
        "cookieName",
        "singleKey",
        "keySeparator",
        "valueSeparator",
        "formatType",
        "transferMethod",
        "maxSize",
        "ttl",
        "serializationSeparator",
        "siteIDs",
        "uparamEnabled",
    ),
}
"""Fields that only this type has."""
_NEEDED_BY_ADS = (
    "adServerTypeID",
    "cookieName",
    "cnameDomain",
    "maxSize",
    "ttl",
    "domainRestrictions",
    "siteIDs",
    "formatType",
    "keySeparator",
    "valueSeparator",
    "serializationEnabled",
)


class DestinationDraft(Draft):
    """One destination. Which columns apply is a matter of its ``destinationType``, which AAM keeps (inferred)."""

    references: ClassVar[Mapping[str, Reference]] = {
        "siteIDs": Reference(field="siteIDs", to=resources.PARTNER_SITES, many=True),
    }
    required: ClassVar[tuple[str, ...]] = ("name", "destinationType")
    only_on_create: ClassVar[frozenset[str]] = frozenset({"destinationType"})
    schema_always: ClassVar[tuple[Mapping[str, Any], ...]] = (
        when("destinationType", ("PUSH",), without_value(*_OF_TYPE["ADS"])),
        when("destinationType", ("ADS",), without_value(*_OF_TYPE["PUSH"])),
    )
    schema_if_created: ClassVar[tuple[Mapping[str, Any], ...]] = tuple(
        when("destinationType", ("ADS",), needs(name)) for name in _NEEDED_BY_ADS
    )

    destination_id: f.PositiveId | None = column("AAM's id, for a row that means an existing destination")
    name: f.Key | None = column("Name")
    description: str | None = column("Description")
    destination_type: f.DestinationType | None = column(
        "PUSH (URL) or ADS (cookie), for good; S2S and PULL only name a destination that AAM has"
    )
    status: f.Status | None = column("Whether AAM sends", default="ACTIVE")
    start_date: f.DateOrNone | None = column("First day, yyyy-mm-dd; empty is none", default="none")
    end_date: f.DateOrNone | None = column("Last day, yyyy-mm-dd; empty is none", default="none")
    domain_restrictions: f.Domains | None = column(
        "Sites where it fires: all, or those of siteIDs (EXCLUSION is inferred)", default="ALL_DOMAINS"
    )
    serialization_enabled: f.Flag | None = column("Whether one call or cookie carries several segments")
    tag_type: f.Count | None = column("Only for PUSH; as AAM writes it, 0 in its samples")
    url_format_string: f.AliasUrl | None = column("Only for PUSH: URL with %ALIAS% where the mapping's alias goes")
    secure_url_format_string: f.AliasUrl | None = column("Only for PUSH: the same for https pages")
    delimiter: f.Separator | None = column("Only for PUSH: between the aliases of a serialized URL")
    ad_server_type_id: f.Count | None = column("Only for ADS: 1", alias="adServerTypeID")
    cname_domain: str | None = column("Only for ADS: domain of the cookie")
    cookie_name: str | None = column("Only for ADS: name of the cookie")
    format_type: f.CookieFormat | None = column("Only for ADS: one key with values, or keys with values")
    single_key: str | None = column("Only for ADS with SINGLE_KEY: the key")
    key_separator: f.Separator | None = column("Only for ADS: between a key and its value")
    value_separator: f.Separator | None = column("Only for ADS: between values")
    serialization_separator: f.Separator | None = column(
        "Only for ADS with serializationEnabled: between serialized values"
    )
    transfer_method: str | None = column("Only for ADS; as AAM writes it")
    max_size: f.Count | None = column("Only for ADS: largest size of the cookie in bytes")
    ttl: f.Days | None = column("Only for ADS: days until the cookie ends")
    site_ids: f.IdsOrWords | None = column(
        "Only for ADS: sites that domainRestrictions speaks of, each by URL or id", alias="siteIDs"
    )
    uparam_enabled: f.Flag | None = column("Only for ADS; as AAM writes it")

    @classmethod
    def missing(cls, given: Mapping[str, Any]) -> list[str]:
        kind = given.get("destinationType")
        if kind in ("S2S", "PULL"):
            return [f"AAM's API creates no {kind} destination, and AAM has none of this name: create it in the AAM UI"]
        needed = list(_NEEDED_BY_ADS) if kind == "ADS" else []
        if kind == "ADS" and given.get("formatType") == "SINGLE_KEY":
            needed.append("singleKey")
        if given.get("serializationEnabled") is True:
            needed += ["serializationSeparator"] if kind == "ADS" else ["urlFormatString", "delimiter"]
        return [f"{name} is missing: {_named(given)} needs it" for name in needed if name not in given]

    def _contradictions(self, given: Mapping[str, Any]) -> Contradictions:
        problems = ends_early(given)
        for kind, names in _OF_TYPE.items():
            if self.destination_type in _OF_TYPE and self.destination_type != kind:
                misplaced = [name for name in names if given.get(name) not in (None, "", [])]
                problems += [(name, f"belongs to {kind}, this is {self.destination_type}") for name in misplaced]
        return problems


def _named(given: Mapping[str, Any]) -> str:
    kind = "a cookie destination (ADS)" if given.get("destinationType") == "ADS" else "a URL destination (PUSH)"
    return f"{kind} that is serialized" if given.get("serializationEnabled") is True else kind
