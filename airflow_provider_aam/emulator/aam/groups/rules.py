"""What may be granted to groups, and who is in one [doc: group management methods]."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from airflow_provider_aam.emulator.core.call import Call
    from airflow_provider_aam.emulator.core.collection import Row
    from airflow_provider_aam.emulator.core.state import State

_BASE = ["READ", "WRITE", "CREATE", "DELETE"]
# Types, per-object permissions and the pattern of wildcards are documented; which type has which is inferred.
TYPES: dict[str, dict[str, list[str]]] = {
    "SEGMENT": {
        "wildcard": [f"{verb}_ALL_SEGMENTS" for verb in ("VIEW", "EDIT", "CREATE", "DELETE")]
        + ["MAP_ALL_SEGMENTS_TO_DESTINATIONS", "MAP_ALL_SEGMENTS_TO_MODELS"],
        "perObject": [*_BASE, "MAP_TO_DESTINATION", "MAP_TO_MODELS"],
    },
    "TRAIT": {
        "wildcard": [f"{verb}_ALL_TRAITS" for verb in ("VIEW", "EDIT", "CREATE", "DELETE")]
        + ["MAP_ALL_TRAITS_TO_SEGMENTS", "MAP_ALL_TRAITS_TO_MODELS"],
        "perObject": [*_BASE, "MAP_TO_SEGMENTS", "MAP_TO_MODELS"],
    },
    "DESTINATION": {
        "wildcard": [f"{verb}_ALL_DESTINATIONS" for verb in ("VIEW", "EDIT", "CREATE", "DELETE")],
        "perObject": _BASE,
    },
    "DERIVED_SIGNALS": {
        "wildcard": [f"{verb}_DERIVED_SIGNALS" for verb in ("VIEW", "EDIT", "CREATE", "DELETE")],
        "perObject": [],
    },
    "TAGS": {"wildcard": [f"{verb}_TAGS" for verb in ("VIEW", "EDIT", "CREATE", "DELETE")], "perObject": []},
}
WILDCARDS = {wildcard for each in TYPES.values() for wildcard in each["wildcard"]}
_COLLECTIONS = {"SEGMENT": "segments", "TRAIT": "traits", "DESTINATION": "destinations"}


def problems(state: State, values: Row, key: int | None) -> list[str]:  # noqa: ARG001
    """Return what is wrong with a group about to be stored."""
    users = state.collections["users"].rows
    found = [f"users: user {user} does not exist" for user in values.get("users") or [] if user not in users]
    unknown = [each for each in values.get("wildcards", []) if each not in WILDCARDS]
    return found + [f"wildcards: {each} is not known" for each in unknown]


def changed(state: State, old: Row | None, row: Row) -> None:  # noqa: ARG001
    """Membership is kept with the users."""
    members = row.pop("users", None)
    if members is not None:
        set_members(state, row["groupId"], members)


def set_members(state: State, group: int, members: list[int]) -> None:
    """Make `members` and nobody else the group's."""
    users = state.collections["users"]
    for key, row in list(users.rows.items()):
        others = [each for each in row["groups"] if each != group]
        wanted = [*others, group] if key in members else others
        if sorted(wanted) != sorted(row["groups"]):
            users.put(row | {"groups": wanted})


def extras(call: Call) -> Callable[[Row], dict[str, Any]]:
    """Return the function that says who is in a group."""
    users = call.state.collections["users"].rows

    def members(row: Row) -> dict[str, Any]:
        inside = [key for key, user in users.items() if row["groupId"] in user["groups"]]
        return {"membershipCount": len(inside), "users": inside}

    return members


def permission_problems(state: State, number: int, given: dict[str, Any]) -> list[str]:
    """Return what is wrong with one entry of a group's permissions."""
    kind, key, wanted = given.get("objectType"), given.get("objectId"), given.get("permissions")
    if kind not in TYPES:
        return [f"[{number}].objectType: must be one of {', '.join(TYPES)}"]
    problems = []
    stored = state.collections.get(_COLLECTIONS.get(kind, ""))
    if not isinstance(key, int) or (stored is not None and key not in stored.rows):
        problems.append(f"[{number}].objectId: does not exist")
    known = TYPES[kind]["perObject"]
    if not isinstance(wanted, list) or any(each not in known for each in wanted):
        problems.append(f"[{number}].permissions: must be some of {', '.join(known) or 'none'}")
    return problems
