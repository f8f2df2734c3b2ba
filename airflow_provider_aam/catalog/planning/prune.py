"""What is in AAM, inside an explicit scope, and no longer in the source."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from airflow_provider_aam.account.folders import id_in
from airflow_provider_aam.account.keys import key_of
from airflow_provider_aam.account.names import no_folder_seen
from airflow_provider_aam.account.objects import Objects
from airflow_provider_aam.api.collection import Record
from airflow_provider_aam.api.errors import AAMArgumentError, AAMLookupFailed, AAMPlanRefused
from airflow_provider_aam.api.resources import DATA_SOURCES
from airflow_provider_aam.catalog.exporting.describe import Describer
from airflow_provider_aam.catalog.kinds import KINDS, Kind
from airflow_provider_aam.catalog.planning.new_folders import NewFolders
from airflow_provider_aam.catalog.planning.targets import Targets

SCOPE_KEYS = ("dataSource", "folder", "kinds")
NEW = -1
"""The id of a data source that AAM does not have yet: nothing belongs to it."""


@dataclass(frozen=True, kw_only=True)
class Scope:
    """Objects of one data source, or of one folder and everything under it, or of both. ``None`` sets no bound."""

    data_source_id: int | None = None
    folder_ids: frozenset[int] | None = None

    def __contains__(self, record: Mapping[str, Any]) -> bool:
        if self.data_source_id is not None and _id_or_none(record, "dataSourceId") != self.data_source_id:
            return False
        return self.folder_ids is None or _id_or_none(record, "folderId") in self.folder_ids


def check_scope(scope: Mapping[str, Any] | None) -> Mapping[str, Any]:
    """Raises :class:`AAMArgumentError` unless the scope names something; before anything is read."""
    problems = []
    unknown = sorted(set(scope or {}) - set(SCOPE_KEYS))
    if unknown:
        problems.append(f"unknown keys {', '.join(unknown)}")
    if not scope:
        problems.append("it is empty")
    problems += [
        f"{name} is {value!r}"
        for name, value in (scope or {}).items()
        if name in ("dataSource", "folder") and not (isinstance(value, str) and value)
    ]
    kinds = (scope or {}).get("kinds", [])
    if isinstance(kinds, str) or not isinstance(kinds, Sequence) or ("kinds" in (scope or {}) and not kinds):
        problems.append(f"kinds is {kinds!r}: expected a list")
    else:
        problems += _problems_of_kinds(kinds, scope or {})
    if problems:
        raise AAMArgumentError(
            f"The prune scope cannot be used: {'; '.join(problems)}. It says where to delete what the source no longer "
            "holds: in one dataSource, in one folder (a path) with all below it, of certain kinds, or where these meet."
        )
    return scope or {}


def _problems_of_kinds(kinds: Sequence[Any], scope: Mapping[str, Any]) -> list[str]:
    problems = []
    for key in kinds:
        if key not in KINDS:
            problems.append(f"kinds has {key!r}; known are {', '.join(KINDS)}")
        elif "delete" not in KINDS[key].acts:
            problems.append(f"AAM's API cannot delete {key}")
        else:
            foreign = [
                bound for bound in ("dataSource", "folder") if bound in scope and not _bounded(KINDS[key], bound)
            ]
            problems += [f"{key} have no {bound}: prune them by kinds alone" for bound in foreign]
    return problems


def kinds_in(scope: Mapping[str, Any], described: Sequence[Kind]) -> list[Kind]:
    """What is pruned: the kinds that the scope names, or else all described ones that its bounds apply to."""
    if "kinds" in scope:
        return [KINDS[key] for key in scope["kinds"]]
    return [kind for kind in described if all(_bounded(kind, bound) for bound in scope)]


def build_scopes(
    scope: Mapping[str, Any], targets: Targets, trees: Mapping[Kind, NewFolders | None]
) -> dict[Kind, Scope]:
    """The scope of each kind, ``trees`` being the folders of its objects.

    A folder or a data source that the plan itself creates holds nothing yet, so there is nothing to prune in it; nor is
    there for traits in a folder of segments. Raises :class:`AAMPlanRefused` when the scope names something that AAM
    does not have.
    """
    source_id = None
    if "dataSource" in scope:
        try:
            source = targets.find(DATA_SOURCES, scope["dataSource"])
        except AAMLookupFailed as problem:
            raise AAMPlanRefused(f"prune_scope: {problem}") from problem
        source_id = source if isinstance(source, int) else NEW
    path = scope.get("folder")
    known = [tree for tree in trees.values() if tree is not None]
    if path is not None and known and not any(_has(tree, path) for tree in known):
        raise AAMPlanRefused(
            f"prune_scope: AAM has no folder “{path}”{'' if known[0].tree.paths() else f': {no_folder_seen()}'}"
        )
    return {
        kind: Scope(
            data_source_id=source_id,
            folder_ids=None if path is None or tree is None else frozenset(tree.tree.below(path)),
        )
        for kind, tree in trees.items()
    }


def _has(folders: NewFolders, path: str) -> bool:
    return bool(folders.tree.below(path)) or folders.tree.normalise(path) in folders.paths()


def surplus(
    objects: Objects, kept: Collection[int], scope: Scope, kind: Kind, match_on: str | None
) -> tuple[list[Record], list[str]]:
    """Objects to delete, and warnings about those that are left alone although the source lacks them."""
    doomed: list[Record] = []
    keyless: list[Record] = []
    for record in objects:
        if id_in(record, kind.id_field) in kept or record not in scope:
            continue
        if any(str(record.get(name)).upper() not in allowed for name, allowed in kind.prunable.items()):
            continue
        ways = [match_on] if match_on else [way for way in kind.match_on if way != kind.id_field]
        has_key = any(key_of(record, kind.match_on[way]) is not None for way in ways)
        (doomed if has_key else keyless).append(record)
    warnings = []
    if keyless:
        warnings.append(
            f"{len(keyless)} {kind.plural} in the prune scope have no {match_on or 'match key'} and are left alone "
            f"(first: {kind.id_field} {keyless[0][kind.id_field]} “{keyless[0].get('name')}”)"
        )
    return doomed, warnings


def spare_indescribable(doomed: Sequence[Record], kind: Kind, describer: Describer) -> tuple[list[Record], list[str]]:
    """Without the objects that an export leaves out: that a catalog lacks what it cannot say is no one's decision."""
    spared: list[Record] = []
    rest: list[Record] = []
    for record in doomed:
        unsaid = describer.obstacle(kind, record) or describer.problems(kind, describer.describe(kind, record))
        (spared if unsaid else rest).append(record)
    if not spared:
        return rest, []
    first = f"{kind.id_field} {spared[0][kind.id_field]} “{spared[0].get('name')}”"
    text = f"{len(spared)} {kind.plural} in the prune scope cannot be said in a catalog and are left alone"
    return rest, [f"{text} (first: {first})"]


def _bounded(kind: Kind, bound: str) -> bool:
    columns = kind.model.references
    return bound in columns and not kind.is_tree


def _id_or_none(record: Mapping[str, Any], field: str) -> int | None:
    return None if record.get(field) is None else id_in(record, field)
