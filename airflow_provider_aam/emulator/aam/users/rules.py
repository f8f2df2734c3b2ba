"""What must hold of a user, and the accounts behind tokens: they become users when they first call `users/self`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow_provider_aam.emulator.core.refusals import conflict
from airflow_provider_aam.emulator.core.state import LEGACY_USER_ID, PID, TECHNICAL_USER_ID

if TYPE_CHECKING:
    from airflow_provider_aam.emulator.core.collection import Row
    from airflow_provider_aam.emulator.core.state import State

API_GROUP_ID = 501
COMPANY = "Example & Sons"


def problems(state: State, values: Row, key: int | None) -> list[str]:
    """409 for a name that is taken [doc]; groups that are not there are problems."""
    taken = [user for user, row in state.collections["users"].rows.items() if row["username"] == values.get("username")]
    if taken and taken != [key]:
        raise conflict(f"The username '{values['username']}' is already taken.")
    groups = state.collections["groups"].rows
    return [f"groups: group {group} does not exist" for group in values.get("groups", []) if group not in groups]


def changed(state: State, old: Row | None, row: Row) -> None:  # noqa: ARG001
    """Keep both names of an id and of an administrator alike."""
    row |= {"uid": row["userId"], "admin": row["isAdmin"]}


def account_of(state: State, user_id: int) -> Row:
    """Return the user of a token; the first call creates it. Without role-based access it is an administrator.

    That an administrator is what it then is, is inferred.
    """
    users, credentials = state.collections["users"], state.credentials
    known = users.rows.get(user_id)
    if user_id == LEGACY_USER_ID:
        name, email = ("Ada", "Lovelace"), "ada.lovelace@example.com"
        row = known or user_row(user_id, credentials.username, name, email, admin=True)
    else:
        name, email = ("Technical", "Account"), credentials.technical_account_email
        row = known or user_row(user_id, credentials.technical_account_id, name, email, groups=_waiting(state))
        row = row | {"isAdmin": not state.settings.rbac, "admin": not state.settings.rbac}
    users.put(row)
    return row


def put_into_group(state: State) -> None:
    """Put the technical account into the group `API_GROUP_ID`, now or as soon as it exists."""
    state.technical_account_in_group = True
    groups, users = state.collections["groups"], state.collections["users"]
    if API_GROUP_ID not in groups.rows:
        groups.put({"groupId": API_GROUP_ID, "pid": PID, "name": "API accounts", "description": "", "wildcards": []})
    account = users.rows.get(TECHNICAL_USER_ID)
    if account is not None and API_GROUP_ID not in account["groups"]:
        users.put(account | {"groups": [*account["groups"], API_GROUP_ID]})


def user_row(
    user_id: int,
    username: str,
    name: tuple[str, str],
    email: str,
    *,
    admin: bool = False,
    groups: list[int] | None = None,
) -> dict[str, Any]:
    """Return a user. The documents say userId, the AAM UI reads uid; likewise isAdmin and admin: both are given."""
    return {
        "pid": PID,
        "userId": user_id,
        "uid": user_id,
        "username": username,
        "firstName": name[0],
        "lastName": name[1],
        "email": email,
        "title": None,
        "phoneNumber": None,
        "status": "ACTIVE",
        "companyName": COMPANY,
        "groups": groups or [],
        "isAdmin": admin,
        "admin": admin,
    }


def _waiting(state: State) -> list[int]:
    return [API_GROUP_ID] if state.technical_account_in_group else []
