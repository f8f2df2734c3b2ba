"""The routes and rules of users [doc: user management methods]."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from airflow_provider_aam.emulator.aam.users.accounts import COMPANY, account_of
from airflow_provider_aam.emulator.core.authentication import require_access
from airflow_provider_aam.emulator.core.call import Call, Parameter, Reply, Route
from airflow_provider_aam.emulator.core.crud import crud_routes
from airflow_provider_aam.emulator.core.fields import Field, read_body
from airflow_provider_aam.emulator.core.refusals import bad_request, conflict
from airflow_provider_aam.emulator.core.rendering import escape_json
from airflow_provider_aam.emulator.core.resource import Resource

if TYPE_CHECKING:
    from collections.abc import Callable

    from airflow_provider_aam.emulator.core.collection import Row
    from airflow_provider_aam.emulator.core.state import State

OWN_FIELDS = (
    Field(name="firstName", kind="string", about="Given name."),
    Field(name="lastName", kind="string", about="Family name."),
    Field(name="email", kind="string", about="Address."),
    Field(name="title", kind="string", about="Position."),
    Field(name="phoneNumber", kind="string", about="Telephone."),
)
FIELDS = (
    Field(name="username", kind="string", required=True, max_length=255, about="Unique name to sign in with."),
    *OWN_FIELDS,
    Field(name="status", kind="string", default="ACTIVE", one_of=("ACTIVE", "INACTIVE", "LOCKED"), about="State."),
    Field(name="groups", kind="integers", default=[], about="Groups it is in."),
    Field(name="isAdmin", kind="boolean", default=False, about="Whether it is an administrator."),
    Field(name="admin", kind="boolean", writable=False, about="The same as isAdmin."),
    Field(name="userId", kind="integer", writable=False, about="Id."),
    Field(name="uid", kind="integer", writable=False, about="The same as userId."),
    Field(name="pid", kind="integer", writable=False, about="Partner id."),
    Field(name="companyName", kind="string", writable=False, about="The partner's name."),
)
QUERY = (Parameter(name="groupId", type="integer", about="Members of this group."),)
_USER = {"$ref": "#/components/schemas/User"}


def _problems(state: State, values: Row, key: int | None) -> list[str]:
    """409 for a name that is taken [doc]; groups that are not there are problems."""
    taken = [user for user, row in state.collections["users"].rows.items() if row["username"] == values.get("username")]
    if taken and taken != [key]:
        raise conflict(f"The username '{values['username']}' is already taken.")
    groups = state.collections["groups"].rows
    return [f"groups: group {group} does not exist" for group in values.get("groups", []) if group not in groups]


def _keep(call: Call) -> Callable[[Row], bool] | None:
    group = call.integer("groupId")
    return None if group is None else lambda row: group in row["groups"]


def _changed(state: State, old: Row | None, row: Row) -> None:  # noqa: ARG001
    row |= {"uid": row["userId"], "admin": row["isAdmin"]}


USERS = Resource(
    name="users",
    noun="User",
    path="/v1/users",
    id_field="userId",
    fields=FIELDS,
    query=QUERY,
    constants={"companyName": COMPANY},
    audited=False,
    problems=_problems,
    keep=_keep,
    changed=_changed,
)


def users_self(call: Call) -> Reply:
    """Answer with the caller's user."""
    return _reply(call, account_of(call.state, call.user_id))


def update_self(call: Call) -> Reply:
    """Change what a user may change of itself; fields that are not given stay (inferred)."""
    account, body = account_of(call.state, call.user_id), call.json_object()
    values, problems = read_body(OWN_FIELDS, body, creating=False)
    if problems:
        raise bad_request(problems)
    row = account | {name: value for name, value in values.items() if name in body}
    call.state.collections["users"].put(row)
    return _reply(call, row)


def update_password(call: Call) -> Reply:
    """Answer 204; what the body is called is not published, and no password is kept."""
    if not call.json_object():
        raise bad_request(["body: may not be empty"])
    return Reply(204)


def reset_password(call: Call) -> Reply:
    """Answer 204 for a user that is there; AAM sends a message, the emulator does not."""
    USERS.find(call)
    return Reply(204)


def update_groups(call: Call) -> Reply:
    """Set the groups of many users: `[{"userId": 1, "groups": [2]}]`; this body is inferred."""
    require_access(call)
    users, groups = call.state.collections["users"], call.state.collections["groups"].rows
    changes, problems = call.json_objects(), []
    for number, change in enumerate(changes):
        if change.get("userId") not in users.rows:
            problems.append(f"[{number}].userId: does not exist")
        asked = change.get("groups")
        if not isinstance(asked, list) or any(group not in groups for group in asked):
            problems.append(f"[{number}].groups: must be an array of groups that exist")
    if problems:
        raise bad_request(problems)
    for change in changes:
        users.put(users.rows[change["userId"]] | {"groups": change["groups"]})
    return Reply(204)


def _reply(call: Call, user: Row) -> Reply:
    body = msgspec.json.encode(user)
    return Reply(body=escape_json(body) if call.escaped else body)


def _route(method: str, where: str, handler: Callable[[Call], Reply], about: str, **more: Any) -> Route:
    return Route(method=method, path=f"/v1/users{where}", handler=handler, tag="Users", about=about, **more)


def _either(where: str, handler: Callable[[Call], Reply], about: str, **more: Any) -> tuple[Route, ...]:
    """The method is not published: POST and PUT are taken."""
    return tuple(_route(method, where, handler, about, **more) for method in ("POST", "PUT"))


ROUTES = (
    _route("GET", "/self", users_self, "The caller; the first call creates the technical account", answer=_USER),
    *_either("/self/update", update_self, "Change the caller's own name and address", answer=_USER),
    *_either("/self/update-password", update_password, "Change the caller's password", status=204),
    *_either("/{userId:int}/reset-password", reset_password, "Reset a user's password", status=204),
    *_either("/update-groups", update_groups, "Set the groups of many users", status=204),
    *crud_routes(USERS, tag="Users"),
)
