"""What a segment consists of."""

from __future__ import annotations

from dataclasses import replace

from airflow_provider_aam.emulator.aam.segments import rules
from airflow_provider_aam.emulator.aam.traits.figures import segment_metrics
from airflow_provider_aam.emulator.core.call import Parameter
from airflow_provider_aam.emulator.core.fields import DESCRIPTION, NAME, STATUS, Field
from airflow_provider_aam.emulator.core.resource import PERMISSIONS
from airflow_provider_aam.emulator.core.state import DEFAULT_MERGE_RULE_ID

FIELDS = (
    NAME,
    DESCRIPTION,
    replace(STATUS, about="INACTIVE is paused."),
    Field("segmentRule", "string", "The expression over traits.", required=True),
    Field("folderId", "integer", "Its folder; 0 is the root.", required=True, of=("segment_folders",), besides=(0,)),
    Field("dataSourceId", "integer", "The data source it belongs to.", required=True, of=("data_sources",)),
    Field(
        "mergeRuleDataSourceId",
        "integer",
        "Profile merge rule; the partner's default if absent.",
        of=("data_sources",),
        besides=(DEFAULT_MERGE_RULE_ID,),
    ),
    Field("integrationCode", "string", "The customer's own id.", max_length=255),
    Field("startTime", "any", "In the AAM UI's writable list; its type is unknown.", sparse=True),
    Field("sid", "integer", "Id, unique among traits and segments.", writable=False),
    Field("traitType", "string", "SEGMENT.", writable=False),
)

QUERY = (
    Parameter("includeMetrics", "Adds instantUniques… and totalUniques….", "boolean", adds=segment_metrics),
    PERMISSIONS,
    Parameter(
        "includeTraitDataSourceIds",
        "Adds the data sources of the rule's traits.",
        "boolean",
        adds=rules.data_sources_of_traits,
    ),
    Parameter("includeInUseStatus", "Adds `inUse` and `mappedEntities`.", "boolean", adds=rules.use_of),
    Parameter(
        "includeExprTree", "One segment only: adds the parsed rule.", "boolean", adds=rules.tree_of, one_only=True
    ),
    Parameter("includeTraitMetrics", "Accepted, adds nothing (its shape is unpublished).", "boolean"),
    Parameter(
        "includeSegmentTestGroupIds",
        "One segment only: adds the test groups of it.",
        "boolean",
        adds=rules.test_groups_of,
        one_only=True,
    ),
    Parameter("containsTrait", "Segments whose rule names this trait.", "integer", keeps=rules.names_trait),
    Parameter("folderId", "Segments directly in this folder (subfolders not, inferred).", "integer", equals="folderId"),
    Parameter("dataSourceId", "Repeatable.", "integer", equals="dataSourceId"),
    Parameter(
        "mergeRuleDataSourceId", "Segments with this profile merge rule.", "integer", equals="mergeRuleDataSourceId"
    ),
    Parameter("integrationCode", "Exact.", equals="integrationCode"),
    Parameter("status", "ACTIVE or INACTIVE.", equals="status"),
    Parameter(
        "updatedSince",
        "Epoch; milliseconds and inclusive are inferred.",
        "integer",
        keeps=lambda row, since: row["updateTime"] >= since,
    ),
)
