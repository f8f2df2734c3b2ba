"""What a mapping consists of [doc: destination API methods]."""

from __future__ import annotations

from airflow_provider_aam.emulator.core.fields import Field

FIELDS = (
    Field(name="mappingId", kind="integer", writable=False, about="The same id; samples show either name."),
    Field(name="destinationMappingId", kind="integer", writable=False, about="Id."),
    Field(name="pid", kind="integer", writable=False, about="Partner id."),
    Field(
        name="traitType",
        kind="string",
        required=True,
        one_of=("SEGMENT",),
        any_case=True,
        only_on_create=True,
        about="SEGMENT.",
    ),
    Field(name="traitValue", kind="integer", writable=False, default=0, about="0 in all samples."),
    Field(
        name="destinationId",
        kind="integer",
        required=True,
        only_on_create=True,
        about="The destination; on create the path says it.",
    ),
    Field(name="sid", kind="integer", required=True, only_on_create=True, about="The segment."),
    Field(name="elementName", kind="string", writable=False, about="Name of the segment."),
    Field(name="elementDescription", kind="string", writable=False, about="Description of the segment."),
    Field(name="elementStatus", kind="string", writable=False, about="active, inactive or deleted."),
    Field(name="startDate", kind="string", required=True, about="yyyy-mm-dd. Samples show the day before in answers."),
    Field(name="endDate", kind="string", about="yyyy-mm-dd."),
    Field(name="priority", kind="integer", about="Priority."),
    Field(name="url", kind="string", about="Needed for URL destinations that are not serialized."),
    Field(name="secureUrl", kind="string", about="The same for https pages."),
    Field(name="tagCode", kind="string", writable=False, about="null in all samples."),
    Field(name="secureTagCode", kind="string", writable=False, about="null in all samples."),
    Field(
        name="traitAlias",
        kind="string",
        about="Needed for serialized URL destinations, S2S destinations and KEY_VALUE cookies.",
    ),
    Field(name="valueAlias", kind="string", sparse=True, about="Needed for cookie destinations."),
    Field(name="createTime", kind="integer", writable=False, about="Epoch milliseconds."),
    Field(name="updateTime", kind="integer", writable=False, about="Epoch milliseconds."),
    Field(name="crUID", kind="integer", writable=False, about="User who created it."),
    Field(name="upUID", kind="integer", writable=False, about="User who changed it last."),
)
