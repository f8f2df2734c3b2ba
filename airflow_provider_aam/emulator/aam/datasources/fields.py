"""What a data source consists of [doc: REST API "Getting started" prints a whole one]."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from airflow_provider_aam.emulator.core.call import Parameter
from airflow_provider_aam.emulator.core.fields import NAME, STATUS, Field, ValueType
from airflow_provider_aam.emulator.core.resource import PERMISSIONS


def _field(name: str, kind: ValueType, default: Any, about: str, **more: Any) -> Field:
    return Field(name, kind, about, default=default, **more)


def _flag(name: str, about: str, **more: Any) -> Field:
    return Field(name, "boolean", about, default=False, **more)


FIELDS = (
    replace(NAME, about="Shown name; all that a create needs."),
    _field("description", "string", None, "Free text."),
    STATUS,
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
)

QUERY = (
    Parameter("inboundOnly", "Those that take inbound files.", "boolean", keeps=lambda row, _: row["inboundS2S"]),
    Parameter("outboundOnly", "Those that take outbound files.", "boolean", keeps=lambda row, _: row["outboundS2S"]),
    Parameter("integrationCode", "Exact.", equals="integrationCode"),
    PERMISSIONS,
    Parameter("includeThirdParty", "Adds data sources of other partners.", "boolean"),
    Parameter(
        "modelingEnabled",
        "Those that are active (inferred).",
        "boolean",
        keeps=lambda row, _: row["status"] == "ACTIVE",
    ),
    Parameter(
        "availableForContainersOnly",
        "Those in no container yet (inferred).",
        "boolean",
        keeps=lambda row, _: not row["containerIds"],
    ),
    Parameter(
        "excludeReportSuites",
        "Without those of type REPORT_SUITE (inferred).",
        "boolean",
        keeps=lambda row, _: row["type"] != "REPORT_SUITE",
    ),
    Parameter("objectType", "segment or trait: what `permissions` are for."),
)
