"""Who has approved a plan, as Airflow's approval tells it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

NO_ONE = "no one (the default of the approval, after its time was over)"


@dataclass(frozen=True)
class Approval:
    by: str | None = None
    at: str | None = None

    @classmethod
    def of(cls, given: Mapping[str, Any] | str | None) -> Self:
        """A name, or what ``ApprovalOperator`` returns: ``responded_by_user`` (``id``, ``name``), ``responded_at``."""
        if not isinstance(given, Mapping):
            return cls(None if given in (None, "", "None") else str(given))  # of a template, too
        user, at = given.get("responded_by_user"), given.get("responded_at")
        name, user_id = (user.get("name"), user.get("id")) if isinstance(user, Mapping) else (None, None)
        known = dict.fromkeys(str(each) for each in (name, user_id) if each)
        by = " ".join(f"({each})" if number else each for number, each in enumerate(known)) or NO_ONE
        return cls(by, str(at.isoformat() if hasattr(at, "isoformat") else at) if at else None)

    def __str__(self) -> str:
        from airflow_provider_aam.api.visible import one_line

        if self.by is None:
            return "Who approved it was not given (approved_by)."
        return one_line(f"Approved by {self.by}{f' at {self.at}' if self.at else ''}.")

    def as_xcom(self) -> dict[str, str | None]:
        return {"approved_by": self.by, "approved_at": self.at}
