"""Users [doc: user management methods], and the caller among them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow_provider_aam.emulator.aam.users import rules
from airflow_provider_aam.emulator.core.authentication import require_access
from airflow_provider_aam.emulator.core.call import Call, Parameter, Reply, Route, ref
from airflow_provider_aam.emulator.core.fields import Field, read_body
from airflow_provider_aam.emulator.core.refusals import bad_request
from airflow_provider_aam.emulator.core.resource import Resource
from airflow_provider_aam.emulator.core.service import Service

if TYPE_CHECKING:
    from collections.abc import Callable

OWN_FIELDS = (
    Field("firstName", "string", "Given name."),
    Field("lastName", "string", "Family name."),
    Field("email", "string", "Address."),
    Field("title", "string", "Position."),
    Field("phoneNumber", "string", "Telephone."),
)
FIELDS = (
    Field("username", "string", "Unique name to sign in with.", required=True, max_length=255),
    *OWN_FIELDS,
    Field("status", "string", "State.", default="ACTIVE", one_of=("ACTIVE", "INACTIVE", "LOCKED")),
    Field("groups", "integers", "Groups it is in.", default=[]),
    Field("isAdmin", "boolean", "Whether it is an administrator.", default=False),
    Field("admin", "boolean", "The same as isAdmin.", writable=False),
    Field("uid", "integer", "The same as userId.", writable=False),
    Field("companyName", "string", "The partner's name.", writable=False),
)
USERS = Resource(
    name="users",
    noun="User",
    path="/v1/users",
    id_field="userId",
    first_id=801,
    fields=FIELDS,
    query=(Parameter("groupId", "Members of this group.", "integer", keeps=lambda row, group: group in row["groups"]),),
    constants={"companyName": rules.COMPANY},
    audited=False,
    problems=rules.problems,
    changed=rules.changed,
)


def users_self(call: Call) -> Reply:
    """Answer with the caller's user."""
    return call.reply(rules.account_of(call.state, call.user_id))


def update_self(call: Call) -> Reply:
    """Change what a user may change of itself; fields that are not given stay (inferred)."""
    account, body = rules.account_of(call.state, call.user_id), call.json_object()
    values, problems = read_body(OWN_FIELDS, body, creating=False)
    if problems:
        raise bad_request(problems)
    row = account | {name: value for name, value in values.items() if name in body}
    USERS.collection(call.state).put(row)
    return call.reply(row)


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


def _either(where: str, handler: Callable[[Call], Reply], about: str, **more: Any) -> tuple[Route, ...]:
    """The method is not published: POST and PUT are taken."""
    return tuple(Route(method, f"/v1/users{where}", handler, about, **more) for method in ("POST", "PUT"))


_SELF = "/v1/users/self"
_USER = ref(USERS.schema)
SERVICE = Service(
    tag="Users",
    about="People and technical accounts.",
    resources=(USERS,),
    routes=(
        Route("GET", _SELF, users_self, "The caller; the first call creates the technical account", answer=_USER),
        *_either("/self/update", update_self, "Change the caller's own name and address", answer=_USER),
        *_either("/self/update-password", update_password, "Change the caller's password", status=204),
        *_either("/{userId:int}/reset-password", reset_password, "Reset a user's password", status=204),
        *_either("/update-groups", update_groups, "Set the groups of many users", status=204),
    ),
)
