"""From rows to a plan: check offline, read AAM once, resolve, match, compare, prune, guard."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from airflow_provider_aam.api.client import AAMClient
from airflow_provider_aam.api.collection import Records
from airflow_provider_aam.api.errors import AAMPlanRefused
from airflow_provider_aam.catalog.account import Account, read_objects, read_references
from airflow_provider_aam.catalog.check import Checked, check_rows
from airflow_provider_aam.catalog.findings import refuse
from airflow_provider_aam.catalog.folders import FolderTree
from airflow_provider_aam.catalog.guards import Guards
from airflow_provider_aam.catalog.kinds import Kind
from airflow_provider_aam.catalog.matching import Matcher
from airflow_provider_aam.catalog.plan import Change, Plan
from airflow_provider_aam.catalog.prune import Scope, build_scope, check_scope, refuse_used, surplus
from airflow_provider_aam.catalog.resolve import Desired, resolve
from airflow_provider_aam.catalog.rows import SourceRow


@dataclass(frozen=True, kw_only=True)
class PlanOptions:
    """``match_on`` is one of the kind's ways to match.

    ``prune_scope`` switches pruning on: ``{"dataSource": code or name}``, ``{"folder": path}``, or both.
    """

    match_on: str = "integrationCode"
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
    checked, findings = check_rows(rows, kind, match_on=options.match_on)
    refuse(source, findings)
    sources, folders = read_references(client, kind)
    desired, new_folders, findings = resolve(checked, kind, sources, folders, create_folders=options.create_folders)
    refuse(source, findings)
    scope = build_scope(options.prune_scope, sources, folders, new_folders) if options.prune_scope else None
    only = _only_data_source(desired, options, kind, scope)
    objects = read_objects(client, kind, match_on=options.match_on, only_data_source=only)
    matcher = Matcher(
        kind=kind, match_on=options.match_on, account=Account(data_sources=sources, folders=folders, objects=objects)
    )
    changes, unchanged, findings = matcher.match(desired)
    refuse(source, findings)
    doomed: Records = []
    warnings = [*_discouraged(checked, kind), *_similar(new_folders, folders), *_doubled(checked, kind, folders)]
    if scope is not None:
        doomed, left_alone = surplus(objects, matcher.matched, scope, kind, options.match_on)
        warnings += left_alone
    plan = Plan(
        source=source,
        match_on=options.match_on,
        created_at=now.isoformat(),
        changes=(*_folders(new_folders, kind), *changes, *(matcher.delete(record) for record in doomed)),
        unchanged=tuple(unchanged),
        warnings=tuple(warnings),
    )
    options.guards.check(plan, existing=len(objects))
    refuse_used(client, kind, doomed)
    return plan


def _only_data_source(desired: Sequence[Desired], options: PlanOptions, kind: Kind, scope: Scope | None) -> int | None:
    """The one data source that all rows, and what may be pruned, belong to: then AAM need not list the others."""
    if "dataSourceId" not in kind.match_on[options.match_on]:
        return None
    wanted = {item.fields.get("dataSourceId") for item in desired}
    if scope is not None:
        wanted.add(scope.data_source_id)
    return wanted.pop() if len(wanted) == 1 else None


def _folders(paths: Sequence[str], kind: Kind) -> list[Change]:
    name = (kind.folders or "").removesuffix("s")
    return [Change(action="create", kind=name, label=path, key={"path": path}) for path in paths]


def _discouraged(checked: Sequence[Checked], kind: Kind) -> Iterator[str]:
    for name, marks in kind.discouraged.items():
        found = [item for item in checked if any(mark in item.given.get(name, "") for mark in marks)]
        if found:
            first = f"“{found[0].given[name]}”, {found[0].row.place}"
            yield f"Adobe advises against {' '.join(marks)} in a {name}; {len(found)} rows have one (first: {first})"


def _similar(new_folders: Sequence[str], folders: FolderTree) -> Iterator[str]:
    for path in new_folders:
        other = folders.similar(path)
        if other:
            yield f"folder {path} will be created although {other} exists"


def _doubled(checked: Sequence[Checked], kind: Kind, folders: FolderTree) -> Iterator[str]:
    columns = [column for column, reference in kind.model.references.items() if reference.to == "folder"]
    paths = {item.given[column]: None for item in checked for column in columns if column in item.given}
    for path in paths:
        found = sorted(folders.find(path))
        if len(found) > 1:
            ids = ", ".join(map(str, found))
            yield f"AAM has {len(found)} folders {path} ({ids}); new {kind.name}s go to the first, others stay"
