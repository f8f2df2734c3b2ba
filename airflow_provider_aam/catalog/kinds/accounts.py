"""What traits and segments need: data sources, folders, trait types."""

from __future__ import annotations

from airflow_provider_aam.api import resources
from airflow_provider_aam.catalog.drafts import DataSourceDraft, SegmentFolderDraft, TraitFolderDraft, TraitTypeDraft
from airflow_provider_aam.catalog.kinds.kind import Kind, Use, same_word

DATA_SOURCES = Kind(
    resource=resources.DATA_SOURCES,
    model=DataSourceDraft,
    same=dict.fromkeys(("status", "idType"), same_word),
    used_by=(
        Use(by="traits", fields=("dataSourceId",), filter="dataSourceId"),
        Use(by="segments", fields=("dataSourceId", "mergeRuleDataSourceId")),
        Use(by="models", fields=("dataSources",)),
    ),
)

TRAIT_FOLDERS = Kind(
    resource=resources.TRAIT_FOLDERS,
    model=TraitFolderDraft,
    used_by=(
        Use(by="traits", fields=("folderId",), filter="folderId"),
        Use(by="traitFolders", fields=("parentFolderId",)),
    ),
)

SEGMENT_FOLDERS = Kind(
    resource=resources.SEGMENT_FOLDERS,
    model=SegmentFolderDraft,
    used_by=(
        Use(by="segments", fields=("folderId",), filter="folderId"),
        Use(by="segmentFolders", fields=("parentFolderId",)),
    ),
)

TRAIT_TYPES = Kind(
    resource=resources.TRAIT_TYPES,
    model=TraitTypeDraft,
    predefined={"pid": "0"},
)
