"""From rows to a plan: check offline, read AAM once, match, resolve, compare, prune, guard."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from airflow_provider_aam.account.keys import key_of
from airflow_provider_aam.api.client import AAMClient
from airflow_provider_aam.api.collection import Record
from airflow_provider_aam.api.errors import AAMPlanRefused
from airflow_provider_aam.catalog.checking.check import Checked, check_rows
from airflow_provider_aam.catalog.exporting.describe import Describer
from airflow_provider_aam.catalog.kinds import KINDS, MAPPINGS, Kind
from airflow_provider_aam.catalog.plan.plan import Plan, Unchanged
from airflow_provider_aam.catalog.planning.account import Account, refuse_bare_list
from airflow_provider_aam.catalog.planning.changes import Changes, Planned
from airflow_provider_aam.catalog.planning.folder_rows import FolderRows
from airflow_provider_aam.catalog.planning.guards import Guards
from airflow_provider_aam.catalog.planning.limits import find_overflows
from airflow_provider_aam.catalog.planning.matching import Match, Matcher
from airflow_provider_aam.catalog.planning.narrowing import narrow
from airflow_provider_aam.catalog.planning.new_folders import NewFolders
from airflow_provider_aam.catalog.planning.order import in_order
from airflow_provider_aam.catalog.planning.prune import (
    build_scopes,
    check_scope,
    kinds_in,
    spare_indescribable,
    surplus,
)
from airflow_provider_aam.catalog.planning.remarks import (
    doubled,
    homeless,
    kept_repetitions,
    refused_by_account,
    remarks_of,
    similar,
)
from airflow_provider_aam.catalog.planning.resolve import Desired, Resolver
from airflow_provider_aam.catalog.planning.targets import Pending, Targets
from airflow_provider_aam.catalog.planning.usage import refuse_used
from airflow_provider_aam.catalog.problems import Finding, refuse
from airflow_provider_aam.catalog.reading.rows import SourceRow
from airflow_provider_aam.catalog.rules.segment_rule import word_of

Catalog = Mapping[Kind, Sequence[SourceRow]]
"""Rows of each kind that a source describes."""


@dataclass(frozen=True, kw_only=True)
class PlanOptions:
    """``match_on`` is one of the kind's ways to match; ``None``: by id, code or name, whichever a row gives first.

    ``prune_scope`` switches pruning on: ``{"dataSource": code or name}``, ``{"folder": path}``, ``{"kinds": [keys]}``.
    ``guards`` ``None``: for who only looks, nothing is refused for what the plan would do.
    """

    match_on: str | None = None
    create_folders: bool = True
    prune_scope: Mapping[str, Any] | None = None
    guards: Guards | None = field(default_factory=Guards)


def check_catalog(catalog: Catalog, *, match_on: str | None = None) -> tuple[dict[Kind, list[Checked]], list[Finding]]:
    """The offline check: the rows that are right in themselves, and every problem of the others."""
    checked: dict[Kind, list[Checked]] = {}
    findings: list[Finding] = []
    for kind in KINDS.values():
        if kind in catalog:
            checked[kind], found = check_rows(catalog[kind], kind, match_on=match_on)
            findings += found
    return checked, findings


def build_plan(client: AAMClient, catalog: Catalog, options: PlanOptions, *, source: str, now: datetime) -> Plan:
    """What must change in AAM so that every row is true. Writes nothing.

    ⌈N/1000⌉ requests for each kind that is described or referred to, one for each destination and model, and what it
    takes to know who uses an object to be pruned. Raises :class:`AAMSourceError` with every finding,
    :class:`AAMPlanRefused` when a guard rail stops it.
    """
    if options.prune_scope is not None:
        check_scope(options.prune_scope)
        _refuse_nothing(catalog, options.prune_scope, source)
    _refuse_match_on(catalog, options.match_on)
    checked, findings = check_catalog(catalog, match_on=options.match_on)
    refuse(source, findings)
    planning = _Planning(client, checked, options, source)
    return planning.plan(now)


def _refuse_match_on(catalog: Catalog, match_on: str | None) -> None:
    """Kinds that do not know the way are matched naturally, but one kind has to know it."""
    known = dict.fromkeys(way for kind in catalog for way in kind.match_on)
    if match_on is not None and catalog and match_on not in known:
        raise AAMPlanRefused(f"match_on is {match_on!r}; it must be one of {', '.join(known)}.")


def _refuse_nothing(catalog: Catalog, scope: Mapping[str, Any], source: str) -> None:
    empty = [kind.key for kind in kinds_in(scope, [*catalog]) if not catalog.get(kind)]
    if empty or not catalog:
        names = ", ".join(empty) or "nothing"
        raise AAMPlanRefused(f"{source} holds no {names}: pruning would delete everything in its scope.")


class _Planning:
    def __init__(
        self, client: AAMClient, checked: dict[Kind, list[Checked]], options: PlanOptions, source: str
    ) -> None:
        self._checked = checked
        self._options = options
        self._source = source
        self._account = Account(client)
        if MAPPINGS in checked:
            self._account.objects(MAPPINGS)  # with the destinations, in one go
        self._targets = Targets(self._account)
        self._account.filters.update(narrow(self._targets, checked, options.match_on, options.prune_scope))
        self._folders = {key: self._new_folders(KINDS[key]) for key in self._trees()}
        self._resolver = Resolver(self._targets, self._folders)
        self._changes = Changes(self._targets)
        self._matchers: dict[Kind, Matcher] = {}
        self._folder_rows: dict[Kind, FolderRows] = {}

    def plan(self, now: datetime) -> Plan:
        matches, findings = self._match_all()
        planned, unchanged, more = self._compare_all(matches)
        refuse(self._source, [*findings, *more])
        folders = [self._changes.folder(pending) for tree in self._folders.values() for pending in tree]
        doomed, warnings = self._surplus()
        deletes = [
            self._changes.delete(KINDS[key], record, way=KINDS[key].way_of(record, self._options.match_on))
            for key, records in doomed.items()
            for record in records
        ]
        changes = in_order([*folders, *planned, *deletes])
        problems, overfull = find_overflows(self._account, changes)
        plan = Plan(
            source=self._source,
            match_on=self._options.match_on,
            created_at=now.isoformat(),
            account={"base_url": self._account.client.base_url},
            changes=changes,
            unchanged=tuple(unchanged),
            warnings=(*self._remarks(), *warnings, *overfull),
        )
        if self._options.guards is not None:
            self._options.guards.check(plan, existing=self._existing(), problems=problems)
            refuse_used(self._account, doomed, plan.changes)
        return plan

    def _trees(self) -> list[str]:
        """Keys of the folder kinds that rows are in, or that are described themselves."""
        needed = {reference.to for kind in self._checked for reference in kind.model.references.values()}
        scope = self._options.prune_scope or {}
        pruned = {key for key in scope.get("kinds", ()) if KINDS[key].is_tree}
        return [
            key for key, kind in KINDS.items() if kind.is_tree and (key in needed | pruned or kind in self._checked)
        ]

    def _new_folders(self, kind: Kind) -> NewFolders:
        return NewFolders(kind, self._account.tree(kind), create=self._options.create_folders)

    def _match_all(self) -> tuple[dict[Kind, list[tuple[Match, Pending | None]]], list[Finding]]:
        found: dict[Kind, list[tuple[Match, Pending | None]]] = {}
        findings: list[Finding] = []
        for kind, rows in self._checked.items():
            if kind.is_tree:
                self._folder_rows[kind] = FolderRows(rows, self._folders[kind.key])
                findings += self._folder_rows[kind].findings
            else:
                found[kind], problems = self._match(kind, rows)
                findings += problems
        return found, findings

    def _match(self, kind: Kind, rows: Sequence[Checked]) -> tuple[list[tuple[Match, Pending | None]], list[Finding]]:
        """Rows whose key cannot be resolved are left out; what is wrong with them is found with what else is."""
        match_on = self._told(kind)
        findings: list[Finding] = []
        keyed = []
        for item in rows:
            given = item.given
            way = kind.way_of(given, match_on)
            references = self._resolver.key_of(given, kind, way)
            if references is None:
                self._targets.excuse(Pending(kind, self._text(given), given))
                findings += self._resolver.resolve(item, kind, way)[1]
            else:
                keyed.append((item, references))
        objects = self._account.objects(kind)
        used = {kind.way_of(item.given, match_on) for item, _ in keyed}
        refuse_bare_list(self._account, kind, [way for way in kind.match_on if way in used])
        self._matchers[kind] = matcher = Matcher(kind, objects, match_on=match_on)
        matches, mismatched = matcher.match(keyed)
        return [(match, self._pending(kind, match)) for match in matches], [*findings, *mismatched]

    def _told(self, kind: Kind) -> str | None:
        """How rows of this kind are to be matched, if the options say it."""
        return self._options.match_on if self._options.match_on in kind.match_on else None

    def _pending(self, kind: Kind, match: Match) -> Pending | None:
        given = match.item.given
        fields = {**given, **(self._resolver.key_of(given, kind, match.way) or {})}
        if match.object_id is not None:
            self._targets.rename(kind, match.object_id, fields)
            return None
        pending = Pending(kind, self._text(fields), fields)
        self._targets.add(pending)
        return pending

    def _text(self, fields: Mapping[str, Any]) -> str:
        source = fields.get("dataSourceId")
        owner = self._targets.label("dataSources", source) if isinstance(source, int) else fields.get("dataSource")
        return word_of(owner, str(fields.get("integrationCode") or fields.get("name")))

    def _compare_all(
        self, matches: Mapping[Kind, Sequence[tuple[Match, Pending | None]]]
    ) -> tuple[list[Planned], list[Unchanged], list[Finding]]:
        planned: list[Planned] = []
        unchanged: list[Unchanged] = []
        findings: list[Finding] = []
        changed: dict[tuple[str, int], Record] = {}
        for kind, pairs in matches.items():
            for match, pending in pairs:
                desired, problems = self._resolver.resolve(match.item, kind, match.way)
                findings += problems
                if problems:
                    continue
                record = None if match.object_id is None else self._account.objects(kind).get(match.object_id)
                if record is None and pending is not None:
                    result: Planned | Unchanged = self._changes.create(
                        kind,
                        desired,
                        pending,
                        look_first=self._matchers[kind].look_first(match.way),
                        beside=self._beside(kind, desired),
                    )
                else:
                    result = self._changes.update(kind, desired, record or {})
                if isinstance(result, Unchanged):
                    unchanged.append(result)
                else:
                    planned.append(result)
                    findings += refused_by_account(result, match.item, self._account, changed)
                    if match.object_id is not None:
                        changed[kind.key, match.object_id] = result.change.after()
        self._compare_folders(planned, unchanged)
        return planned, unchanged, findings

    def _beside(self, kind: Kind, desired: Desired) -> Sequence[int]:
        names = kind.match_on[desired.way]
        key = key_of(desired.fields, names) if kind.refine else None
        return self._account.objects(kind).find(names, key) if key else ()

    def _compare_folders(self, planned: list[Planned], unchanged: list[Unchanged]) -> None:
        for kind, rows in self._folder_rows.items():
            tree = self._folders[kind.key].tree
            for item, folder_id in rows.existing:
                place = str(item.row.place)
                unchanged.append(Unchanged(kind.name, tree.path_of(folder_id), folder_id, place))
            for desired in rows.desired:
                record = self._account.objects(kind).get(int(desired.item.given[kind.id_field])) or {}
                result = self._changes.update(kind, desired, record)
                (unchanged if isinstance(result, Unchanged) else planned).append(result)  # type: ignore[arg-type]

    def _surplus(self) -> tuple[dict[str, list[Record]], list[str]]:
        scope = self._options.prune_scope
        doomed: dict[str, list[Record]] = {}
        warnings: list[str] = []
        describer = Describer(self._account)
        pruned = [] if scope is None else kinds_in(scope, [*self._checked])
        trees = {kind: self._tree_of(kind) for kind in pruned}
        for kind, bounds in build_scopes(scope or {}, self._targets, trees).items():
            objects = self._account.objects(kind)
            lacking, left = surplus(objects, self._kept(kind), bounds, kind, self._told(kind))
            doomed[kind.key], spared = spare_indescribable(lacking, kind, describer)
            warnings += [*left, *spared]
        return doomed, warnings

    def _tree_of(self, kind: Kind) -> NewFolders | None:
        return next((self._folders[r.to] for r in kind.model.references.values() if r.to in self._folders), None)

    def _kept(self, kind: Kind) -> Collection[int]:
        if not kind.is_tree:
            return self._matchers[kind].matched
        return self._folder_rows[kind].kept

    def _existing(self) -> int:
        return sum(len(self._account.objects(kind)) for kind in self._checked)

    def _remarks(self) -> Iterator[str]:
        yield from remarks_of(self._checked)
        yield from kept_repetitions(self._checked)
        for kind, rows in self._checked.items():
            yield from doubled(rows, kind, self._folders)
        for folders in self._folders.values():
            yield from similar(folders)
            for kind in self._matchers:
                yield from homeless(folders, kind, self._account.objects(kind))
        for name, said in self._changes.warnings.items():
            yield f"{len(said)} rows want another {name} than AAM keeps; first: {said[0]}"
