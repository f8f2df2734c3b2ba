"""What a segment consists of."""

from __future__ import annotations

from airflow_provider_aam.emulator.core.call import Parameter
from airflow_provider_aam.emulator.core.fields import Field

FIELDS = (
    Field(name="name", kind="string", required=True, max_length=255, about="Shown name."),
    Field(name="description", kind="string", default="", about="Free text."),
    Field(name="status", kind="string", default="ACTIVE", one_of=("ACTIVE", "INACTIVE"), about="INACTIVE is paused."),
    Field(name="segmentRule", kind="string", required=True, about="The expression over traits."),
    Field(name="folderId", kind="integer", required=True, about="The segment folder it is in; 0 is the root."),
    Field(name="dataSourceId", kind="integer", required=True, about="The data source it belongs to."),
    Field(name="mergeRuleDataSourceId", kind="integer", about="Profile merge rule; the partner's default if absent."),
    Field(name="integrationCode", kind="string", max_length=255, about="The customer's own id."),
    Field(name="startTime", kind="any", sparse=True, about="In the portal's writable list; its type is unknown."),
    Field(name="sid", kind="integer", writable=False, about="Id, unique among traits and segments."),
    Field(name="pid", kind="integer", writable=False, about="Partner id."),
    Field(name="traitType", kind="string", writable=False, about="SEGMENT."),
    Field(name="createTime", kind="integer", writable=False, about="Epoch milliseconds."),
    Field(name="updateTime", kind="integer", writable=False, about="Epoch milliseconds."),
    Field(name="crUID", kind="integer", writable=False, about="User who created it."),
    Field(name="upUID", kind="integer", writable=False, about="User who changed it last."),
)

QUERY = (
    Parameter(name="includeMetrics", type="boolean", about="Adds instantUniques… and totalUniques…."),
    Parameter(name="includePermissions", type="boolean", about="Adds `permissions`."),
    Parameter(name="includeTraitDataSourceIds", type="boolean", about="Adds the data sources of the rule's traits."),
    Parameter(name="includeInUseStatus", type="boolean", about="Adds `inUse` and `mappedEntities`."),
    Parameter(name="includeExprTree", type="boolean", about="One segment only: adds the parsed rule."),
    Parameter(name="includeTraitMetrics", type="boolean", about="Accepted, adds nothing (its shape is unpublished)."),
    Parameter(name="includeSegmentTestGroupIds", type="boolean", about="One segment only: adds the test groups of it."),
    Parameter(name="containsTrait", type="integer", about="Segments whose rule names this trait."),
    Parameter(name="folderId", type="integer", about="Segments directly in this folder (subfolders not, inferred)."),
    Parameter(name="dataSourceId", type="integer", about="Repeatable."),
    Parameter(name="mergeRuleDataSourceId", type="integer", about="Segments with this profile merge rule."),
    Parameter(name="integrationCode", about="Exact."),
    Parameter(name="status", about="ACTIVE or INACTIVE."),
    Parameter(name="updatedSince", type="integer", about="Epoch; milliseconds and inclusive are inferred."),
)
