"""What a file may say of a data source."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from airflow_provider_aam.catalog.drafts import fields as f
from airflow_provider_aam.catalog.drafts.base import Contradictions, Draft
from airflow_provider_aam.catalog.drafts.fields import column


class DataSourceDraft(Draft):
    """One data source. AAM gives all flags of a new one as false where the row does not say otherwise."""

    required: ClassVar[tuple[str, ...]] = ("name",)
    emptied_by_null: ClassVar[frozenset[str]] = frozenset({"samplingStartTime", "samplingEndTime", "customNamespaceId"})
    only_on_create: ClassVar[frozenset[str]] = frozenset(
        {"uniqueTraitIntegrationCodes", "uniqueSegmentIntegrationCodes"}
    )

    data_source_id: f.PositiveId | None = column("AAM's id, for a row that means an existing data source")
    name: f.Key | None = column("Name")
    description: str | None = column("Description")
    status: f.Status | None = column("Whether it is in use", default="ACTIVE")
    integration_code: f.Code | None = column("Your own key for the data source; empty is none")
    type: str | None = column("As AAM writes it, for example GENERAL")
    id_type: str | None = column("What its users are known by, for example COOKIE or CROSS_DEVICE", default="empty")
    sub_id_type: str | None = column("As AAM writes it, for example CROSS_DEVICE_PERSON")
    inbound_s2s: f.Flag | None = column("Takes inbound files", alias="inboundS2S", default="false")
    outbound_s2s: f.Flag | None = column("Gets outbound files", alias="outboundS2S", default="false")
    use_audience_manager_visitor_id: f.Flag | None = column(
        "Its users are known by AAM's own ids; not with CROSS_DEVICE",
        alias="useAudienceManagerVisitorID",
        default="false",
    )
    allow_data_sharing: f.Flag | None = column("May be shared with others", default="false")
    master_data_source_id_provider: f.Flag | None = column("Is the master of a kind of id", default="false")
    unique_trait_integration_codes: f.Flag | None = column(
        "No two traits may have one integration code; settable at creation only", default="false"
    )
    unique_segment_integration_codes: f.Flag | None = column(
        "No two segments may have one integration code; settable at creation only", default="false"
    )
    sampling_enabled: f.Flag | None = column("Inbound files are sampled", default="false")
    sampling_start_time: f.CountOrNone | None = column(
        "Start of the sampling, as AAM writes it; its unit is not published"
    )
    sampling_end_time: f.CountOrNone | None = column("End of the sampling, as AAM writes it; its unit is not published")
    allow_device_graph_sharing: f.Flag | None = column("May be shared with device graphs", default="false")
    supports_authenticated_profile: f.Flag | None = column("Holds authenticated profiles", default="false")
    authenticated_profile_name: str | None = column("Name of the authenticated profile")
    device_graph: f.Flag | None = column("Is a device graph", default="false")
    device_graph_name: str | None = column("Name of the device graph")
    data_export_restrictions: f.Words | None = column("Data export controls, like PII or ONSITE_PERSONALIZATION")
    container_ids: f.Ids | None = column("Containers that use it, by AAM's ids")
    marketing_cloud_visitor_id_version: f.Count | None = column("Version of the Experience Cloud id")
    customer_profile_data_retention: f.Count | None = column("Seconds that profiles are kept, like 62208000 (720 days)")
    link_namespace: f.Flag | None = column("As AAM writes it; its meaning is not published", default="false")
    custom_namespace_id: f.CountOrNone | None = column("Identity namespace, by AAM's id")
    custom_namespace_code: str | None = column("Identity namespace, by code")

    def _contradictions(self, given: Mapping[str, Any]) -> Contradictions:  # noqa: ARG002  the fields say it
        if str(self.id_type).upper() == "CROSS_DEVICE" and self.use_audience_manager_visitor_id:
            return [("useAudienceManagerVisitorID", "must be false with idType CROSS_DEVICE")]
        return []
