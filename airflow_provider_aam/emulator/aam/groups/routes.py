"""The routes and rules of groups [doc: group management methods]."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow_provider_aam.emulator.aam.groups import permissions
from airflow_provider_aam.emulator.core.authentication import require_access
from airflow_provider_aam.emulator.core.call import Route
from airflow_provider_aam.emulator.core.crud import IDS, crud_routes
from airflow_provider_aam.emulator.core.fields import Field
from airflow_provider_aam.emulator.core.resource import Resource

if TYPE_CHECKING:
    from collections.abc import Callable

    from airflow_provider_aam.emulator.core.call import Call, Reply
    from airflow_provider_aam.emulator.core.collection import Row
    from airflow_provider_aam.emulator.core.state import State

FIELDS = (
    Field(name="name", kind="string", required=True, max_length=255, about="Shown name."),
    Field(name="description", kind="string", default="", about="Free text."),
    Field(name="wildcards", kind="strings", default=[], about="Permissions on all objects of a type."),
    Field(
        name="users", kind="integers", sparse=True, about="Members; who is in stays in if this is absent (inferred)."
    ),
    Field(name="groupId", kind="integer", writable=False, about="Id."),
    Field(name="pid", kind="integer", writable=False, about="Partner id."),
    Field(name="membershipCount", kind="integer", writable=False, about="Number of members."),
)


def _problems(state: State, values: Row, key: int | None) -> list[str]:  # noqa: ARG001
    users = state.collections["users"].rows
    found = [f"users: user {user} does not exist" for user in values.get("users") or [] if user not in users]
    unknown = [each for each in values.get("wildcards", []) if each not in permissions.WILDCARDS]
    return found + [f"wildcards: {each} is not known" for each in unknown]


def _changed(state: State, old: Row | None, row: Row) -> None:  # noqa: ARG001
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


def _extras(call: Call, *, one: bool) -> Callable[[Row], dict[str, Any]]:  # noqa: ARG001
    users = call.state.collections["users"].rows

    def members(row: Row) -> dict[str, Any]:
        inside = [key for key, user in users.items() if row["groupId"] in user["groups"]]
        return {"membershipCount": len(inside), "users": inside}

    return members


GROUPS = Resource(
    name="groups",
    noun="Group",
    path="/v1/groups",
    id_field="groupId",
    fields=FIELDS,
    audited=False,
    problems=_problems,
    changed=_changed,
    extras=_extras,
)


def delete(call: Call) -> Reply:
    """Answer DELETE; nobody is in the group any more."""
    return _forgetting(call, [GROUPS.find(call)], GROUPS.delete)


def bulk_delete(call: Call) -> Reply:
    """Answer `groups/bulk-delete`: the documents say DELETE, the portal sends POST."""
    require_access(call)
    return _forgetting(call, call.json_ids(), GROUPS.bulk_delete)


def _forgetting(call: Call, keys: list[int], remove: Callable[[Call], Reply]) -> Reply:
    reply = remove(call)
    granted = call.state.collections["group_permissions"]
    for key in keys:
        set_members(call.state, key, [])
        if key in granted.rows:
            granted.remove(key)
    return reply


def _route(method: str, path: str, handler: Callable[[Call], Reply], about: str, **more: Any) -> Route:
    return Route(method=method, path=f"/v1{path}", handler=handler, tag="Groups and permissions", about=about, **more)


ROUTES = (
    *(
        _route(method, "/groups/bulk-delete", bulk_delete, "Delete many groups", body=IDS, status=204)
        for method in ("POST", "DELETE")
    ),
    _route("GET", "/groups/{groupId:int}/permissions", permissions.show, "A group's permissions on single objects"),
    _route("PUT", "/groups/{groupId:int}/permissions", permissions.grant, "Replace a group's permissions"),
    _route("DELETE", "/groups/{groupId:int}", delete, "Delete a group by id", status=204),
    _route("GET", "/permissionable-object-types", permissions.types, "The types of objects with permissions"),
    _route("GET", "/permissionable-object-types/{objectType:path}", permissions.one_type, "What may be granted"),
    *crud_routes(GROUPS, tag="Groups and permissions", verbs=("list", "create", "get", "update")),
)
