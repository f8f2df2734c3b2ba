"""Rows and the objects that AAM has: which belong together, and what must change about each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from airflow_provider_aam.api.collection import Record, Records
from airflow_provider_aam.catalog.account import Account, shows_no_keys
from airflow_provider_aam.catalog.check import Checked
from airflow_provider_aam.catalog.diff import diff
from airflow_provider_aam.catalog.findings import Finding
from airflow_provider_aam.catalog.keys import Key, index_by_key, key_of
from airflow_provider_aam.catalog.kinds import Kind
from airflow_provider_aam.catalog.plan import Change, FieldChange, Unchanged
from airflow_provider_aam.catalog.resolve import Desired


class Matcher:
    """``matched`` holds the ids of all objects that a row was found for."""

    def __init__(self, *, kind: Kind, match_on: str, account: Account) -> None:
        self.matched: set[int] = set()
        self._kind = kind
        self._match_on = match_on
        self._by_id = match_on == kind.id_field
        self._key_fields = kind.match_on[match_on]
        self._account = account
        self._index = index_by_key(account.objects, self._key_fields)
        self._look_first = shows_no_keys(account.objects, self._key_fields)
        self._other_case = {tuple(part.casefold() for part in key): found[0] for key, found in self._index.items()}
        self._names = {
            reference.field: account.folders.path_of if reference.to == "folder" else account.data_sources.label
            for reference in kind.model.references.values()
        }

    def match(self, desired: Sequence[Desired]) -> tuple[list[Change], list[Unchanged], list[Finding]]:
        """What to do about each row, in the rows' order, and the rows that mean no object or several."""
        changes: list[Change] = []
        unchanged: list[Unchanged] = []
        findings: list[Finding] = []
        first: dict[Key | None, Checked] = {}
        for item in desired:
            key = key_of({**item.item.given, **item.fields}, self._key_fields)
            earlier = first.setdefault(key, item.item)
            found = self._index.get(key, []) if key else []
            problem = self._problem(item, key, earlier, found)
            if problem:
                place = item.item.row.place_of(self._match_on)
                findings.append(Finding(place=place, field=self._match_on, problem=problem))
                continue
            result = self._update(item, found[0]) if found else self._create(item)
            if isinstance(result, Change):
                changes.append(result)
            else:
                unchanged.append(result)
        return changes, unchanged, findings

    def delete(self, record: Record) -> Change:
        """``before`` of its fields is all that is needed to make the object again."""
        held = (name for name in self._kind.model.columns() if record.get(name) not in (None, ""))
        return Change(
            action="delete",
            kind=self._kind.name,
            label=self._label(record),
            key=self._wire_key(record),
            id=int(record[self._kind.id_field]),
            fields=tuple(FieldChange(name, record[name], None) for name in held),
        )

    def _problem(self, item: Desired, key: Key | None, earlier: Checked, found: Records) -> str | None:
        value = item.item.given[self._match_on]
        if earlier is not item.item:
            return f"“{value}” stands twice (first at {earlier.row.place})"
        if len(found) > 1:
            ids = ", ".join(str(record[self._kind.id_field]) for record in found)
            return f"AAM has {len(found)} {self._kind.name}s with “{value}” ({ids}): make one of them different first"
        if not found and self._by_id:
            return f"AAM has no {self._kind.name} {value}, or the technical account may not see it"
        other = self._other_case.get(tuple(part.casefold() for part in key)) if key and not found else None
        if other is not None:
            stored = f"“{other.get(self._match_on)}” ({self._kind.name} {other[self._kind.id_field]})"
            return f"“{value}” differs from AAM's {stored} in upper and lower case only: write it as AAM does"
        return None

    def _create(self, item: Desired) -> Change:
        return Change(
            action="create",
            kind=self._kind.name,
            label=self._label(item.fields),
            key=self._wire_key(item.fields),
            fields=tuple(self._shown(FieldChange(name, None, value)) for name, value in item.fields.items()),
            new_folder=item.new_folder,
            look_first=self._look_first,
            place=str(item.item.row.place),
        )

    def _update(self, item: Desired, record: Record) -> Change | Unchanged:
        object_id, place = int(record[self._kind.id_field]), str(item.item.row.place)
        self.matched.add(object_id)
        label = self._label(record)
        changes = (change for change in diff(self._kind, item.fields, record) if not self._same_folder(change))
        fields = [self._shown(change) for change in changes]
        if item.new_folder is not None:
            before = self._account.folders.path_of(int(record.get("folderId") or 0))
            moved = FieldChange("folderId", record.get("folderId"), None, shown=(before, f"{item.new_folder} (new)"))
            fields.append(moved)
        if not fields:
            return Unchanged(kind=self._kind.name, label=label, id=object_id, place=place)
        return Change(
            action="update",
            kind=self._kind.name,
            label=label,
            key=self._wire_key(record),
            id=object_id,
            fields=tuple(fields),
            new_folder=item.new_folder,
            place=place,
        )

    def _same_folder(self, change: FieldChange) -> bool:
        """Whether two folders of one path are meant, which some account may hold: no reason to move anything."""
        if change.field != "folderId" or change.before is None:
            return False
        path_of = self._account.folders.path_of
        return path_of(int(change.before)) == path_of(int(change.after))

    def _shown(self, change: FieldChange) -> FieldChange:
        """Ids with the names that people know."""
        name = self._names.get(change.field)
        if name is None:
            return change
        before = "none" if change.before is None else name(int(change.before))
        return FieldChange(change.field, change.before, change.after, (before, name(change.after)))

    def _wire_key(self, fields: Mapping[str, Any]) -> dict[str, Any]:
        return {} if self._by_id else {name: fields.get(name) for name in self._key_fields}

    def _label(self, fields: Mapping[str, Any]) -> str:
        """One line: data source/code “name”, as far as there are such."""
        code = fields.get("integrationCode") or fields.get(self._kind.id_field)
        name = fields.get("name")
        source = self._account.data_sources.label(fields["dataSourceId"]) if "dataSourceId" in fields else None
        parts = ["/".join(str(part) for part in (source, code) if part), f"“{name}”" if name else ""]
        return " ".join(" ".join(part for part in parts if part).split()) or " ".join(map(str, fields.values()))
