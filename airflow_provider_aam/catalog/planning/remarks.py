"""Warnings about a plan, and what only the account can tell to be wrong with a change."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from airflow_provider_aam.account.account import Account
from airflow_provider_aam.account.objects import Objects
from airflow_provider_aam.api.numbers import whole_number
from airflow_provider_aam.api.visible import one_line
from airflow_provider_aam.catalog.checking.check import Checked, lacking
from airflow_provider_aam.catalog.kinds import KINDS, TRAITS, Kind
from airflow_provider_aam.catalog.planning.changes import Planned
from airflow_provider_aam.catalog.planning.new_folders import NewFolders
from airflow_provider_aam.catalog.problems import Problem
from airflow_provider_aam.catalog.rules import segment_rule
from airflow_provider_aam.catalog.rules.segment_word import words_of


def discouraged(planned: Iterable[Planned]) -> Iterator[str]:
    """Characters that Adobe advises against, in what AAM does not hold yet."""
    found: dict[tuple[str, str], list[str]] = {}
    for each in planned:
        for field in each.change.fields:
            marks = each.kind.discouraged.get(field.field, "")
            if any(mark in str(field.after) for mark in marks):
                said = f"“{one_line(field.after)}”, {each.change.place}"
                found.setdefault((field.field, " ".join(marks)), []).append(said)
    for (name, marks), places in found.items():
        rows = "1 new or changed one has" if len(places) == 1 else f"{len(places)} new or changed ones have"
        yield f"Adobe advises against {marks} in a {name}; {rows} it (first: {places[0]})"


def similar(folders: NewFolders) -> Iterator[str]:
    for path in folders.paths():
        other = folders.tree.similar(path)
        if other:
            yield f"folder {path} will be created although {other} exists"


def homeless(folders: NewFolders, kind: Kind, objects: Objects) -> Iterator[str]:
    """Objects in folders that AAM's list leaves out, where folders are to be created: they may exist."""
    field = next((each.field for each in kind.references_to(folders.kind.resource).values()), None)
    if field is None or not [*folders]:
        return
    held = {whole_number(record.get(field)) for record in objects}
    lost = sorted(each for each in held if each is not None and each not in folders.tree)
    if lost:
        ids = ", ".join(map(str, lost[:3]))
        said = f"AAM's list of {folders.kind.plural} leaves out {len(lost)} that hold {kind.plural} ({ids})"
        yield f"{said}: what is to be created may exist already"


def doubled(rows: Sequence[Checked], kind: Kind, folders: Mapping[str, NewFolders]) -> Iterator[str]:
    """Paths that mean two folders. ``folders`` by name of their resource."""
    columns = {column: each.to.name for column, each in kind.model.references.items() if each.to.name in folders}
    paths = {(to, path) for column, to in columns.items() for item in rows if (path := item.row.get(column))}
    for to, path in sorted(paths):
        found = sorted(folders[to].tree.find(path))
        if len(found) > 1:
            ids = ", ".join(map(str, found))
            yield f"AAM has {len(found)} folders {path} ({ids}); new {kind.plural} go to the first, others stay"


def refused_by_account(
    planned: Planned, item: Checked, account: Account, changed: Mapping[tuple[str, int], Mapping[str, Any]]
) -> Iterator[Problem]:
    """What a new or changed rule names that is not there or does not go together; what a new object lacks.

    ``changed``: the fields that other objects, by key of their kind and id, get before.
    """
    kind = planned.kind
    problems = [(name, text) for name in sorted(kind.rules) for text in _rule(name, planned, item, account, changed)]
    if planned.change.action == "create":
        if names := lacking(kind, item.given):
            problems.append(("", f"{kind.name} {planned.change.label} is not in AAM; to create it, give {names}"))
        problems += [(next(iter(kind.prunable), ""), text) for text in kind.model.missing(item.given)]
        problems += [(column, text) for column, text in _within(planned, account, changed)]
    for name, text in problems:
        yield Problem(place=item.row.place_of(name), field=name or None, text=text)


def _rule(
    name: str,
    planned: Planned,
    item: Checked,
    account: Account,
    changed: Mapping[tuple[str, int], Mapping[str, Any]],
) -> Iterator[str]:
    rule = next((field for field in planned.change.fields if field.field == name), None)
    if rule is None:
        return
    before = str(rule.before or "")
    known = {word.sid for word in segment_rule.references(before)}
    types = {pending.text: str(pending.fields.get("traitType")) for _, pending in planned.awaited}
    traits = account.objects(TRAITS.resource)
    for word in segment_rule.references(rule.after):
        if word.sid is not None:
            record = traits.get(word.sid)
            if record is not None:
                types[word.reference] = str({**record, **changed.get((TRAITS.key, word.sid), {})}.get("traitType"))
            elif word.sid not in known:
                yield f"AAM has no trait {word.sid}, or the technical account has no access to it"
    words = words_of(str(item.given[name]), rule.after)
    held = segment_rule.find_repetitions(before)
    repeated = (f"{each}: name it once" for each in segment_rule.find_repetitions(rule.after) if each not in held)
    for problem in (*segment_rule.find_misuses(rule.after, types.get), *repeated):
        yield segment_rule.replace(problem, words)


def _within(
    planned: Planned, account: Account, changed: Mapping[tuple[str, int], Mapping[str, Any]]
) -> Iterator[tuple[str, str]]:
    """What the object around a new one asks of it, by the column that names that object."""
    around, after = planned.kind.resource.within, planned.change.after()
    if around is None:
        return
    (field,) = planned.kind.within
    new = next((pending for name, pending in planned.awaited if name == field), None)
    if new is not None:
        fields = new.fields
    else:
        object_id = int(after[field])
        key = next(kind.key for kind in KINDS.values() if kind.resource is around)
        fields = {**(account.objects(around).get(object_id) or {}), **changed.get((key, object_id), {})}
    for text in planned.kind.model.missing_within(after, fields):
        yield planned.kind.model.column_of(field), text
