"""From rows to a plan: check offline, read AAM once, resolve, match, compare, prune, guard."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from airflow_provider_aam.api.client import AAMClient
from airflow_provider_aam.api.collection import Record, Records
from airflow_provider_aam.api.errors import AAMPlanRefused
from airflow_provider_aam.catalog.account import Account, index_by_key, key_values, read_objects, read_references
from airflow_provider_aam.catalog.check import Checked, MatchOn, check_rows
from airflow_provider_aam.catalog.diff import diff
from airflow_provider_aam.catalog.findings import Finding, refuse
from airflow_provider_aam.catalog.guards import Guards
from airflow_provider_aam.catalog.kinds import Kind
from airflow_provider_aam.catalog.plan import Change, FieldChange, Plan, Unchanged
from airflow_provider_aam.catalog.prune import Scope, build_scope, check_scope, refuse_used, surplus
from airflow_provider_aam.catalog.resolve import Desired, resolve
from airflow_provider_aam.catalog.source import SourceRow

_DISCOURAGED = ",|-"


@dataclass(frozen=True, kw_only=True)
class PlanOptions:
    """``prune_scope`` switches pruning on: ``{"dataSource": code or name}``, ``{"folder": path}``, or both."""

    match_on: MatchOn = "integrationCode"
    create_folders: bool = True
    prune_scope: Mapping[str, str] | None = None
    guards: Guards = field(default_factory=Guards)


def build_plan(
    client: AAMClient, kind: Kind, rows: Sequence[SourceRow], options: PlanOptions, *, source: str, now: datetime
) -> Plan:
    """What must change in AAM so that every row is true. Writes nothing.

    ⌈N/1000⌉ + 2 requests for an account of N objects, and one for each object to be pruned. Raises
    :class:`AAMSourceError` with every finding, :class:`AAMPlanRefused` when a guard rail stops it.
    """
    if options.prune_scope is not None:
        check_scope(options.prune_scope)
        if not rows:
            raise AAMPlanRefused(f"{source} holds no {kind.key}: prune=True would delete everything in prune_scope.")
    checked, findings = check_rows(rows, kind.model, match_on=options.match_on)
    refuse(source, findings)
    sources, folders = read_references(client, kind)
    scope = build_scope(options.prune_scope, sources, folders) if options.prune_scope else None
    desired, new_folders, findings = resolve(checked, sources, folders, create_folders=options.create_folders)
    refuse(source, findings)
    objects = read_objects(client, kind, only_data_source=_only_data_source(desired, options, scope))
    account = Account(data_sources=sources, folders=folders, objects=objects)
    planner = _Planner(kind=kind, match_on=options.match_on, account=account)
    changes, unchanged, findings = planner.match(desired)
    refuse(source, findings)
    warnings = [*_discouraged_names(checked), *_similar_folders(new_folders, account)]
    doomed: Records = []
    if scope is not None:
        doomed, left_alone = surplus(objects, planner.matched, scope, kind, options.match_on)
        warnings += left_alone
    plan = Plan(
        source=source,
        match_on=options.match_on,
        created_at=now.isoformat(),
        changes=(*planner.folders(new_folders), *changes, *(planner.delete(record) for record in doomed)),
        unchanged=tuple(unchanged),
        warnings=tuple(warnings),
    )
    options.guards.check(plan, existing=len(objects))
    refuse_used(client, kind, doomed)
    return plan


def _only_data_source(desired: Sequence[Desired], options: PlanOptions, scope: Scope | None) -> int | None:
    """The one data source that all rows, and what may be pruned, belong to: then AAM need not list the others."""
    if options.match_on == "sid":
        return None
    wanted = {item.fields.get("dataSourceId") for item in desired}
    if scope is not None:
        wanted.add(scope.data_source_id)
    return wanted.pop() if len(wanted) == 1 else None


class _Planner:
    def __init__(self, *, kind: Kind, match_on: MatchOn, account: Account) -> None:
        self._kind = kind
        self._match_on = match_on
        self._account = account
        self._index = index_by_key(account.objects, match_on)
        self.matched: set[int] = set()

    def match(self, desired: Sequence[Desired]) -> tuple[list[Change], list[Unchanged], list[Finding]]:
        changes: list[Change] = []
        unchanged: list[Unchanged] = []
        findings: list[Finding] = []
        first: dict[tuple[object, ...], Checked] = {}
        for item in desired:
            key = self._key(item)
            earlier = first.setdefault(key, item.item)
            found = self._index.get(key, [])
            problem = self._problem(item, earlier, found)
            if problem:
                place = item.item.row.place_of(self._match_on)
                findings.append(Finding(place=place, field=self._match_on, problem=problem))
                continue
            result = self._update(item, found[0]) if found else self._create(item)
            (changes if isinstance(result, Change) else unchanged).append(result)  # type: ignore[arg-type]
        return changes, unchanged, findings

    def folders(self, paths: Sequence[str]) -> list[Change]:
        name = self._kind.folders.removesuffix("s")
        return [Change(action="create", kind=name, label=path, key={"path": path}) for path in paths]

    def delete(self, record: Record) -> Change:
        return Change(
            action="delete",
            kind=self._kind.name,
            label=self._label(record),
            key=self._wire_key(record),
            id=int(record[self._kind.id_field]),
        )

    def _key(self, item: Desired) -> tuple[object, ...]:
        value = item.item.given[self._match_on]
        return key_values(self._match_on, value, item.fields.get("dataSourceId"))

    def _problem(self, item: Desired, earlier: Checked, found: Records) -> str | None:
        value = item.item.given[self._match_on]
        if earlier is not item.item:
            return f"“{value}” stands twice (first at {earlier.row.place})"
        if len(found) > 1:
            ids = ", ".join(str(record[self._kind.id_field]) for record in found)
            return f"AAM has {len(found)} {self._kind.name}s with “{value}” ({ids}): make one of them different first"
        if not found and self._match_on == "sid":
            return f"AAM has no {self._kind.name} {value}, or the technical account may not see it"
        return None

    def _create(self, item: Desired) -> Change:
        fields = tuple(FieldChange(name, None, value) for name, value in item.fields.items())
        return Change(
            action="create",
            kind=self._kind.name,
            label=self._label(item.fields),
            key=self._wire_key(item.fields),
            fields=fields,
            new_folder=item.new_folder,
            place=str(item.item.row.place),
        )

    def _update(self, item: Desired, record: Record) -> Change | Unchanged:
        object_id, place = int(record[self._kind.id_field]), str(item.item.row.place)
        self.matched.add(object_id)
        label = self._label(record)
        fields = [self._shown(change) for change in diff(self._kind, item.fields, record)]
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

    def _shown(self, change: FieldChange) -> FieldChange:
        names = {"folderId": self._account.folders.path_of, "dataSourceId": self._account.data_sources.label}
        name = names.get(change.field)
        if name is None or change.before is None:
            return change
        return FieldChange(change.field, change.before, change.after, (name(int(change.before)), name(change.after)))

    def _wire_key(self, fields: Mapping[str, Any]) -> dict[str, Any]:
        if self._match_on == "sid":
            return {}
        return {"dataSourceId": fields.get("dataSourceId"), self._match_on: fields.get(self._match_on)}

    def _label(self, fields: Mapping[str, Any]) -> str:
        source = self._account.data_sources.label(fields.get("dataSourceId"))
        code = fields.get("integrationCode") or fields.get(self._kind.id_field)
        return f"{source}/{code} “{fields.get('name')}”" if code else f"{source} “{fields.get('name')}”"


def _discouraged_names(checked: Sequence[Checked]) -> list[str]:
    found = [item for item in checked if any(mark in (item.draft.name or "") for mark in _DISCOURAGED)]
    if not found:
        return []
    first = f"“{found[0].draft.name}”, {found[0].row.place}"
    return [f"{len(found)} names hold a comma, dash or pipe, which Adobe advises against (first: {first})"]


def _similar_folders(new_folders: Sequence[str], account: Account) -> list[str]:
    similar = {path: account.folders.similar(path) for path in new_folders}
    return [f"folder {path} will be created although {other} exists" for path, other in similar.items() if other]
