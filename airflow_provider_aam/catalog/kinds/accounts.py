"""What traits and segments stand on: data sources, folders, trait types."""

from __future__ import annotations

from airflow_provider_aam.catalog.drafts import DataSourceDraft, SegmentFolderDraft, TraitFolderDraft, TraitTypeDraft
from airflow_provider_aam.catalog.kinds.kind import Kind, Use, same_word

DATA_SOURCES = Kind(
    name="data source",
    collection="data_sources",
    key="dataSources",
    id_field="dataSourceId",
    model=DataSourceDraft,
    match_on={
        "dataSourceId": ("dataSourceId",),
        "integrationCode": ("integrationCode",),
        "name": ("name",),
    },
    same=dict.fromkeys(("status", "idType"), same_word),
    used_by=(
        Use(by="traits", fields=("dataSourceId",), filter="dataSourceId"),
        Use(by="segments", fields=("dataSourceId", "mergeRuleDataSourceId")),
        Use(by="models", fields=("dataSources",)),
    ),
)

TRAIT_FOLDERS = Kind(
    name="trait folder",
    collection="trait_folders",
    key="traitFolders",
    id_field="folderId",
    model=TraitFolderDraft,
    match_on={"folderId": ("folderId",), "path": ("path",)},
    is_tree=True,
    used_by=(
        Use(by="traits", fields=("folderId",), filter="folderId"),
        Use(by="traitFolders", fields=("parentFolderId",)),
    ),
    limits={None: 2_000},
)

SEGMENT_FOLDERS = Kind(
    name="segment folder",
    collection="segment_folders",
    key="segmentFolders",
    id_field="folderId",
    model=SegmentFolderDraft,
    match_on={"folderId": ("folderId",), "path": ("path",)},
    is_tree=True,
    used_by=(
        Use(by="segments", fields=("folderId",), filter="folderId"),
        Use(by="segmentFolders", fields=("parentFolderId",)),
    ),
)

TRAIT_TYPES = Kind(
    name="trait type",
    collection="trait_types",
    key="traitTypes",
    id_field="pixelType",
    model=TraitTypeDraft,
    match_on={"pixelType": ("pixelType",), "name": ("name",)},
    actions=frozenset({"create"}),
)
