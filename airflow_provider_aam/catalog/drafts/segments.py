"""What a file may say of a segment."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from airflow_provider_aam.api import resources
from airflow_provider_aam.catalog.drafts import fields as f
from airflow_provider_aam.catalog.drafts.base import Draft, Reference
from airflow_provider_aam.catalog.drafts.fields import column


class SegmentDraft(Draft):
    """One segment. What its rule names is looked up when the plan is made."""

    references: ClassVar[Mapping[str, Reference]] = {
        "dataSource": Reference(field="dataSourceId", to=resources.DATA_SOURCES),
        "folder": Reference(field="folderId", to=resources.SEGMENT_FOLDERS),
        "mergeRule": Reference(field="mergeRuleDataSourceId", to=resources.DATA_SOURCES, listed=False),
    }
    required: ClassVar[tuple[str, ...]] = ("name", "dataSourceId", "folderId", "segmentRule")

    sid: f.PositiveId | None = column("AAM's id, for a row that means an existing segment")
    name: f.Name | None = column("Name")
    data_source: f.Key | None = column("Data source, by integration code or name")
    data_source_id: f.Id | None = column("Data source, by AAM's id")
    folder: f.FolderPath | None = column("Folder by path from the root, like /Web/Pricing; created if missing")
    folder_id: f.Id | None = column("Folder, by AAM's id; 0 is the root")
    integration_code: f.Code | None = column(
        "Your own key for the segment, unique within its data source; empty is none"
    )
    segment_rule: f.SegmentRule | None = column(
        "Rule over traits, like {pricing-visit} AND NOT {web:customer}, or with ids, like 4011872T"
    )
    merge_rule: f.Key | None = column(
        "Profile merge rule, by its data source's integration code or name", default="the company's default rule"
    )
    merge_rule_data_source_id: f.PositiveId | None = column("Profile merge rule, by AAM's id of its data source")
    description: str | None = column("Description")
    status: f.Status | None = column("INACTIVE pauses it: members stay, nothing is sent", default="ACTIVE")
