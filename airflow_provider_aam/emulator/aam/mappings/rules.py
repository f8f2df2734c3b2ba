"""What must hold of a mapping, and what AAM adds to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow_provider_aam.emulator.aam.dates import date_problems

if TYPE_CHECKING:
    from airflow_provider_aam.emulator.core.collection import Row
    from airflow_provider_aam.emulator.core.state import State


# What a mapping shows whose segment is not there; only tests can store such a one.
NO_ELEMENT = {"elementName": None, "elementDescription": None, "elementStatus": "deleted"}


def problems(state: State, values: Row, key: int | None) -> list[str]:
    """Return what is wrong with a mapping about to be stored; one segment may be mapped several times [client]."""
    found = date_problems(values)
    destinations = state.collections["destinations"].rows
    named = values if key is None else state.collections["mappings"].rows[key]
    destination = destinations.get(named.get("destinationId", 0))
    if destination is not None:
        found += [f"{name}: may not be empty" for name in needed_for(destination) if not values.get(name)]
    return found


def needed_for(destination: Row) -> tuple[str, ...]:
    """Return what a mapping must say for this destination; that PULL needs nothing is inferred."""
    match destination["destinationType"]:
        case "PUSH":
            return ("traitAlias",) if destination.get("serializationEnabled") else ("url",)
        case "S2S":
            return ("traitAlias",)
        case "ADS":
            return ("valueAlias",) if destination.get("formatType") == "SINGLE_KEY" else ("traitAlias", "valueAlias")
        case _:
            return ()


def completed(state: State, row: Row) -> Row:
    """Return the mapping with both ids, what its segment says, and the URLs of a serialized destination: its alias."""
    key = row["destinationMappingId"]
    segment = state.collections["segments"].rows.get(row["sid"])
    destination = state.collections["destinations"].rows.get(row["destinationId"], {})
    added: Row = {"mappingId": key, "traitType": "SEGMENT"} | (element_of(segment) if segment else {})
    if destination.get("destinationType") == "PUSH" and destination.get("serializationEnabled"):
        added |= {"url": row["traitAlias"], "secureUrl": row["traitAlias"]}
    return row | added


def element_of(segment: Row) -> dict[str, Any]:
    """Return what a mapping tells of its segment; that `elementStatus` is the segment's is inferred."""
    return {
        "elementName": segment["name"],
        "elementDescription": segment["description"],
        "elementStatus": segment["status"].lower(),
    }
