"""What a mapping consists of [doc: destination API methods]."""

from __future__ import annotations

from airflow_provider_aam.emulator.core.fields import Field

FIELDS = (
    Field("mappingId", "integer", "The same id; samples show either name.", writable=False),
    Field("traitType", "string", "SEGMENT.", required=True, one_of=("SEGMENT",), any_case=True, only_on_create=True),
    Field("traitValue", "integer", "0 in all samples.", writable=False, default=0),
    Field(
        "destinationId", "integer", "The destination; on create the path says it.", required=True, only_on_create=True
    ),
    Field("sid", "integer", "The segment.", required=True, only_on_create=True, of=("segments",)),
    Field("elementName", "string", "Name of the segment.", writable=False),
    Field("elementDescription", "string", "Description of the segment.", writable=False),
    Field("elementStatus", "string", "active, inactive or deleted.", writable=False),
    Field("startDate", "string", "yyyy-mm-dd. Samples show the day before in answers.", required=True),
    Field("endDate", "string", "yyyy-mm-dd."),
    Field("priority", "integer", "Priority."),
    Field("url", "string", "Needed for URL destinations that are not serialized."),
    Field("secureUrl", "string", "The same for https pages."),
    Field("tagCode", "string", "null in all samples.", writable=False),
    Field("secureTagCode", "string", "null in all samples.", writable=False),
    Field("traitAlias", "string", "Needed for serialized URL destinations, S2S destinations and KEY_VALUE cookies."),
    Field("valueAlias", "string", "Needed for cookie destinations.", sparse=True),
)
