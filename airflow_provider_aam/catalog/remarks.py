"""What is worth a word about a plan, and what only the account can tell to be wrong with a change."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from airflow_provider_aam.catalog.account import Account
from airflow_provider_aam.catalog.changes import Planned
from airflow_provider_aam.catalog.check import Checked
from airflow_provider_aam.catalog.drafts import MappingDraft
from airflow_provider_aam.catalog.findings import Finding
from airflow_provider_aam.catalog.kinds import DESTINATIONS, MAPPINGS, SEGMENTS, TRAITS, Kind
from airflow_provider_aam.catalog.new_folders import NewFolders
from airflow_provider_aam.catalog.rules import segment_rule


def discouraged(rows: Sequence[Checked], kind: Kind) -> Iterator[str]:
    """Characters that Adobe advises against."""
    for name, marks in kind.discouraged.items():
        found = [item for item in rows if any(mark in (item.row.values.get(name) or "") for mark in marks)]
        if found:
            first = f"“{found[0].given[name]}”, {found[0].row.place}"
            yield f"Adobe advises against {' '.join(marks)} in a {name}; {len(found)} rows have one (first: {first})"


def similar(folders: NewFolders) -> Iterator[str]:
    for path in folders.paths():
        other = folders.tree.similar(path)
        if other:
            yield f"folder {path} will be created although {other} exists"


def doubled(rows: Sequence[Checked], kind: Kind, folders: Mapping[str, NewFolders]) -> Iterator[str]:
    """Paths that mean two folders."""
    columns = {column: r.to for column, r in kind.model.references.items() if r.to in folders}
    paths = {(to, path) for column, to in columns.items() for item in rows if (path := item.row.values.get(column))}
    for to, path in sorted(paths):
        found = sorted(folders[to].tree.find(path))
        if len(found) > 1:
            ids = ", ".join(map(str, found))
            yield f"AAM has {len(found)} folders {path} ({ids}); new {kind.plural} go to the first, others stay"


def refused_by_account(planned: Planned, item: Checked, account: Account) -> Iterator[Finding]:
    """What a new or changed rule names that is not there or does not go together; what a destination needs."""
    if planned.kind is SEGMENTS:
        problems = [("segmentRule", problem) for problem in _rule(planned, account)]
    elif planned.kind is MAPPINGS and planned.change.action == "create":
        problems = [("destination", problem) for problem in _mapping(planned, account)]
    else:
        problems = []
    for name, problem in problems:
        yield Finding(place=item.row.place_of(name), field=name, problem=problem)


def _rule(planned: Planned, account: Account) -> Iterator[str]:
    changed = next((field for field in planned.change.fields if field.field == "segmentRule"), None)
    if changed is None:
        return
    known = {word.sid for word in segment_rule.references(str(changed.before or ""))}
    types = {pending.text: str(pending.fields.get("traitType")) for _, pending in planned.awaited}
    traits = account.objects(TRAITS)
    for word in segment_rule.references(changed.after):
        if word.sid is not None:
            record = traits.get(word.sid)
            if record is not None:
                types[word.reference] = str(record.get("traitType"))
            elif word.sid not in known:
                yield f"AAM has no trait {word.sid}, or the technical account may not see it"
    yield from segment_rule.find_misuses(changed.after, types.get)


def _mapping(planned: Planned, account: Account) -> list[str]:
    after = planned.change.after()
    new = next((pending for name, pending in planned.awaited if name == "destinationId"), None)
    destination = new.fields if new is not None else account.objects(DESTINATIONS).get(int(after["destinationId"]))
    return MappingDraft.missing_for(after, destination or {})
