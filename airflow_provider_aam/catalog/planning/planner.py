"""From rows to a plan: check offline, read AAM once, match, resolve, compare, prune, guard."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from airflow_provider_aam.account.account import Account
from airflow_provider_aam.api.client import AAMClient
from airflow_provider_aam.api.collection import Record
from airflow_provider_aam.api.errors import AAMArgumentError, AAMError, AAMPlanRefused
from airflow_provider_aam.catalog.checking.check import Catalog, Checked, check_catalog
from airflow_provider_aam.catalog.checking.remarks import kept_repetitions
from airflow_provider_aam.catalog.exporting.describe import Describer
from airflow_provider_aam.catalog.kinds import KINDS, Kind
from airflow_provider_aam.catalog.plan.plan import Plan
from airflow_provider_aam.catalog.planning.comparing import Comparison
from airflow_provider_aam.catalog.planning.guards import identify
from airflow_provider_aam.catalog.planning.new_folders import NewFolders
from airflow_provider_aam.catalog.planning.options import PlanOptions
from airflow_provider_aam.catalog.planning.order import in_order
from airflow_provider_aam.catalog.planning.overflow import find_overflows
from airflow_provider_aam.catalog.planning.pairing import Pairing
from airflow_provider_aam.catalog.planning.prune import (
    build_scopes,
    check_scope,
    kinds_in,
    spare_indescribable,
    surplus,
)
from airflow_provider_aam.catalog.planning.remarks import discouraged, doubled, homeless, similar
from airflow_provider_aam.catalog.planning.usage import refuse_used
from airflow_provider_aam.catalog.problems import Problem, refuse


def build_plan(client: AAMClient, catalog: Catalog, options: PlanOptions, *, source: str, now: datetime) -> Plan:
    """What must change in AAM so that every row is true. Writes nothing.

    ⌈N/1000⌉ requests for each kind that is described or referred to, one for each destination and model, and what it
    takes to know who uses an object to be pruned. Raises :class:`AAMSourceError` with every problem of rows and of what
    they refer to, :class:`AAMPlanRefused` when a guardrail stops it.
    """
    if options.prune_scope is not None:
        check_scope(options.prune_scope)
        _refuse_nothing(catalog, options.prune_scope, source)
    _refuse_match_on(catalog, options.match_on)
    checked, findings = check_catalog(catalog, match_on=options.match_on)
    pairing = Pairing(Account(client), checked, options)
    comparison = Comparison(pairing)
    _look(pairing, comparison, findings, source)
    refuse(source, [*findings, *pairing.findings, *comparison.findings])
    doomed, warnings = _surplus(pairing)
    deletes = [
        comparison.changes.delete(KINDS[key], record, way=KINDS[key].way_of(record, options.match_on))
        for key, records in doomed.items()
        for record in records
    ]
    changes = in_order([*comparison.folders(), *comparison.planned, *deletes])
    problems, overfull = find_overflows(pairing.account, changes)
    plan = Plan(
        source=source,
        match_on=options.match_on,
        created_at=now.isoformat(),
        account=identify(client),
        changes=changes,
        unchanged=tuple(comparison.unchanged),
        warnings=(*_remarks(comparison, pairing, checked), *warnings, *overfull),
    )
    if options.guards is not None:
        existing = sum(len(pairing.account.objects(kind.resource)) for kind in checked)
        options.guards.check(plan, existing=existing, problems=problems)
        refuse_used(pairing.account, doomed, plan.changes)
    return plan


def _refuse_match_on(catalog: Catalog, match_on: str | None) -> None:
    """Kinds that do not know the way are matched by id, code or name, but one kind has to know it."""
    known = dict.fromkeys(way for kind in catalog for way in kind.match_on)
    if match_on is not None and catalog and match_on not in known:
        raise AAMArgumentError(f"match_on is {match_on!r}; it must be one of {', '.join(known)}.")


def _refuse_nothing(catalog: Catalog, scope: Mapping[str, Any], source: str) -> None:
    empty = [kind.key for kind in kinds_in(scope, [*catalog]) if not catalog.get(kind)]
    if empty or not catalog:
        names = ", ".join(empty) or "nothing"
        raise AAMPlanRefused(f"{source} holds no {names}: pruning would delete everything in its scope.")


def _look(pairing: Pairing, comparison: Comparison, findings: Sequence[Problem], source: str) -> None:
    """The passes that read the account. Where it cannot be read, what was found before is said first."""
    try:
        pairing.run()
        comparison.run()
    except AAMError as error:
        refuse(source, findings, more=f"What the rows refer to could not be looked up: {error.message}")
        raise


def _surplus(pairing: Pairing) -> tuple[dict[str, list[Record]], list[str]]:
    """What is to be pruned, by key of the kind, and warnings about what is left alone."""
    scope = pairing.options.prune_scope
    doomed: dict[str, list[Record]] = {}
    warnings: list[str] = []
    describer = Describer(pairing.account)
    pruned = [] if scope is None else kinds_in(scope, [*pairing.checked])
    trees = {kind: _tree_of(pairing, kind) for kind in pruned}
    for kind, bounds in build_scopes(scope or {}, pairing.targets, trees).items():
        objects = pairing.account.objects(kind.resource)
        lacking, left = surplus(objects, pairing.kept(kind), bounds, kind, pairing.options.told(kind))
        doomed[kind.key], spared = spare_indescribable(lacking, kind, describer)
        warnings += [*left, *spared]
    return doomed, warnings


def _tree_of(pairing: Pairing, kind: Kind) -> NewFolders | None:
    trees = (pairing.folders.get(reference.to.name) for reference in kind.model.references.values())
    return next((tree for tree in trees if tree is not None), None)


def _remarks(comparison: Comparison, pairing: Pairing, checked: Mapping[Kind, Sequence[Checked]]) -> Iterator[str]:
    yield from discouraged(comparison.planned)
    yield from kept_repetitions(checked)
    for kind, rows in checked.items():
        yield from doubled(rows, kind, pairing.folders)
    for folders in pairing.folders.values():
        yield from similar(folders)
        for kind in pairing.matchers:
            yield from homeless(folders, kind, pairing.account.objects(kind.resource))
    for name, said in comparison.changes.warnings.items():
        yield f"{len(said)} rows want another {name} than AAM keeps; first: {said[0]}"
