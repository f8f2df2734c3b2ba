"""What may be granted, and what a group was granted [doc: group management methods]."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow_provider_aam.emulator.core.authentication import require_access
from airflow_provider_aam.emulator.core.call import json_reply
from airflow_provider_aam.emulator.core.refusals import bad_request, not_found

if TYPE_CHECKING:
    from airflow_provider_aam.emulator.core.call import Call, Reply
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


def types(call: Call) -> Reply:  # noqa: ARG001
    """Answer GET /permissionable-object-types."""
    return json_reply(list(TYPES))


def one_type(call: Call) -> Reply:
    """Answer GET /permissionable-object-types/{objectType}."""
    name = call.params["objectType"]
    if name not in TYPES:
        raise not_found("Object type", name)
    return json_reply(TYPES[name])


def show(call: Call) -> Reply:
    """Answer GET /groups/{groupId}/permissions."""
    return json_reply(granted(call.state, _group(call)))


def grant(call: Call) -> Reply:
    """Answer PUT /groups/{groupId}/permissions: what the body does not name is taken away (inferred)."""
    key, body = _group(call), call.json_objects()
    problems = [problem for number, each in enumerate(body) for problem in _problems(call.state, number, each)]
    if problems:
        raise bad_request(problems)
    kept = [{name: each[name] for name in ("objectId", "objectType", "permissions")} for each in body]
    call.state.collections["group_permissions"].put({"groupId": key, "permissions": kept})
    return json_reply(kept)


def granted(state: State, group: int) -> list[dict[str, Any]]:
    """Return the permissions of a group on single objects."""
    row = state.collections["group_permissions"].rows.get(group)
    found: list[dict[str, Any]] = row["permissions"] if row else []
    return found


def _group(call: Call) -> int:
    require_access(call)
    key: int = call.params["groupId"]
    if key not in call.state.collections["groups"].rows:
        raise not_found("Group", key)
    return key


def _problems(state: State, number: int, given: dict[str, Any]) -> list[str]:
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
