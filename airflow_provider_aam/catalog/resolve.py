"""References of checked rows as AAM's ids, and the folders that must be made for them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from airflow_provider_aam.catalog.check import Checked
from airflow_provider_aam.catalog.data_sources import DataSources
from airflow_provider_aam.catalog.findings import Finding
from airflow_provider_aam.catalog.folders import DEEPEST, MOST, FolderTree, ancestors


@dataclass(frozen=True, kw_only=True)
class Desired:
    """What one object shall be, in AAM's fields. ``new_folder`` stands for a folder id that does not exist yet."""

    item: Checked
    fields: dict[str, Any]
    new_folder: str | None = None


def resolve(
    checked: Sequence[Checked], sources: DataSources, folders: FolderTree, *, create_folders: bool
) -> tuple[list[Desired], list[str], list[Finding]]:
    """Every row in AAM's terms, the paths of missing folders (parents first), and the references that mean nothing."""
    findings: list[Finding] = []
    desired: list[Desired] = []
    missing: dict[str, Finding | None] = {}
    for item in checked:
        fields = {name: value for name, value in item.given.items() if name not in item.draft.references}
        fields.pop("sid", None)
        findings += _resolve_data_source(item, fields, sources)
        new_folder, problems = _resolve_folder(item, fields, folders, create=create_folders)
        findings += problems
        if new_folder is not None:
            missing.update(dict.fromkeys(path for path in ancestors(new_folder) if not folders.find(path)))
        desired.append(Desired(item=item, fields=fields, new_folder=new_folder))
    if missing and len(folders) + len(missing) > MOST:
        place = checked[0].row.place
        problem = f"AAM would hold {len(folders) + len(missing)} folders, {MOST} at most"
        findings.append(Finding(place=place, field="folder", problem=problem))
    return desired, list(missing), findings


def _resolve_data_source(item: Checked, fields: dict[str, Any], sources: DataSources) -> Iterator[Finding]:
    word, source_id = item.given.get("dataSource"), item.given.get("dataSourceId")
    if word is not None:
        fields["dataSourceId"], problem = sources.resolve(word)
        if problem:
            yield Finding(place=item.row.place_of("dataSource"), field="dataSource", problem=problem)
    elif source_id is not None and source_id not in sources:
        problem = sources.unknown_id(source_id)
        yield Finding(place=item.row.place_of("dataSourceId"), field="dataSourceId", problem=problem)


def _resolve_folder(
    item: Checked, fields: dict[str, Any], folders: FolderTree, *, create: bool
) -> tuple[str | None, list[Finding]]:
    path, folder_id = item.given.get("folder"), item.given.get("folderId")
    problem = None
    new_folder = None
    if path is not None:
        found = folders.find(path)
        if len(found) == 1:
            fields["folderId"] = found[0]
        elif found:
            problem = f"“{path}” means {len(found)} folders ({', '.join(map(str, found))}): give folderId instead"
        else:
            new_folder = folders.normalise(path)
            problem = _cannot_create(new_folder, folders, create=create)
    elif folder_id is not None and folder_id not in folders:
        problem = f"AAM has no folder {folder_id}, or the technical account may not see it"
    if problem is None:
        return new_folder, []
    field = "folder" if path is not None else "folderId"
    return None, [Finding(place=item.row.place_of(field), field=field, problem=problem)]


def _cannot_create(path: str, folders: FolderTree, *, create: bool) -> str | None:
    depth = len(ancestors(path))
    if depth > DEEPEST:
        return f"“{path}” is {depth} levels deep, {DEEPEST} at most"
    if not create:
        similar = folders.similar(path)
        hint = f" Did you mean “{similar}”?" if similar else ""
        return f"AAM has no folder “{path}” and create_folders is off.{hint}"
    if any(len(folders.find(parent)) > 1 for parent in ancestors(path)):
        return f"a folder on the way to “{path}” exists more than once: give folderId instead"
    return None
