"""What is in AAM, inside an explicit scope, and no longer in the source."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from airflow_provider_aam.api.client import AAMClient
from airflow_provider_aam.api.collection import Record, Records
from airflow_provider_aam.api.errors import AAMPlanRefused
from airflow_provider_aam.api.guide import Step
from airflow_provider_aam.catalog.data_sources import DataSources
from airflow_provider_aam.catalog.folders import ROOT_ID, FolderTree, id_in
from airflow_provider_aam.catalog.keys import key_of
from airflow_provider_aam.catalog.kinds import Kind

SCOPE_KEYS = ("dataSource", "folder")


@dataclass(frozen=True, kw_only=True)
class Scope:
    """Objects of one data source, or of one folder and everything under it, or of both. ``None`` is no bound."""

    data_source_id: int | None
    folder_ids: frozenset[int] | None

    def __contains__(self, record: Mapping[str, Any]) -> bool:
        if self.data_source_id is not None and _id_or_none(record, "dataSourceId") != self.data_source_id:
            return False
        return self.folder_ids is None or _id_or_none(record, "folderId") in self.folder_ids


def check_scope(scope: Mapping[str, Any] | None) -> Mapping[str, str]:
    """Raises :class:`AAMPlanRefused` unless the scope names something; before anything is read."""
    unknown = sorted(set(scope or {}) - set(SCOPE_KEYS))
    if not scope or unknown or not all(isinstance(value, str) and value for value in scope.values()):
        said = f"unknown keys {', '.join(unknown)}" if unknown else "it is empty"
        raise AAMPlanRefused(
            "prune=True deletes what the source no longer holds, so prune_scope must say where: "
            f'{{"dataSource": "…"}}, {{"folder": "/…"}}, or both ({said}).'
        )
    return scope


def build_scope(
    scope: Mapping[str, str], sources: DataSources, folders: FolderTree, new_folders: Sequence[str]
) -> Scope:
    """Raises :class:`AAMPlanRefused` when the scope names something that AAM does not have.

    A folder that the plan itself creates holds nothing yet, so there is nothing to prune in it.
    """
    source_id, folder_ids = None, None
    if "dataSource" in scope:
        source_id, problem = sources.resolve(scope["dataSource"])
        if problem:
            raise AAMPlanRefused(f"prune_scope: {problem}")
    if "folder" in scope:
        folder_ids = frozenset(folders.below(scope["folder"]))
        if not folder_ids and folders.normalise(scope["folder"]) not in new_folders:
            raise AAMPlanRefused(f"prune_scope: AAM has no folder “{scope['folder']}”{_blind(folders)}")
    return Scope(data_source_id=source_id, folder_ids=folder_ids)


def _blind(folders: FolderTree) -> str:
    """Why every folder may be missing: role-based access control answers with empty lists, not with an error."""
    if folders.below("/") - {ROOT_ID}:
        return ""
    return f": the technical account sees no folder below the root. {Step.TECHNICAL_USER.pointer}"


def surplus(objects: Records, kept: set[int], scope: Scope, kind: Kind, match_on: str) -> tuple[Records, list[str]]:
    """Objects to delete, and warnings about those that are left alone although the source lacks them."""
    candidates = [record for record in objects if record in scope and id_in(record, kind.id_field) not in kept]
    candidates = [r for r in candidates if all(r.get(f) in allowed for f, allowed in kind.prunable.items())]
    key_fields = kind.match_on[match_on]
    keyless = [record for record in candidates if key_of(record, key_fields) is None]
    warnings = []
    if keyless:
        warnings.append(
            f"{len(keyless)} {kind.name}s in the prune scope have no {match_on} and are left alone "
            f"(first: {kind.id_field} {keyless[0][kind.id_field]} “{keyless[0].get('name')}”)"
        )
    return [record for record in candidates if key_of(record, key_fields) is not None], warnings


def refuse_used(client: AAMClient, kind: Kind, doomed: Records) -> None:
    """Raises :class:`AAMPlanRefused` when other objects still need what shall be deleted. One request each."""
    problems = [problem for record in doomed for problem in _uses(client, kind, record)]
    if problems:
        lines = "\n".join(f"  {problem}" for problem in problems)
        raise AAMPlanRefused(f"The plan was refused, nothing was changed: it deletes what is still used.\n{lines}")


def _uses(client: AAMClient, kind: Kind, record: Record) -> list[str]:
    problems = []
    for collection, parameter in kind.used_by.items():
        found = client.collection(collection).fetch_all(**{parameter: record[kind.id_field]})
        users = [user for user in found if _names(user, id_in(record, kind.id_field))]
        if users:
            names = ", ".join(f"{user.get('sid')} “{user.get('name')}”" for user in users[:3])
            more = f" and {len(users) - 3} more" if len(users) > 3 else ""
            problems.append(f"{kind.name} {record[kind.id_field]} “{record.get('name')}”: {collection} {names}{more}")
    return problems


def _names(user: Record, sid: int) -> bool:
    """Whether a segment's rule holds the trait: a server that ignores the filter answers with all segments.

    Without a rule it is not known, and what may be used is not deleted.
    """
    rule = user.get("segmentRule")
    return not rule or re.search(rf"(?<!\d){sid}T\b", str(rule), re.IGNORECASE) is not None


def _id_or_none(record: Mapping[str, Any], field: str) -> int | None:
    return None if record.get(field) is None else id_in(record, field)
