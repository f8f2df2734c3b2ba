"""Deletes what someone names, and nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from airflow_provider_aam.api.client import AAMClient
from airflow_provider_aam.api.moments import utc_now
from airflow_provider_aam.catalog.applying.push import carry_out
from airflow_provider_aam.catalog.applying.receipt import PushReceipt
from airflow_provider_aam.catalog.checking.sources import OpenUri, Source, load
from airflow_provider_aam.catalog.kinds import KINDS
from airflow_provider_aam.catalog.planning.delete import (
    Deletion,
    Named,
    code_field,
    is_mapped,
    named_by_ids,
    named_by_rows,
    plan_deletes,
)
from airflow_provider_aam.catalog.planning.guards import Guards


def delete(
    client: AAMClient,
    named: Named,
    *,
    source: str,
    unmap: bool,
    max_deletes: int,
    outcome_path: Any = None,
    dry_run: bool = False,
    max_failed: int = 0,
    max_concurrency: int | None = None,
) -> tuple[Deletion, PushReceipt]:
    """Plan the deletes, and carry them out at once; raises what the two raise."""
    now = utc_now()
    guards = Guards(max_deletes=max_deletes)
    deletion = plan_deletes(client, named, unmap=unmap, guards=guards, source=source, now=now)
    receipt = carry_out(
        client,
        deletion.plan,
        started_at=now,
        outcome_path=outcome_path,
        dry_run=dry_run,
        max_failed=max_failed,
        max_concurrency=max_concurrency,
        verb="Deleted the objects named by",
    )
    return deletion, receipt


def name_objects(
    kind: str,
    *,
    ids: Sequence[int | str] | None,
    codes: Sequence[str] | None,
    data_source: str | None,
    source: Source | None,
    open_uri: OpenUri,
) -> tuple[Named, str]:
    """The objects meant, and what to call their list; one of ``ids``, ``codes`` and ``source`` is given."""
    its = KINDS[kind]
    if source is not None:
        catalog, name = load(source, kind=kind, open_uri=open_uri, objects=False)
        return named_by_rows(its, catalog.get(its, ()), source=name), name
    if ids is not None:
        return named_by_ids(its, ids, source="ids"), "the ids given"
    each = tuple(dict.fromkeys(str(code) for code in codes or ()))
    return Named(kind=its, ids={}, codes=each, data_source=data_source), "the codes given"


def deletion_problems(kind: str, *, codes: object, data_source: str | None, unmap: bool) -> list[str]:
    """What of these arguments cannot be for objects of this kind."""
    known = {key: each for key, each in KINDS.items() if "delete" in each.acts}
    if kind not in known:
        return [f"kind is {kind!r}; AAM's API can delete {', '.join(known)}"]
    its = known[kind]
    problems = []
    if codes is not None and code_field(its) is None:
        problems.append(f"codes: {its.plural} have no codes; give ids or source")
    if data_source is not None and (codes is None or "dataSource" not in its.model.references):
        problems.append("data_source goes with codes of traits or segments")
    if unmap and not is_mapped(its):
        problems.append(f"unmap is for {', '.join(key for key in known if is_mapped(known[key]))}")
    return problems
