"""What must hold of a destination."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_provider_aam.emulator.aam.dates import date_problems
from airflow_provider_aam.emulator.aam.destinations.fields import CREATABLE_TYPES, FOREIGN
from airflow_provider_aam.emulator.core.refusals import has_mappings

if TYPE_CHECKING:
    from airflow_provider_aam.emulator.core.call import Call
    from airflow_provider_aam.emulator.core.collection import Row
    from airflow_provider_aam.emulator.core.listing import Condition
    from airflow_provider_aam.emulator.core.state import State

ALIAS = "%ALIAS%"
NEEDED_BY_COOKIE = (
    "adServerTypeID",
    "cookieName",
    "cnameDomain",
    "maxSize",
    "ttl",
    "siteIDs",
    "formatType",
    "keySeparator",
    "valueSeparator",
)


def problems(state: State, values: Row, key: int | None) -> list[str]:
    """Return what is wrong with a destination about to be stored."""
    found = date_problems(values)
    if key is not None:
        kind = state.collections["destinations"].rows[key]["destinationType"]
    else:
        kind = values.get("destinationType")
        if kind is not None and kind not in CREATABLE_TYPES:
            found.append(f"destinationType: {kind} destinations cannot be created here")
    if kind == "PUSH":
        found += _url_problems(values)
    elif kind == "ADS":
        found += _cookie_problems(values)
    return found


def _url_problems(values: Row) -> list[str]:
    """That a serialized one needs URL and delimiter is inferred, as is that nothing else is needed."""
    needed = ("urlFormatString", "delimiter") if values.get("serializationEnabled") else ()
    found = _empty(values, needed)
    for name in ("urlFormatString", "secureUrlFormatString"):
        if (text := values.get(name)) and ALIAS not in text:
            found.append(f"{name}: must contain {ALIAS}")
    return found


def _cookie_problems(values: Row) -> list[str]:
    """The documents call all of these required; domainRestrictions and serializationEnabled get their default here."""
    needed = list(NEEDED_BY_COOKIE)
    if values.get("formatType") == "SINGLE_KEY":
        needed.append("singleKey")
    if values.get("serializationEnabled"):
        needed.append("serializationSeparator")
    return _empty(values, needed)


def _empty(values: Row, needed: list[str] | tuple[str, ...]) -> list[str]:
    return [f"{name}: may not be empty" for name in needed if values.get(name) in (None, "")]


def completed(state: State, row: Row) -> Row:  # noqa: ARG001
    """Return the destination without the fields of other types, as AAM shows it."""
    foreign = FOREIGN[row["destinationType"]]
    return {"mappings": None} | {name: value for name, value in row.items() if name not in foreign}


def in_use(state: State, row: Row) -> None:
    """Refuse to delete a destination that segments are mapped to."""
    key = row["destinationId"]
    if mapped := state.collections["mappings"].with_value("destinationId", key):
        raise has_mappings("Destination", key, len(mapped))


def keep(call: Call) -> list[Condition]:
    """Return the condition that `containsSegment` puts."""
    sid = call.integer("containsSegment")
    if sid is None:
        return []
    mappings = call.state.collections["mappings"]
    wanted = {mappings.rows[key]["destinationId"] for key in mappings.with_value("sid", sid)}
    return [lambda row: row["destinationId"] in wanted]
