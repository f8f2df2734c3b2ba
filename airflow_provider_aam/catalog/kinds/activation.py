"""Where audiences go: destinations and the segments mapped to them."""

from __future__ import annotations

import html

from airflow_provider_aam.api import resources
from airflow_provider_aam.api.moments import parse_date
from airflow_provider_aam.catalog.drafts import DestinationDraft, MappingDraft
from airflow_provider_aam.catalog.kinds.kind import Kind, Use, same_word


def same_day(desired: object, answered: object) -> bool:
    """AAM's documents show responses with the day before the one that was sent (a time zone, presumably)."""
    if desired in (None, "") or answered in (None, ""):
        return desired in (None, "") and answered in (None, "")
    sent, read = (parse_date(str(day)[:10]) for day in (desired, answered))
    if sent is None or read is None:
        return str(desired) == str(answered)
    return read in (sent, sent.subtract(days=1))


def same_separator(desired: object, answered: object) -> bool:
    """Every character counts: a blank separates as well, and is not the same as nothing."""
    return str(desired or "") == html.unescape(str(answered or ""))


DESTINATIONS = Kind(
    resource=resources.DESTINATIONS,
    model=DestinationDraft,
    same={
        **dict.fromkeys(("status", "domainRestrictions", "formatType", "destinationType"), same_word),
        **dict.fromkeys(("delimiter", "keySeparator", "valueSeparator", "serializationSeparator"), same_separator),
        "startDate": same_day,
        "endDate": same_day,
    },
    resent=frozenset({"startDate", "endDate"}),
    prunable={"destinationType": frozenset({"PUSH", "ADS"})},
    used_by=(Use(by="mappings", fields=("destinationId",)),),
)

MAPPINGS = Kind(
    resource=resources.MAPPINGS,
    model=MappingDraft,
    label="{destinationId} ← {sid}",
    keys={"segment": ("destinationId", "sid")},
    defaults={"traitType": "SEGMENT"},
    refine=("traitAlias", "valueAlias", "url"),
    same={"startDate": same_day, "endDate": same_day, "traitType": same_word},
    resent=frozenset({"startDate", "endDate"}),
)
