"""A plan: what a push would change in AAM. Plain values that survive a file, so that a person can read them first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import msgspec

from airflow_provider_aam.api.errors import AAMSourceError
from airflow_provider_aam.catalog.kinds import KINDS, Act, Kind

PLAN_VERSION = 2
MOST_PROBLEMS = 10


class FieldChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``before`` is AAM's present value, ``None`` for none. ``shown`` says both for people, where ids would not."""

    field: str
    before: Any
    after: Any
    shown: tuple[str, str] | None = None


class Link(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``text`` in ``field`` is in place of the id of what the change at position ``to`` of the plan creates."""

    field: str
    text: str
    to: int


class Change(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One object to create, update or delete.

    ``key`` identifies the object in AAM: the fields by which it was matched, and by which it is looked up when the fate
    of a write is unknown; empty when it was matched by its id. ``fields`` holds what changes (update), all that is
    given (create) or what there was (delete). Changes of one ``wave`` do not need each other; waves follow each other.
    """

    action: Act
    kind: str
    label: str
    key: dict[str, Any]
    wave: int = 0
    id: int | None = None
    fields: tuple[FieldChange, ...] = ()
    links: tuple[Link, ...] = ()
    within: dict[str, int] = {}
    """What AAM wants next to the id to address the object, such as a mapping's ``destinationId``."""
    resent: dict[str, Any] = {}
    """What an update writes in place of AAM's own response, which means the same but cannot be written back."""
    held: dict[str, Any] = {}
    """What AAM's list has of an updated object, written as well where its single response leaves a field out."""
    look_first: bool = False
    """A create whose object could have escaped the plan, because AAM's list showed no keys."""
    beside: tuple[int, ...] = ()
    """The objects that share a create's key already, where AAM allows several: mappings of one segment."""
    place: str | None = None

    def after(self) -> dict[str, Any]:
        return {field.field: field.after for field in self.fields}


class Unchanged(msgspec.Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    """An object that already matches its row."""

    kind: str
    label: str
    id: int
    place: str | None = None


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """``changes`` are in the order of their application: what others need comes first, deletes come last."""

    source: str
    match_on: str | None
    created_at: str
    account: dict[str, Any] = {}
    """Where it was made: ``base_url``, and ``pid`` if it was asked for."""
    changes: tuple[Change, ...]
    unchanged: tuple[Unchanged, ...] = ()
    warnings: tuple[str, ...] = ()
    version: int = PLAN_VERSION

    def counts(self) -> dict[str, int]:
        """How many of each: ``create`` (``create_folders`` are among these), ``update``, ``delete``, ``unchanged``."""
        actions = Counter(change.action for change in self.changes)
        return {
            "create": actions["create"],
            "update": actions["update"],
            "delete": actions["delete"],
            "unchanged": len(self.unchanged),
            "create_folders": sum(map(makes_folder, self.changes)),
        }

    def counts_by_kind(self) -> dict[str, dict[str, int]]:
        """Creates, updates and deletes of each kind that has any."""
        found: dict[str, dict[str, int]] = {}
        for change in self.changes:
            of_kind = found.setdefault(change.kind, {"create": 0, "update": 0, "delete": 0})
            of_kind[change.action] += 1
        return found

    def to_json(self) -> bytes:
        return b"".join(self.parts())

    def parts(self) -> Iterator[bytes]:
        """The file: indented, for people, with the counts first; each object that stays as it is on one line."""
        changing = msgspec.to_builtins(msgspec.structs.replace(self, unchanged=()))
        text = msgspec.json.format(msgspec.json.encode({"counts": self.counts(), **changing}), indent=2) + b"\n"
        head, empty, tail = text.partition(b'"unchanged": []')
        yield head
        yield empty[:-1]
        for at, each in enumerate(self.unchanged):
            yield (b",\n    " if at else b"\n    ") + msgspec.json.encode(each)
        yield (b"\n  ]" if self.unchanged else b"]") + tail

    @classmethod
    def from_json(cls, content: bytes) -> Plan:
        """What :meth:`to_json` wrote. Raises :class:`AAMSourceError` for anything else."""
        try:
            plan = msgspec.json.decode(content, type=cls)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as broken:
            raise AAMSourceError(f"not a plan file: {broken}. Plan again.") from broken
        if plan.version != PLAN_VERSION:
            raise AAMSourceError(
                f"the plan was written by another version of this package (plan version {plan.version}, this one reads "
                f"{PLAN_VERSION}). Plan again."
            )
        if problems := [*_problems(plan)]:
            raise AAMSourceError(
                f"not a plan that this package wrote: {'; '.join(problems[:MOST_PROBLEMS])}. Plan again."
            )
        return plan


def makes_folder(change: Change) -> bool:
    return change.action == "create" and any(kind.is_tree and kind.name == change.kind for kind in KINDS.values())


def _problems(plan: Plan) -> Iterator[str]:
    """What no plan of ours has, of the changes that someone may have edited."""
    known_kinds = {kind.name: kind for kind in KINDS.values()}
    for at, change in enumerate(plan.changes):
        known = known_kinds.get(change.kind)
        if known is None:
            yield f"change {at} is of an unknown kind {change.kind!r}"
            continue
        if change.action not in known.acts:
            yield f"change {at} is to {change.action} a {change.kind}, which AAM's API cannot"
        yield from (f"change {at} {text}" for text in _misfits(known, change))
        if not all(0 <= link.to < at and plan.changes[link.to].action == "create" for link in change.links):
            yield f"change {at} waits for what no change before it creates"


def _misfits(kind: Kind, change: Change) -> Iterator[str]:
    """What does not belong to a change of this kind: its ids are numbers, its fields and its key are the kind's own."""
    after = change.after()
    exists = change.action != "create"
    if exists and (change.id or 0) <= 0:
        yield f"is to {change.action} a {change.kind} without an id"
    if {*change.within} != ({*kind.within} if exists else set()):
        yield f"names {', '.join(change.within) or 'nothing'} to find the object in"
    known = {*kind.model.columns(), "path", *(reference.field for reference in kind.model.references.values())}
    unknown = {*after, *change.key, *change.held} - known | {*change.resent} - kind.resent
    if unknown:
        yield f"has fields that a {change.kind} lacks: {', '.join(sorted(unknown))}"
    links = {(link.field, link.text) for link in change.links}
    for name, value in after.items():
        for each in value if isinstance(value, list) else [value]:
            if isinstance(each, list | dict):
                yield f"has a {name} that is neither a text nor a number nor a list of these"
            elif (
                kind.model.reference_of(name)
                and type(each) is not int
                and each not in (None, "")
                and (name, each) not in links
            ):
                yield f"has a {name} that is not an id: {each!r}"
    own = {"path": change.label} if "path" in change.key else {name: after.get(name) for name in change.key}
    if not exists and change.key != own:
        yield "has a key of another object"
