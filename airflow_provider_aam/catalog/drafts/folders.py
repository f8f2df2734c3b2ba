"""What a file may say of a folder: its path, or its name and where it hangs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from airflow_provider_aam.api import resources
from airflow_provider_aam.catalog.drafts import fields as f
from airflow_provider_aam.catalog.drafts.base import Contradictions, Draft, Reference
from airflow_provider_aam.catalog.drafts.fields import column
from airflow_provider_aam.catalog.drafts.hints import excludes, needs

_BESIDE_NO_PATH = ("name", "parentFolder", "parentFolderId")


class FolderDraft(Draft):
    """``path`` is the folder's whole match key; ``name`` with a parent is how Adobe's bulk workbook says it."""

    schema_always: ClassVar[tuple[Mapping[str, Any], ...]] = (excludes("path", *_BESIDE_NO_PATH),)
    schema_if_created: ClassVar[tuple[Mapping[str, Any], ...]] = (
        {"anyOf": [{"required": ["path"]}, {"allOf": [needs("name"), needs("parentFolder", "parentFolderId")]}]},
    )

    path: f.NewSegmentFolder | None = column("Path from the root, like /Web/Pricing; missing parents are created")
    folder_id: f.PositiveId | None = column("AAM's id, for a row that means an existing folder")
    name: f.FolderName | None = column("Name; without a path")
    parent_folder: f.FolderPath | None = column("Parent folder by path, / is the root; without a path")
    parent_folder_id: f.Id | None = column("Parent folder, by AAM's id; 0 is the root; without a path")

    @classmethod
    def missing(cls, given: Mapping[str, Any]) -> list[str]:
        if "path" in given or ("name" in given and {"parentFolder", "parentFolderId"} & set(given)):
            return []
        return ["path is missing (or name, with parentFolder or parentFolderId)"]

    def _contradictions(self, given: Mapping[str, Any]) -> Contradictions:
        doubled = [name for name in _BESIDE_NO_PATH if name in given and "path" in given]
        return [(name, "cannot be combined with path: keep one") for name in doubled]


class TraitFolderDraft(FolderDraft):
    """One folder of traits."""

    references: ClassVar[Mapping[str, Reference]] = {
        "parentFolder": Reference(field="parentFolderId", to=resources.TRAIT_FOLDERS)
    }

    path: f.NewTraitFolder | None = column(
        f"Path from the root, like /Web/Pricing, at most {f.DEEPEST_TRAIT_FOLDER} deep; missing parents are created"
    )
    parent_folder: f.TraitFolderParent | None = column("Parent folder by path, / is the root; without a path")


class SegmentFolderDraft(FolderDraft):
    """One folder of segments."""

    references: ClassVar[Mapping[str, Reference]] = {
        "parentFolder": Reference(field="parentFolderId", to=resources.SEGMENT_FOLDERS)
    }
