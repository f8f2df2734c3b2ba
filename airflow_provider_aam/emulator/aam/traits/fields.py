"""What a trait consists of."""

from __future__ import annotations

from airflow_provider_aam.emulator.aam.traits.figures import trait_metrics
from airflow_provider_aam.emulator.core.call import Parameter
from airflow_provider_aam.emulator.core.fields import NAME, STATUS, Field
from airflow_provider_aam.emulator.core.resource import PERMISSIONS

CREATABLE_TYPES = ("RULE_BASED_TRAIT", "ON_BOARDED_TRAIT", "ALGO_TRAIT")
# A pixel type a client gives to conversion traits, which it creates with an empty rule [client].
CONVERSION_TYPE = 38
DETAILS = "includeDetails"
CODE_ABOUT = "The customer's own id; inbound files name onboarded traits by it."

FIELDS = (
    NAME,
    Field("description", "string", "Free text."),
    Field("traitType", "string", "How members qualify.", required=True, one_of=CREATABLE_TYPES),
    STATUS,
    Field("dataSourceId", "integer", "The data source it belongs to.", required=True, of=("data_sources",)),
    Field("folderId", "integer", "Its folder; 0 is the root.", required=True, of=("trait_folders",), besides=(0,)),
    Field("integrationCode", "string", CODE_ABOUT, max_length=255, detail=DETAILS),  # the length is inferred
    Field("comments", "string", "Free text.", detail=DETAILS),
    Field("traitRule", "string", "The expression, for rule-based traits.", detail=DETAILS),
    Field("ttl", "integer", "Days of membership; 0 is for ever.", default=120, minimum=0, detail=DETAILS),
    Field("type", "integer", "Pixel type (trait type).", default=0, detail=DETAILS, of=("trait_types",), besides=(0,)),
    Field("categoryId", "integer", "Taxonomy node.", default=0),
    Field("backfillStatus", "string", "NONE.", default="NONE"),
    Field("algoModelId", "integer", "The model, for algorithmic traits.", sparse=True, of=("models",)),
    Field("thresholdType", "string", "For algorithmic traits.", one_of=("ACCURACY", "REACH"), sparse=True),
    Field("accuracy", "number", "For algorithmic traits.", sparse=True),
    Field("sid", "integer", "Id, unique among traits and segments.", writable=False),
    Field("traitRuleVersion", "integer", "Counts changes of the rule.", writable=False, detail=DETAILS),
)

QUERY = (
    Parameter(DETAILS, "Adds the detail fields to a list.", "boolean"),
    Parameter(
        "includeMetrics", "Adds uniques… and count… of 1, 7, 14, 30, 60, 90 days.", "boolean", adds=trait_metrics
    ),
    PERMISSIONS,
    Parameter("folderId", "Traits directly in this folder (subfolders not, inferred).", "integer", equals="folderId"),
    Parameter("dataSourceId", "Repeatable.", "integer", equals="dataSourceId"),
    Parameter("integrationCode", "Exact.", equals="integrationCode"),
    Parameter("restrictType", "A trait type.", equals="traitType"),
    Parameter("usesModel", "Algorithmic traits of this model.", "integer", equals="algoModelId"),
)
