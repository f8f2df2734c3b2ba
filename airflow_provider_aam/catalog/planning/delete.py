"""A plan that deletes what is named, and nothing else: mappings first when wanted, nothing that is still used."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from airflow_provider_aam.account.account import Account
from airflow_provider_aam.account.keys import key_of
from airflow_provider_aam.api.client import AAMClient
from airflow_provider_aam.api.collection import Record
from airflow_provider_aam.api.errors import AAMLookupFailed, AAMNotFound
from airflow_provider_aam.api.numbers import whole_number
from airflow_provider_aam.api.resources import DATA_SOURCES
from airflow_provider_aam.catalog.kinds import KINDS, MAPPINGS, Kind
from airflow_provider_aam.catalog.plan.plan import Plan
from airflow_provider_aam.catalog.planning.bare_list import refuse_bare_list
from airflow_provider_aam.catalog.planning.changes import Changes
from airflow_provider_aam.catalog.planning.guards import Guards, identify
from airflow_provider_aam.catalog.planning.order import in_order
from airflow_provider_aam.catalog.planning.targets import Targets
from airflow_provider_aam.catalog.planning.usage import refuse_used
from airflow_provider_aam.catalog.problems import Place, Problem, refuse
from airflow_provider_aam.catalog.reading.rows import SourceRow

MOST_ASKED = 50
"""Up to so many objects are read one by one; for more the whole list is."""
MOST_NAMED = 20


@dataclass(frozen=True, kw_only=True)
class Named:
    """Objects of one kind: by AAM's ids, with what else AAM wants to address each, or by their codes."""

    kind: Kind
    ids: Mapping[int, Mapping[str, int]]
    codes: tuple[str, ...] = ()
    data_source: str | None = None
    """Integration code or name of the codes' data source; ``None`` where codes are unambiguous."""


@dataclass(frozen=True, kw_only=True)
class Deletion:
    """``gone`` holds the ids and codes of which AAM has no object any more."""

    plan: Plan
    gone: tuple[str, ...]


def code_field(kind: Kind) -> str | None:
    """By which field a code names an object of this kind: its integration code, a folder's path, else its name."""
    return next((field for field in ("integrationCode", "path", "name") if field in kind.match_on), None)


def is_mapped(kind: Kind) -> bool:
    """Whether mappings need objects of this kind."""
    return any(use.by == MAPPINGS.key for use in kind.used_by)


def named_by_ids(kind: Kind, ids: Iterable[Any], *, source: str) -> Named:
    """Raises :class:`AAMSourceError` for what is not an id."""
    findings: list[Problem] = []
    found: dict[int, Mapping[str, int]] = {}
    for number, value in enumerate(ids, start=1):
        object_id = whole_number(value) or None
        if object_id is None:
            problem = f"{value!r} is not a {kind.id_field}: expected an integer above 0"
            findings.append(Problem(place=Place(source=source, row=number), text=problem))
        else:
            found[object_id] = {}
    refuse(source, findings)
    return Named(kind=kind, ids=found)


def named_by_rows(kind: Kind, rows: Iterable[SourceRow], *, source: str) -> Named:
    """The ids in a table like the Delete sheets of Adobe's bulk workbook; other columns do not matter.

    Raises :class:`AAMSourceError` for rows without an id.
    """
    findings: list[Problem] = []
    found: dict[int, Mapping[str, int]] = {}
    for row in rows:
        values = row.values
        numbers = {name: whole_number(values.get(name)) or None for name in (kind.id_field, *kind.within)}
        wrong = [name for name, number in numbers.items() if number is None and name in (kind.id_field, *values)]
        for name in wrong:
            problem = f"is {values[name]!r}: expected an integer above 0" if name in values else "is missing"
            findings.append(Problem(place=row.place_of(name), field=name, text=problem))
        object_id = numbers.pop(kind.id_field)
        if object_id is not None:
            found[object_id] = {name: number for name, number in numbers.items() if number is not None}
    refuse(source, findings)
    return Named(kind=kind, ids=found)


