"""What must change about one object, in the words of a plan."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from airflow_provider_aam.account.keys import key_of
from airflow_provider_aam.api.collection import Record
from airflow_provider_aam.api.numbers import whole_number
from airflow_provider_aam.catalog.checking.check import Checked
from airflow_provider_aam.catalog.drafts import Reference
from airflow_provider_aam.catalog.kinds import TRAITS, Kind
from airflow_provider_aam.catalog.plan.difference import diff
from airflow_provider_aam.catalog.plan.plan import Change, FieldChange, Unchanged
from airflow_provider_aam.catalog.planning.resolve import Desired
from airflow_provider_aam.catalog.planning.targets import Pending, Targets
from airflow_provider_aam.catalog.rules import segment_rule
from airflow_provider_aam.catalog.rules.segment_word import words_of

Awaited = Sequence[tuple[str, Pending]]


def held(kind: Kind, record: Record) -> list[str]:
    """The columns that have a value."""
    return [name for name in kind.model.columns() if record.get(name) not in (None, "") and name != "path"]


@dataclass(frozen=True, kw_only=True)
class Planned:
    """A change before it has its place in the plan. ``makes`` is what it creates, ``awaited`` what it needs first."""

    kind: Kind
    change: Change
    makes: Pending | None = None
    awaited: Awaited = ()


class Changes:
    """Says what changes, with the names that people know in place of ids."""

    def __init__(self, targets: Targets) -> None:
        self._targets = targets
        self.warnings: dict[str, list[str]] = {}

    def create(
        self, kind: Kind, desired: Desired, makes: Pending, *, look_first: bool, beside: Sequence[int]
    ) -> Planned:
        fields = {name: value for name, value in {**kind.defaults, **desired.fields}.items() if value is not None}
        texts = {name: pending.text for name, pending in desired.awaited if isinstance(fields[name], str)}
        change = Change(
            action="create",
            kind=kind.name,
            label=self.label(kind, fields),
            key=self._key(kind, desired.way, fields),
            fields=tuple(
                self._shown(kind, FieldChange(name, None, value), texts, desired.item) for name, value in fields.items()
            ),
            look_first=look_first,
            beside=tuple(beside),
            place=str(desired.item.row.place),
        )
        return Planned(kind=kind, change=change, makes=makes, awaited=desired.awaited)

    def update(self, kind: Kind, desired: Desired, record: Record) -> Planned | Unchanged:
        object_id, place = int(record[kind.id_field]), str(desired.item.row.place)
        label = self.label(kind, record)
        fields = [
            change
            for change in diff(kind, desired.fields, record)
            if not self._same_folder(kind, change) and not self._fixed(kind, change, label)
        ]
        if not fields:
            return Unchanged(kind=kind.name, label=label, id=object_id, place=place)
        changed = {change.field for change in fields}
        awaited = [(name, pending) for name, pending in desired.awaited if name in changed]
        texts = {name: pending.text for name, pending in awaited}
        change = Change(
            action="update",
            kind=kind.name,
            label=label,
            key={} if desired.way == kind.id_field else self._key(kind, desired.way, record),
            id=object_id,
            fields=tuple(self._shown(kind, field, texts, desired.item) for field in fields),
            within={name: int(record[name]) for name in kind.within},
            resent={name: desired.fields[name] for name in kind.resent & desired.fields.keys() - changed},
            held={name: record[name] for name in held(kind, record) if name not in changed},
            place=place,
        )
        return Planned(kind=kind, change=change, awaited=awaited)

    def delete(self, kind: Kind, record: Record, *, way: str) -> Planned:
        """``before`` of its fields is all that is needed to make the object again."""
        change = Change(
            action="delete",
            kind=kind.name,
            label=self.label(kind, record),
            key=self._key(kind, way, record),
            id=int(record[kind.id_field]),
            fields=tuple(FieldChange(name, record[name], None) for name in held(kind, record)),
            within={name: int(record[name]) for name in kind.within},
        )
        return Planned(kind=kind, change=change)

    def folder(self, pending: Pending) -> Planned:
        fields = pending.fields
        parent = fields["parentFolderId"]
        is_new = isinstance(parent, Pending)
        around = str(fields["path"]).rpartition("/")[0] or "/"
        change = Change(
            action="create",
            kind=pending.kind.name,
            label=fields["path"],
            key={"path": fields["path"]},
            fields=(
                FieldChange("name", None, fields["name"]),
                FieldChange("parentFolderId", None, parent.text if is_new else parent, ("none", around)),
            ),
        )
        awaited = [("parentFolderId", parent)] if is_new else []
        return Planned(kind=pending.kind, change=change, makes=pending, awaited=awaited)

    def label(self, kind: Kind, fields: Mapping[str, Any]) -> str:
        """One line: data source/code “name”, as far as there are such."""
        if kind.is_tree and "path" in fields:
            return str(fields["path"])
        if kind.label is not None:
            names = {name: self._name(kind.model.reference_of(name), value) for name, value in fields.items()}
            return " ".join(kind.label.format_map(defaultdict(str, names)).split())
        code = fields.get("integrationCode") or fields.get(kind.id_field)
        name = fields.get("name")
        owner = fields.get("dataSourceId") if kind.resource.is_owned else None
        source = self._name(kind.model.reference_of("dataSourceId"), owner) if owner else None
        parts = ["/".join(str(part) for part in (source, code) if part), f"“{name}”" if name else ""]
        return " ".join(" ".join(part for part in parts if part).split()) or " ".join(map(str, fields.values()))

    def _name(self, reference: Reference | None, target: Any) -> str:
        """Of what a field holds: the object's name for an id, the words for one that the plan creates."""
        if reference is not None and (object_id := whole_number(target)) is not None:
            other = reference.or_to is not None and not self._targets.holds(reference.to, object_id)
            return self._targets.label(reference.or_to if other and reference.or_to else reference.to, object_id)
        return target[1:-1] if reference is not None and isinstance(target, str) else str(target)

    def _key(self, kind: Kind, way: str, fields: Mapping[str, Any]) -> dict[str, Any]:
        """Of an object that exists, the way that it can be found by again: its own code may be what changes."""
        if way == kind.id_field:
            way = next(w for w in kind.match_on if w != kind.id_field)
            if key_of(fields, kind.match_on[way]) is None:
                way = [*kind.match_on][-1]
        names = (*kind.match_on[way], *(name for name in kind.refine if fields.get(name) not in (None, "")))
        return {name: fields.get(name) for name in names}

    def _fixed(self, kind: Kind, change: FieldChange, label: str) -> bool:
        """What AAM keeps as an object was created with it is not a change, but needs attention."""
        if change.field not in kind.model.only_on_create and "update" in kind.acts:
            return False
        said = f"{kind.name} {label}: AAM has {change.field} {change.before!r} and keeps it"
        self.warnings.setdefault(change.field, []).append(said)
        return True

    def _same_folder(self, kind: Kind, change: FieldChange) -> bool:
        """Whether two folders of one path are meant, which some account may hold: no reason to move anything."""
        reference = kind.model.reference_of(change.field)
        if reference is None or not reference.to.is_tree:
            return False
        if change.before is None or isinstance(change.after, str):
            return False
        return self._targets.label(reference.to, int(change.before)) == self._targets.label(reference.to, change.after)

    def _shown(self, kind: Kind, change: FieldChange, texts: Mapping[str, str], item: Checked) -> FieldChange:
        """Ids with the names that people know."""
        shown: tuple[str, str] | None = None
        reference = kind.model.reference_of(change.field)
        if change.field in kind.rules:
            words = words_of(str(item.given[change.field]), str(change.after))
            shown = self._in_words(str(change.before or ""), words), self._in_words(str(change.after), words)
        elif reference is not None and reference.many:
            shown = self._names(reference, change.before), self._names(reference, change.after)
        elif reference is not None:
            after = (
                f"{texts[change.field][1:-1]} (new)" if change.field in texts else self._name(reference, change.after)
            )
            shown = "none" if change.before is None else self._name(reference, change.before), after
        return change if shown is None else FieldChange(change.field, change.before, change.after, shown)

    def _names(self, reference: Reference, targets: Any) -> str:
        return f"[{', '.join(self._name(reference, each) for each in targets or ())}]"

    def _in_words(self, rule: str, words: Mapping[str, str]) -> str:
        """A rule of AAM's in the ``words`` of the file, or else in those that mean these traits alone."""
        found = {}
        for word in segment_rule.references(rule):
            name = None if word.sid is None or word.reference in words else self._word(word.sid)
            found[word.text] = words.get(word.reference) or (word.text if name is None else f"{{{name}}}")
        return segment_rule.replace(rule, found)

    def _word(self, sid: int) -> str | None:
        traits = TRAITS.resource
        return self._targets.word(traits, sid) if self._targets.account.is_read(traits) else None
