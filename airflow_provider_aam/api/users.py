"""Users of the account, the technical one included."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from airflow_provider_aam.api.collection import Collection, Record
from airflow_provider_aam.api.errors import AAMBadAnswer, Fate
from airflow_provider_aam.api.resources import USERS
from airflow_provider_aam.api.session import AAMSession


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
            text = (
                f"GET /v1/users/self: a JSON {type(answer).__name__} came where a user was due. Is host AAM's address?"
            )
            raise AAMBadAnswer(text, fate=Fate.UNKNOWN)
        return answer

    def update_self(self, changes: Mapping[str, Any]) -> Record:
        """The technical account after ``changes``: read, merged and written, because AAM's PUT replaces all."""
        answer = self.call("update_self", body={**self.self(), **changes})
        return self.self() if answer is None else self._record(answer)

    def update_password(self, old: str, new: str) -> None:
        """A new password for the account that asks. Neither is ever part of a message or a log line."""
        self.call("update_password", body={"oldPassword": old, "newPassword": new})

    def reset_password(self, user_id: int) -> None:
        """AAM sends the user a new password; it is not part of the answer."""
        self.call("reset_password", user_id)
