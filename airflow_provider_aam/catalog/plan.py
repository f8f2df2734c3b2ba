"""A plan: what a push would change in AAM. Plain values that survive a file, so that a person can read them first."""

from __future__ import annotations

from collections import Counter
from typing import Any, Literal

import msgspec

from airflow_provider_aam.api.errors import AAMSourceError

Action = Literal["create", "update", "delete"]

PLAN_VERSION = 1


class FieldChange(msgspec.Struct, frozen=True):
    """``before`` is AAM's present value, ``None`` for none. ``shown`` says both for people, where ids would not."""

    field: str
    before: Any
    after: Any
    shown: tuple[str, str] | None = None


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """One object to create, update or delete.

    ``key`` identifies the object in AAM: the fields by which it was matched, and by which it is looked up when the fate
    of a write is unknown; empty when it was matched by its id. ``fields`` holds what changes (update), all that is
    given (create) or what there was (delete). ``new_folder`` is the path of a folder that this plan creates first; its
    id becomes the object's folder.
    """

    action: Action
    kind: str
    label: str
    key: dict[str, Any]
    id: int | None = None
    fields: tuple[FieldChange, ...] = ()
    new_folder: str | None = None
    look_first: bool = False
    """A create whose object could have escaped the plan, because AAM's list showed no keys."""
    place: str | None = None


class Unchanged(msgspec.Struct, frozen=True):
    """An object that is already as it shall be."""

    kind: str
    label: str
    id: int
    place: str | None = None


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """``changes`` stand in the order of their application: folders, then creates and updates, then deletes."""

    source: str
    match_on: str
    created_at: str
    changes: tuple[Change, ...]
    unchanged: tuple[Unchanged, ...] = ()
    warnings: tuple[str, ...] = ()
    version: int = PLAN_VERSION

    def counts(self) -> dict[str, int]:
        """How many of each: ``create``, ``update``, ``delete``, ``unchanged`` and ``create_folders``."""
        actions = Counter(change.action for change in self.changes if not is_folder(change))
        return {
            "create": actions["create"],
            "update": actions["update"],
            "delete": actions["delete"],
            "unchanged": len(self.unchanged),
            "create_folders": sum(1 for change in self.changes if is_folder(change)),
        }

    def to_json(self) -> bytes:
        """Indented, for people, with the counts first."""
        document = {"counts": self.counts(), **msgspec.to_builtins(self)}
        return msgspec.json.format(msgspec.json.encode(document), indent=2) + b"\n"

    @classmethod
    def from_json(cls, content: bytes) -> Plan:
        """What :meth:`to_json` wrote. Raises :class:`AAMSourceError` for anything else."""
        try:
            plan = msgspec.json.decode(content, type=cls)
        except (msgspec.MsgspecError, UnicodeDecodeError) as broken:
            raise AAMSourceError(f"this is no plan file: {broken}. Write it with plan_path.") from broken
        if plan.version != PLAN_VERSION:
            raise AAMSourceError(
                f"the plan was written by another version of this package (plan version {plan.version}, this one reads "
                f"{PLAN_VERSION}): plan again."
            )
        return plan


def is_folder(change: Change) -> bool:
    return change.kind.endswith("_folder")
