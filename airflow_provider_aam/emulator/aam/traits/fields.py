"""What a trait consists of."""

from __future__ import annotations

from airflow_provider_aam.emulator.core.call import Parameter
from airflow_provider_aam.emulator.core.fields import Field

CREATABLE_TYPES = ("RULE_BASED_TRAIT", "ON_BOARDED_TRAIT", "ALGO_TRAIT")
# A pixel type a client gives to conversion traits, which it creates with an empty rule [client].
CONVERSION_TYPE = 38

FIELDS = (
    Field(name="name", kind="string", required=True, max_length=255, about="Shown name."),
    Field(name="description", kind="string", about="Free text."),
    Field(name="traitType", kind="string", required=True, one_of=CREATABLE_TYPES, about="How members qualify."),
    Field(name="status", kind="string", default="ACTIVE", one_of=("ACTIVE", "INACTIVE"), about="ACTIVE or INACTIVE."),
    Field(name="dataSourceId", kind="integer", required=True, about="The data source it belongs to."),
    Field(name="folderId", kind="integer", required=True, about="The trait folder it is in; 0 is the root."),
    Field(
        name="integrationCode",
        kind="string",
        max_length=255,  # inferred
        detail=True,
        about="The customer's own id; inbound files name onboarded traits by it.",
    ),
    Field(name="comments", kind="string", detail=True, about="Free text."),
    Field(name="traitRule", kind="string", detail=True, about="The expression, for rule-based traits."),
    Field(name="ttl", kind="integer", default=120, minimum=0, detail=True, about="Days of membership; 0 is for ever."),
    Field(name="type", kind="integer", default=0, detail=True, about="Customer trait type (pixel type)."),
    Field(name="categoryId", kind="integer", default=0, about="Taxonomy node."),
    Field(name="backfillStatus", kind="string", default="NONE", about="NONE."),
    Field(name="algoModelId", kind="integer", sparse=True, about="The model, for algorithmic traits."),
    Field(
        name="thresholdType", kind="string", one_of=("ACCURACY", "REACH"), sparse=True, about="For algorithmic traits."
    ),
    Field(name="accuracy", kind="number", sparse=True, about="For algorithmic traits."),
    Field(name="sid", kind="integer", writable=False, about="Id, unique among traits and segments."),
    Field(name="pid", kind="integer", writable=False, about="Partner id."),
    Field(name="traitRuleVersion", kind="integer", writable=False, detail=True, about="Counts changes of the rule."),
    Field(name="createTime", kind="integer", writable=False, about="Epoch milliseconds."),
    Field(name="updateTime", kind="integer", writable=False, about="Epoch milliseconds."),
    Field(name="crUID", kind="integer", writable=False, about="User who created it."),
    Field(name="upUID", kind="integer", writable=False, about="User who changed it last."),
)

QUERY = (
    Parameter(name="includeDetails", type="boolean", about="Adds the detail fields to a list."),
    Parameter(name="includeMetrics", type="boolean", about="Adds uniques… and count… of 1, 7, 14, 30, 60, 90 days."),
    Parameter(name="includePermissions", type="boolean", about="Adds `permissions`."),
    Parameter(name="folderId", type="integer", about="Traits directly in this folder (subfolders not, inferred)."),
    Parameter(name="dataSourceId", type="integer", about="Repeatable."),
    Parameter(name="integrationCode", about="Exact."),
    Parameter(name="restrictType", about="A trait type."),
    Parameter(name="usesModel", type="integer", about="Algorithmic traits of this model."),
)
