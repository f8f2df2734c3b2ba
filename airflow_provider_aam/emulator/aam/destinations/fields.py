"""What a destination consists of [doc: destination API methods]."""

from __future__ import annotations

from airflow_provider_aam.emulator.core.call import Parameter
from airflow_provider_aam.emulator.core.fields import Field

TYPES = ("PUSH", "ADS", "S2S", "PULL")
CREATABLE_TYPES = ("PUSH", "ADS")
SUMMARY = frozenset(
    {"destinationId", "pid", "name", "description", "status", "destinationType", "domainRestrictions"}
    | {"createTime", "updateTime", "crUID", "upUID"}
)
URL_FIELDS = (
    Field(name="tagType", kind="integer", default=0, about="Only URL destinations; 0 in all samples."),
    Field(name="urlFormatString", kind="string", about="Only URL destinations: holds %ALIAS%."),
    Field(name="secureUrlFormatString", kind="string", about="Only URL destinations: the same for https pages."),
    Field(name="delimiter", kind="string", about="Only serialized URL destinations: between aliases."),
)
COOKIE_FIELDS = (
    Field(name="adServerTypeID", kind="integer", about="Only cookie destinations, needed: 1."),
    Field(name="cnameDomain", kind="string", about="Only cookie destinations, needed: domain of the cookie."),
    Field(name="cookieName", kind="string", about="Only cookie destinations, needed."),
    Field(name="singleKey", kind="string", about="Only cookie destinations, needed with SINGLE_KEY."),
    Field(name="keySeparator", kind="string", about="Only cookie destinations, needed."),
    Field(name="valueSeparator", kind="string", about="Only cookie destinations, needed."),
    Field(
        name="formatType",
        kind="string",
        one_of=("SINGLE_KEY", "KEY_VALUE"),
        any_case=True,
        about="Only cookie destinations, needed.",
    ),
    Field(name="transferMethod", kind="string", about="Only cookie destinations; values unpublished."),
    Field(name="maxSize", kind="integer", minimum=0, about="Only cookie destinations, needed: bytes."),
    Field(name="ttl", kind="integer", minimum=0, about="Only cookie destinations, needed: days."),
    Field(name="serializationSeparator", kind="string", about="Only serialized cookie destinations, needed."),
    Field(name="siteIDs", kind="integers", about="Only cookie destinations, needed: partner sites, may be empty."),
    Field(name="uparamEnabled", kind="boolean", default=False, about="Only cookie destinations."),
)
FIELDS = (
    Field(
        name="destinationType",
        kind="string",
        required=True,
        one_of=TYPES,
        any_case=True,
        only_on_create=True,
        about="PUSH (URL) and ADS (cookie) can be created; S2S and PULL can only be there.",
    ),
    Field(name="destinationId", kind="integer", writable=False, about="Id."),
    Field(name="dataSourceId", kind="integer", about="The data source it belongs to."),
    Field(name="pid", kind="integer", writable=False, about="Partner id."),
    Field(name="name", kind="string", required=True, max_length=255, about="Shown name; the length is inferred."),
    Field(name="description", kind="string", default="", about="Free text."),
    Field(name="startDate", kind="string", about="yyyy-mm-dd."),
    Field(name="endDate", kind="string", about="yyyy-mm-dd."),
    Field(
        name="status",
        kind="string",
        default="ACTIVE",
        one_of=("ACTIVE", "INACTIVE"),
        any_case=True,
        about="In any case; ACTIVE or INACTIVE in answers.",
    ),
    Field(
        name="domainRestrictions",
        kind="string",
        default="ALL_DOMAINS",
        one_of=("ALL_DOMAINS", "INCLUSION", "EXCLUSION"),
        any_case=True,
        about="In any case; needed for cookie destinations. EXCLUSION is inferred.",
    ),
    Field(
        name="mappingAutoFiller",
        kind="string",
        one_of=("NONE", "SID", "IC"),
        any_case=True,
        sparse=True,
        about="What the portal proposes as alias; the API fills in nothing (inferred).",
    ),
    Field(name="serializationEnabled", kind="boolean", default=False, about="Several segments in one URL or cookie."),
    *URL_FIELDS,
    *COOKIE_FIELDS,
    Field(name="mappings", kind="any", writable=False, about="null, or with `includeMappings` what is mapped to it."),
    Field(name="createTime", kind="integer", writable=False, about="Epoch milliseconds."),
    Field(name="updateTime", kind="integer", writable=False, about="Epoch milliseconds."),
    Field(name="crUID", kind="integer", writable=False, about="User who created it."),
    Field(name="upUID", kind="integer", writable=False, about="User who changed it last."),
)
_OF_SEVERAL_TYPES = frozenset({"serializationEnabled"})
_NAMES = {
    "PUSH": frozenset(each.name for each in URL_FIELDS) | _OF_SEVERAL_TYPES,
    "ADS": frozenset(each.name for each in COOKIE_FIELDS) | _OF_SEVERAL_TYPES,
}
FOREIGN = {each: frozenset().union(*_NAMES.values()) - _NAMES.get(each, frozenset()) for each in TYPES}
"""For each type the fields that only other types have."""

_NO_METRICS = "Accepted, adds nothing (its shape is unpublished)."
_FORGOTTEN = "Accepted; the emulator forgets what is deleted."
INCLUDES = (
    Parameter(name="includeMetrics", type="boolean", about=_NO_METRICS),
    Parameter(name="includeAddressableAudienceMetrics", type="boolean", about=_NO_METRICS),
    Parameter(name="includeDeletedEntities", type="boolean", about=_FORGOTTEN),
)
LIST_QUERY = (
    *INCLUDES,
    Parameter(name="includeMasterDataSourceIdType", type="boolean", about=_NO_METRICS),
    Parameter(name="containsSegment", type="integer", about="Destinations that this segment is mapped to."),
)
ONE_QUERY = (Parameter(name="includeMappings", type="boolean", about="Fills `mappings`; it is null otherwise."),)
