"""Segments, and the test groups of Audience Lab that are made from them."""

from __future__ import annotations

from airflow_provider_aam.api.resources.declare import (
    AUDIT,
    COMMON,
    PERIODS,
    PERMISSIONS,
    Action,
    Confidence,
    Resource,
    Type,
    Verb,
    verbs,
)


def _estimate(days: int | None) -> Action:
    period = f"{days}-day-" if days else ""
    return Action(
        name=f"estimate_{days}_day_size" if days else "estimate_size",
        method="POST",
        path=f"segments/estimate-{period}size",
        about=f'Historic size of a rule{f" over {days} days" if days else ""}; body {{"code": rule}}. '
        "The paths are known, method and body are inferred.",
        confidence=Confidence.INFERRED,
        body=True,
        replayable=True,
    )


SEGMENTS = Resource(
    name="segments",
    path="segments",
    id_field="sid",
    verbs=verbs(*Verb, confidence=Confidence.CLIENT),
    paged=True,
    fields={
        "sid": Type.INTEGER,
        "pid": Type.INTEGER,
        "name": Type.TEXT,
        "description": Type.TEXT,
        "status": Type.TEXT,
        "segmentRule": Type.TEXT,
        "folderId": Type.INTEGER,
        "dataSourceId": Type.INTEGER,
        "mergeRuleDataSourceId": Type.INTEGER,
        "integrationCode": Type.TEXT,
        "traitType": Type.TEXT,
        **AUDIT,
    },
    metrics={f"{kind}Uniques{period}": Type.INTEGER for kind in ("instant", "total") for period in PERIODS},
    list_params=COMMON
    | PERMISSIONS
    | {
        "containsTrait",
        "folderId",
        "dataSourceId",
        "mergeRuleDataSourceId",
        "integrationCode",
        "status",
        "updatedSince",
        "includeMetrics",
        "includeTraitDataSourceIds",
        "includeAddressableAudienceMetrics",
        "includeInUseStatus",
    },
    get_params=frozenset({"includeExprTree", "includeTraitMetrics", "includeSegmentTestGroupIds"}),
    actions=(
        Action(
            name="replace_merge_rule",
            method="POST",
            path="segments/bulk-merge-rule-replace",
            about='All segments of one profile merge rule to another; body {"existingMergeRuleDataSourceId": 1, '
            '"replaceWithMergeRuleDataSourceId": 2}.',
            confidence=Confidence.CLIENT,
            body=True,
        ),
        _estimate(None),
        _estimate(7),
        _estimate(30),
        _estimate(60),
    ),
)

SEGMENT_TEST_GROUPS = Resource(
    name="segment_test_groups",
    path="segment-test-groups",
    id_field="segmentTestGroupId",
    verbs=verbs(Verb.LIST, Verb.GET, Verb.CREATE, confidence=Confidence.CLIENT),
    fields={
        "segmentTestGroupId": Type.INTEGER,
        "pid": Type.INTEGER,
        "name": Type.TEXT,
        "description": Type.TEXT,
        "status": Type.TEXT,
        "baseSegmentSid": Type.INTEGER,
        "testSegments": Type.JSON,
        "conversionSids": Type.JSON,
        "destinationMappings": Type.JSON,
        "startDate": Type.TEXT,
        **AUDIT,
    },
    actions=(
        Action(
            name="create_draft",
            method="POST",
            path="segment-test-groups/drafts",
            about="A test group that does not start yet; body as of create().",
            confidence=Confidence.DOC,
            body=True,
        ),
    ),
)
