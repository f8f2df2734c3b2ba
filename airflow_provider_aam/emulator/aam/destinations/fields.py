"""What a destination consists of [doc: destination API methods]."""

from __future__ import annotations

from dataclasses import replace

from airflow_provider_aam.emulator.core.call import Parameter
from airflow_provider_aam.emulator.core.fields import DESCRIPTION, NAME, STATUS, Field

TYPES = ("PUSH", "ADS", "S2S", "PULL")
CREATABLE_TYPES = ("PUSH", "ADS")
SUMMARY = frozenset(
    {"destinationId", "pid", "name", "description", "status", "destinationType", "domainRestrictions"}
    | {"createTime", "updateTime", "crUID", "upUID"}
)
RESTRICTIONS = ("ALL_DOMAINS", "INCLUSION", "EXCLUSION")
URL_FIELDS = (
    Field("tagType", "integer", "Only URL destinations; 0 in all samples.", default=0),
    Field("urlFormatString", "string", "Only URL destinations: holds %ALIAS%."),
    Field("secureUrlFormatString", "string", "Only URL destinations: the same for https pages."),
    Field("delimiter", "string", "Only serialized URL destinations: between aliases."),
)
COOKIE_FIELDS = (
    Field("adServerTypeID", "integer", "Only cookie destinations, needed: 1."),
    Field("cnameDomain", "string", "Only cookie destinations, needed: domain of the cookie."),
    Field("cookieName", "string", "Only cookie destinations, needed."),
    Field("singleKey", "string", "Only cookie destinations, needed with SINGLE_KEY."),
    Field("keySeparator", "string", "Only cookie destinations, needed."),
    Field("valueSeparator", "string", "Only cookie destinations, needed."),
    Field(
        "formatType", "string", "Only cookie destinations, needed.", one_of=("SINGLE_KEY", "KEY_VALUE"), any_case=True
    ),
    Field("transferMethod", "string", "Only cookie destinations; values unpublished."),
    Field("maxSize", "integer", "Only cookie destinations, needed: bytes.", minimum=0),
    Field("ttl", "integer", "Only cookie destinations, needed: days.", minimum=0),
    Field("serializationSeparator", "string", "Only serialized cookie destinations, needed."),
    Field(
        "siteIDs", "integers", "Only cookie destinations, needed: partner sites, may be empty.", of=("partner_sites",)
    ),
    Field("uparamEnabled", "boolean", "Only cookie destinations.", default=False),
)
FIELDS = (
    Field(
        "destinationType",
        "string",
        "PUSH (URL) and ADS (cookie) can be created; S2S and PULL can only be there.",
        required=True,
        one_of=TYPES,
        any_case=True,
        only_on_create=True,
    ),
    Field("dataSourceId", "integer", "The data source it belongs to.", of=("data_sources",)),
    replace(NAME, about="Shown name; the length is inferred."),
    DESCRIPTION,
    Field("startDate", "string", "yyyy-mm-dd."),
    Field("endDate", "string", "yyyy-mm-dd."),
    replace(STATUS, any_case=True, about="In any case; ACTIVE or INACTIVE in answers."),
    Field(
        "domainRestrictions",
        "string",
        "In any case; needed for cookie destinations. EXCLUSION is inferred.",
        default="ALL_DOMAINS",
        one_of=RESTRICTIONS,
        any_case=True,
    ),
    Field(
        "mappingAutoFiller",
        "string",
        "What the AAM UI proposes as alias; the API fills in nothing (inferred).",
        one_of=("NONE", "SID", "IC"),
        any_case=True,
        sparse=True,
    ),
    Field("serializationEnabled", "boolean", "Several segments in one URL or cookie.", default=False),
    *URL_FIELDS,
    *COOKIE_FIELDS,
    Field("mappings", "any", "null, or with `includeMappings` what is mapped to it.", writable=False),
)
_OF_SEVERAL_TYPES = frozenset({"serializationEnabled"})
_NAMES = {
    "PUSH": frozenset(each.name for each in URL_FIELDS) | _OF_SEVERAL_TYPES,
    "ADS": frozenset(each.name for each in COOKIE_FIELDS) | _OF_SEVERAL_TYPES,
}
FOREIGN = {each: frozenset().union(*_NAMES.values()) - _NAMES.get(each, frozenset()) for each in TYPES}
"""For each type the fields that only other types have."""

_NO_METRICS = "Accepted, adds nothing (its shape is unpublished)."
INCLUDES = (
    Parameter("includeMetrics", _NO_METRICS, "boolean"),
    Parameter("includeAddressableAudienceMetrics", _NO_METRICS, "boolean"),
    Parameter("includeDeletedEntities", "Accepted; the emulator forgets what is deleted.", "boolean"),
)
LIST_QUERY = (
    *INCLUDES,
    Parameter("includeMasterDataSourceIdType", _NO_METRICS, "boolean"),
    Parameter("containsSegment", "Destinations that this segment is mapped to.", "integer"),
)
ONE_QUERY = (Parameter("includeMappings", "Fills `mappings`; it is null otherwise.", "boolean"),)