def plan_deletes(
    client: AAMClient, named: Named, *, unmap: bool, guards: Guards, source: str, now: datetime
) -> Deletion:
    """The deletes of what is ``named``; with ``unmap`` those of its mappings before. Writes nothing.

    What is not there is fine: it may have been deleted by an earlier run. Raises :class:`AAMSourceError` for
    codes that mean several objects, :class:`AAMPlanRefused` when something that stays still uses an object, or a
    guardrail stops it.
    """
    account = Account(client)
    kind = named.kind
    present, gone = _find(account, named, source)
    doomed: dict[str, list[Record]] = {kind.key: present}
    if unmap and present:
        ids = {int(record[kind.id_field]) for record in present}
        doomed[MAPPINGS.key] = [each for each in account.objects(MAPPINGS.resource) if int(each[kind.id_field]) in ids]
    changes = Changes(Targets(account))
    planned = [
        changes.delete(KINDS[key], record, way=KINDS[key].way_of(record, None))
        for key, records in doomed.items()
        for record in records
    ]
    plan = Plan(
        source=source,
        match_on=None,
        created_at=now.isoformat(),
        account=identify(client),
        changes=in_order(planned),
        warnings=_said_of(kind, gone),
    )
    guards.check(plan, existing=0)
    refuse_used(account, doomed, ())
    return Deletion(plan=plan, gone=gone)


def _find(account: Account, named: Named, source: str) -> tuple[list[Record], tuple[str, ...]]:
    kind = named.kind
    ids = dict(named.ids)
    lost: list[str] = []
    if named.codes:
        by_code, lost = _ids_of_codes(account, named, source)
        ids |= {object_id: {} for object_id in by_code}
    singly = not account.is_read(kind.resource) and not kind.is_tree and len(ids) <= MOST_ASKED
    present: list[Record] = []
    for object_id, within in ids.items():
        if singly and set(within) == set(kind.within):
            record = _read(account, kind, object_id, within)
        else:
            record = account.objects(kind.resource).get(object_id)
        if record is None:
            lost.append(str(object_id))
        else:
            present.append({**record, **within})
    return present, tuple(lost)


def _read(account: Account, kind: Kind, object_id: int, within: Mapping[str, int]) -> Record | None:
    try:
        return account.client.collection(kind.resource.name).get(object_id, **within)
    except AAMNotFound:
        return None


def _ids_of_codes(account: Account, named: Named, source: str) -> tuple[list[int], list[str]]:
    kind, field = named.kind, str(code_field(named.kind))
    objects = account.objects(kind.resource)
    refuse_bare_list(account, kind, [field])
    owner = _owner(account, named, source)
    fields = (field,) if owner is None else ("dataSourceId", field)
    found: list[int] = []
    lost: list[str] = []
    findings: list[Problem] = []
    for number, code in enumerate(named.codes, start=1):
        key = key_of({field: account.tree(kind.resource).normalise(code) if kind.is_tree else code}, (field,))
        ids = objects.find(fields, key if owner is None else (str(owner), *key)) if key is not None else []
        if len(ids) > 1:
            instead = "give data_source, or ids" if "dataSource" in kind.model.references else "give ids"
            problem = f"“{code}” means {len(ids)} {kind.plural} ({', '.join(map(str, ids))}): {instead}"
            findings.append(Problem(place=Place(source=source, row=number), text=problem))
        found += ids
        lost += [] if ids else [code]
    refuse(source, findings)
    return found, lost


def _owner(account: Account, named: Named, source: str) -> int | None:
    if named.data_source is None:
        return None
    try:
        target = Targets(account).find(DATA_SOURCES, named.data_source)
    except AAMLookupFailed as unknown:
        refuse(source, [Problem(place=Place(source=source), field="data_source", text=str(unknown))])
        raise
    return target if isinstance(target, int) else None


def _said_of(kind: Kind, gone: Sequence[str]) -> tuple[str, ...]:
    if not gone:
        return ()
    more = f" and {len(gone) - MOST_NAMED:,} more" if len(gone) > MOST_NAMED else ""
    names = ", ".join(gone[:MOST_NAMED]) + more
    return (f"AAM has no {kind.name} {names}: already deleted, or the technical account has no access",)
