"""Destinations, and the segments that are mapped to them."""

from __future__ import annotations

from airflow_provider_aam.api.resources.declare import (
    AUDIT,
    COMMON,
    CRUD,
    Action,
    Confidence,
    Resource,
    Type,
    Verb,
    verbs,
)

_METRICS = frozenset({"includeMetrics", "includeAddressableAudienceMetrics", "includeDeletedEntities"})

DESTINATIONS = Resource(
    name="destinations",
    path="destinations",
    id_field="destinationId",
    verbs=verbs(*CRUD, Verb.BULK_DELETE, Verb.LIMITS, confidence=Confidence.DOC),
    paged=True,
    in_short=True,
    fields={
        "destinationId": Type.INTEGER,
        "pid": Type.INTEGER,
        "name": Type.TEXT,
        "description": Type.TEXT,
        "status": Type.TEXT,
        "destinationType": Type.TEXT,
        "domainRestrictions": Type.TEXT,
        **AUDIT,
    },
    list_params=COMMON | _METRICS | {"containsSegment", "includeMasterDataSourceIdType"},
    get_params=frozenset({"includeMappings"}),
    embedded={"mappings": ("destinationMappingId", "mappingId")},
    actions=(
        Action(
            name="available_platforms",
            method="GET",
            path="destinations/configurations/available-platforms",
            about="The platforms that a destination may be for, as texts.",
            confidence=Confidence.DOC,
            rows=True,
        ),
        Action(
            name="outbound_history",
            method="GET",
            path="destinations/{destinationId}/history/outbound",
            about="What was sent to a destination; startDate and endDate are epoch milliseconds.",
            confidence=Confidence.DOC,
            params=frozenset({"startDate", "endDate"}),
            needs=frozenset({"startDate", "endDate"}),
            rows=True,
        ),
        Action(
            name="segment_impressions",
            method="GET",
            path="destinations/segment-impressions",
            about="Segments with the destinations that they are sent to.",
            confidence=Confidence.DOC,
            params=frozenset({"includeDestinationName", "includeSegmentName", "includeFeedIds"}),
            rows=True,
        ),
    ),
)

MAPPINGS = Resource(
    name="mappings",
    path="destinations/{destinationId}/mappings",
    replace_path="destinations/mappings",
    within=DESTINATIONS,
    id_field="destinationMappingId",
    id_aliases=("mappingId",),
    verbs=verbs(*CRUD, confidence=Confidence.DOC),
    fields={
        "destinationMappingId": Type.INTEGER,
        "mappingId": Type.INTEGER,
        "destinationId": Type.INTEGER,
        "sid": Type.INTEGER,
        "traitType": Type.TEXT,
        "traitValue": Type.INTEGER,
        "traitAlias": Type.TEXT,
        "valueAlias": Type.TEXT,
        "elementName": Type.TEXT,
        "elementDescription": Type.TEXT,
        "elementStatus": Type.TEXT,
        "startDate": Type.TEXT,
        "endDate": Type.TEXT,
        "priority": Type.INTEGER,
        "url": Type.TEXT,
        "secureUrl": Type.TEXT,
        "tagCode": Type.TEXT,
        "secureTagCode": Type.TEXT,
        **AUDIT,
    },
    list_params=COMMON | _METRICS,
    actions=(
        Action(
            name="bulk_create",
            method="POST",
            path="destinations/{destinationId}/bulk-create",
            about="Many mappings of one destination in one request; body a list of what create() takes.",
            confidence=Confidence.DOC,
            body=True,
            rows=True,
        ),
        Action(
            name="delete_segment",
            method="DELETE",
            path="destinations/{destinationId}/segments/{sid}",
            about="All mappings of a segment to a destination.",
            confidence=Confidence.DOC,
        ),
    ),
)
