"""`GET /v1/users/self`, whose first call creates the technical account in AAM."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from airflow_provider_aam.emulator.core.call import Reply, Route
from airflow_provider_aam.emulator.core.rendering import escape_json
from airflow_provider_aam.emulator.core.state import LEGACY_USER_ID, PID

if TYPE_CHECKING:
    from airflow_provider_aam.emulator.core.call import Call

GROUP_ID = 501


def users_self(call: Call) -> Reply:
    """Answer with the caller's user. Without role-based access it is an administrator (inferred)."""
    state, credentials = call.state, call.state.credentials
    if call.user_id == LEGACY_USER_ID:
        user = _user(call.user_id, credentials.username, "Ada", "Lovelace", "ada.lovelace@example.com")
        return _reply(call, user | {"groups": [], "isAdmin": True, "admin": True})
    state.technical_account_exists = True
    email = credentials.technical_account_email
    user = _user(call.user_id, credentials.technical_account_id, "Technical", "Account", email)
    admin = not state.settings.rbac
    groups = [GROUP_ID] if state.technical_account_in_group else []
    return _reply(call, user | {"groups": groups, "isAdmin": admin, "admin": admin})


def _user(user_id: int, username: str, first: str, last: str, email: str) -> dict[str, Any]:
    # The documents say userId, the portal reads uid; likewise isAdmin and admin. Both are given.
    return {
        "pid": PID,
        "userId": user_id,
        "uid": user_id,
        "username": username,
        "firstName": first,
        "lastName": last,
        "email": email,
        "title": None,
        "phoneNumber": None,
        "status": "ACTIVE",
        "companyName": "Example & Sons",
    }


def _reply(call: Call, user: dict[str, Any]) -> Reply:
    body = msgspec.json.encode(user)
    return Reply(body=escape_json(body) if call.escaped else body)


ROUTES = (
    Route(
        method="GET",
        path="/v1/users/self",
        handler=users_self,
        tag="/v1/users",
        about="The caller; the first call creates the technical account",
        answer={"$ref": "#/components/schemas/User"},
    ),
)
