"""Users of the account, the technical one included."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from airflow_provider_aam.api.answers import shape_of
from airflow_provider_aam.api.collection import Collection, Record
from airflow_provider_aam.api.errors import AAMBadAnswer, Fate
from airflow_provider_aam.api.listing import with_names
from airflow_provider_aam.api.resources import USERS
from airflow_provider_aam.api.session import AAMSession


def is_admin(user: Mapping[str, Any]) -> bool:
    """Adobe's document prints ``isAdmin`` as text, the AAM UI knows it as ``admin``."""
    return any(str(user.get(name)).lower() == "true" for name in ("isAdmin", "admin"))


def name_of(user: Mapping[str, Any]) -> str:
    """What to call the user in a message."""
    known = (user.get(name) for name in ("username", "email", "emailAddress"))
    return next((str(name) for name in known if name), "a user without a name")


class Users(Collection):
    """``client.users``: the verbs of every collection, and what concerns the account that asks."""

    def __init__(self, session: AAMSession) -> None:
        super().__init__(USERS, session)

    def self(self) -> Record:
        """The technical account as AAM sees it: ``userId, pid, username, groups, …``.

        Under role-based access control the first such call creates the account in AAM.
        """
        answer = self.call("self")
        if not isinstance(answer, dict):
            text = f"GET /v1/users/self: expected a user, found {shape_of(answer)}. Is host AAM's address?"
            raise AAMBadAnswer(text, fate=Fate.UNKNOWN)
        return with_names(self.resource, answer)

    def update_self(self, changes: Mapping[str, Any]) -> Record:
        """The technical account after ``changes``: read, merged and written, because AAM's PUT replaces all."""
        answer = self.call("update_self", body={**self.self(), **changes})
        return self.self() if answer is None else self._record(answer)

    def update_password(self, old: str, new: str) -> None:
        """A new password for the account that asks. Neither is ever part of a message or a log line."""
        self.call("update_password", body={"oldPassword": old, "newPassword": new})

    def reset_password(self, user_id: int) -> None:
        """AAM sends the user a new password; it is not part of the response."""
        self.call("reset_password", user_id)
