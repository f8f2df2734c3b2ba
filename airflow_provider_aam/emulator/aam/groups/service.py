"""Groups and what their members may do [doc: group management methods]."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_provider_aam.emulator.aam.groups import rules
from airflow_provider_aam.emulator.core.authentication import require_access
from airflow_provider_aam.emulator.core.call import Route, always, json_reply
from airflow_provider_aam.emulator.core.crud import IDS
from airflow_provider_aam.emulator.core.fields import DESCRIPTION, NAME, Field
from airflow_provider_aam.emulator.core.refusals import bad_request, not_found
from airflow_provider_aam.emulator.core.resource import Resource
from airflow_provider_aam.emulator.core.service import Service

if TYPE_CHECKING:
    from collections.abc import Callable

    from airflow_provider_aam.emulator.core.call import Call, Reply

GROUPS = Resource(
    name="groups",
    noun="Group",
    path="/v1/groups",
    id_field="groupId",
    first_id=502,
    verbs=("list", "create", "get", "update"),
    fields=(
        NAME,
        DESCRIPTION,
        Field("wildcards", "strings", "Permissions on all objects of a type.", default=[]),
        Field("users", "integers", "Members; who is in stays in if this is absent (inferred).", sparse=True),
        Field("membershipCount", "integer", "Number of members.", writable=False),
    ),
    audited=False,
    problems=rules.problems,
    changed=rules.changed,
    extras=rules.extras,
)
PERMISSIONS = Resource(
    name="group_permissions", noun="Permissions", id_field="groupId", first_id=502, verbs=(), audited=False
)


def delete(call: Call) -> Reply:
    """Answer DELETE; nobody is in the group any more."""
    return _forgetting(call, [GROUPS.find(call)], GROUPS.delete)


def bulk_delete(call: Call) -> Reply:
    """Answer `groups/bulk-delete`: the documents say DELETE, the AAM UI sends POST."""
    require_access(call)
    return _forgetting(call, call.json_ids(), GROUPS.bulk_delete)


def _forgetting(call: Call, keys: list[int], remove: Callable[[Call], Reply]) -> Reply:
    reply = remove(call)
    granted = PERMISSIONS.collection(call.state)
    for key in keys:
        rules.set_members(call.state, key, [])
        if key in granted.rows:
            granted.remove(key)
    return reply


def one_type(call: Call) -> Reply:
    """Answer GET /permissionable-object-types/{objectType}."""
    name = call.params["objectType"]
    if name not in rules.TYPES:
        raise not_found("Object type", name)
    return json_reply(rules.TYPES[name])


def granted(call: Call) -> Reply:
    """Answer GET /groups/{groupId}/permissions: those on single objects."""
    row = PERMISSIONS.collection(call.state).rows.get(GROUPS.find(call))
    return json_reply(row["permissions"] if row else [])


def grant(call: Call) -> Reply:
    """Answer PUT /groups/{groupId}/permissions: what the body does not name is taken away (inferred)."""
    key, body = GROUPS.find(call), call.json_objects()
    problems = [each for n, given in enumerate(body) for each in rules.permission_problems(call.state, n, given)]
    if problems:
        raise bad_request(problems)
    kept = [{name: each[name] for name in ("objectId", "objectType", "permissions")} for each in body]
    PERMISSIONS.collection(call.state).put({"groupId": key, "permissions": kept})
    return json_reply(kept)


_AT = "/v1/groups/{groupId:int}"
_BULK = "/v1/groups/bulk-delete"
_TYPES = "/v1/permissionable-object-types"
SERVICE = Service(
    tag="Groups and permissions",
    about="Role-based access: who may do what to which objects.",
    resources=(GROUPS, PERMISSIONS),
    routes=(
        Route("POST", _BULK, bulk_delete, "Delete many groups", body=IDS, status=204),
        Route("DELETE", _BULK, bulk_delete, "Delete many groups", body=IDS, status=204),
        Route("GET", f"{_AT}/permissions", granted, "A group's permissions on single objects"),
        Route("PUT", f"{_AT}/permissions", grant, "Replace a group's permissions"),
        Route("DELETE", _AT, delete, "Delete a group by id", status=204),
        Route("GET", _TYPES, always(list(rules.TYPES)), "The types of objects with permissions"),
        Route("GET", f"{_TYPES}/{{objectType:path}}", one_type, "What may be granted"),
    ),
)
