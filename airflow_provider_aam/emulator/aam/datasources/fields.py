"""What a data source consists of [doc: REST API "Getting started" prints a whole one]."""

from __future__ import annotations

from typing import Any

from airflow_provider_aam.emulator.core.call import Parameter
from airflow_provider_aam.emulator.core.fields import Field, Kind


def _field(name: str, kind: Kind, default: Any, about: str, **more: Any) -> Field:
    return Field(name=name, kind=kind, default=default, about=about, **more)


def _flag(name: str, about: str, **more: Any) -> Field:
    return Field(name=name, kind="boolean", default=False, about=about, **more)


FIELDS = (
    Field(name="name", kind="string", required=True, max_length=255, about="Shown name; all that a create needs."),
    _field("description", "string", None, "Free text."),
    _field("status", "string", "ACTIVE", "ACTIVE or INACTIVE.", one_of=("ACTIVE", "INACTIVE")),
    _field("integrationCode", "string", None, "The customer's own id.", max_length=255),
    _field("dataExportRestrictions", "strings", [], "E.g. PII, ONSITE_PERSONALIZATION."),
    _flag("linkNamespace", "Meaning unpublished."),
    _field("type", "string", "GENERAL", "GENERAL."),
    _field("subIdType", "string", None, "E.g. CROSS_DEVICE_PERSON."),
    _flag("inboundS2S", "Takes inbound files."),
    _flag("outboundS2S", "Takes outbound files."),
    _flag("useAudienceManagerVisitorID", "Always false with idType CROSS_DEVICE."),
    _flag("allowDataSharing", "May be shared."),
    _flag("masterDataSourceIdProvider", "Meaning unpublished."),
    _flag("uniqueTraitIntegrationCodes", "Set at creation only.", only_on_create=True),
    _flag("uniqueSegmentIntegrationCodes", "Set at creation only.", only_on_create=True),
    _field("marketingCloudVisitorIdVersion", "integer", 0, "One of the configured versions."),
    _field("idType", "string", "", "COOKIE, CROSS_DEVICE, …"),
    _field("samplingStartTime", "integer", None, "Epoch milliseconds."),
    _field("samplingEndTime", "integer", None, "Epoch milliseconds."),
    _flag("samplingEnabled", "Error sampling of inbound files."),
    _flag("allowDeviceGraphSharing", "May be used in device graphs."),
    _flag("supportsAuthenticatedProfile", "Has authenticated profiles."),
    _flag("deviceGraph", "Is a device graph."),
    _field("authenticatedProfileName", "string", None, "Shown name of the profile."),
    _field("deviceGraphName", "string", None, "Shown name of the graph."),
    _field("customNamespaceId", "integer", None, "Identity namespace."),
    _field("customNamespaceCode", "string", None, "Identity namespace."),
    _field("customerProfileDataRetention", "integer", 62_208_000, "Seconds; 720 days by default."),
    _field("containerIds", "integers", [], "Containers it is in."),
    _field("dataSourceId", "integer", None, "Id.", writable=False),
    _field("pid", "integer", None, "Partner id.", writable=False),
    _field("createTime", "integer", None, "Epoch milliseconds.", writable=False),
    _field("updateTime", "integer", None, "Epoch milliseconds.", writable=False),
    _field("crUID", "integer", None, "User who created it.", writable=False),
    _field("upUID", "integer", None, "User who changed it last.", writable=False),
)

QUERY = (
    Parameter(name="inboundOnly", type="boolean", about="Those that take inbound files."),
    Parameter(name="outboundOnly", type="boolean", about="Those that take outbound files."),
    Parameter(name="integrationCode", about="Exact."),
    Parameter(name="includePermissions", type="boolean", about="Adds `permissions`."),
    Parameter(name="includeThirdParty", type="boolean", about="Adds data sources of other partners."),
    Parameter(name="modelingEnabled", type="boolean", about="Those that are active (inferred)."),
    Parameter(name="availableForContainersOnly", type="boolean", about="Those in no container yet (inferred)."),
    Parameter(name="excludeReportSuites", type="boolean", about="Without those of type REPORT_SUITE (inferred)."),
    Parameter(name="objectType", about="segment or trait: what `permissions` are for."),
)
