"""References of checked rows as AAM's ids, and the folders that must be made for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from airflow_provider_aam.catalog.check import Checked
from airflow_provider_aam.catalog.data_sources import DataSources
from airflow_provider_aam.catalog.drafts import LONGEST_NAME, Reference
from airflow_provider_aam.catalog.findings import Finding
from airflow_provider_aam.catalog.folders import DEEPEST, MOST, FolderTree, ancestors
from airflow_provider_aam.catalog.kinds import Kind


@dataclass(frozen=True, kw_only=True)
class Desired:
    """What one object shall be, in AAM's fields. ``new_folder`` stands for a folder id that does not exist yet."""

    item: Checked
    fields: dict[str, Any]
    new_folder: str | None = None


def resolve(
    checked: Sequence[Checked], kind: Kind, sources: DataSources, folders: FolderTree, *, create_folders: bool
) -> tuple[list[Desired], list[str], list[Finding]]:
    """Every row in AAM's terms, the paths of missing folders (parents first), and the references that mean nothing."""
    findings: list[Finding] = []
    desired: list[Desired] = []
    missing: dict[str, None] = {}
    references = kind.model.references
    for item in checked:
        fields = {n: value for n, value in item.given.items() if n not in references and n != kind.id_field}
        new_folder = None
        for column, reference in references.items():
            if reference.to == "folder":
                new_folder, problem = _folder(item.given, column, reference, folders, fields, create=create_folders)
            else:
                problem = _data_source(item.given, column, reference, sources, fields)
            if problem is not None:
                name = column if column in item.given else reference.field
                findings.append(Finding(place=item.row.place_of(name), field=name, problem=problem))
        if new_folder is not None:
            missing.update(dict.fromkeys(path for path in ancestors(new_folder) if not folders.find(path)))
        desired.append(Desired(item=item, fields=fields, new_folder=new_folder))
    if missing and len(folders) + len(missing) > MOST:
        problem = f"AAM would hold {len(folders) + len(missing)} folders, {MOST} at most"
        findings.append(Finding(place=checked[0].row.place, field="folder", problem=problem))
    return desired, list(missing), findings


def _data_source(
    given: Mapping[str, Any], column: str, reference: Reference, sources: DataSources, fields: dict[str, Any]
) -> str | None:
    """Fills in the id. Returns what is wrong."""
    if column in given:
        fields[reference.field], problem = sources.resolve(given[column])
        return problem
    source_id = given.get(reference.field)
    return None if source_id is None or source_id in sources else sources.unknown_id(source_id)


def _folder(
    given: Mapping[str, Any],
    column: str,
    reference: Reference,
    folders: FolderTree,
    fields: dict[str, Any],
    *,
    create: bool,
) -> tuple[str | None, str | None]:
    """Fills in the id of a folder that exists. Returns the path of one that is to be created, and what is wrong."""
    if column not in given:
        folder_id = given.get(reference.field)
        if folder_id is None or folder_id in folders:
            return None, None
        return None, f"AAM has no folder {folder_id}, or the technical account may not see it"
    path = given[column]
    found = folders.find(path)
    if found:
        fields[reference.field] = min(found)
        return None, None
    new_folder = folders.normalise(path)
    problem = _cannot_create(new_folder, folders, create=create)
    return (None, problem) if problem else (new_folder, None)


def _cannot_create(path: str, folders: FolderTree, *, create: bool) -> str | None:
    depth = len(ancestors(path))
    if depth > DEEPEST:
        return f"“{path}” is {depth} levels deep, {DEEPEST} at most"
    too_long = next((name for name in path.split("/") if len(name) > LONGEST_NAME), None)
    if too_long is not None:
        return f"the folder “{too_long[:60]}…” has {len(too_long)} characters, {LONGEST_NAME} at most"
    if not create:
        similar = folders.similar(path)
        hint = f" Did you mean “{similar}”?" if similar else ""
        return f"AAM has no folder “{path}” and create_folders is off.{hint}"
    return None
