"""Traits, and the types that a company gives them."""

from __future__ import annotations

from airflow_provider_aam.api.resources.declare import (
    AUDIT,
    COMMON,
    PERIODS,
    PERMISSIONS,
    READ,
    Action,
    Confidence,
    Resource,
    Type,
    Verb,
    verbs,
)

TRAITS = Resource(
    name="traits",
    path="traits",
    id_field="sid",
    verbs=verbs(*Verb, confidence=Confidence.CLIENT),
    paged=True,
    fields={
        "sid": Type.INTEGER,
        "pid": Type.INTEGER,
        "name": Type.TEXT,
        "description": Type.TEXT,
        "traitType": Type.TEXT,
        "status": Type.TEXT,
        "dataSourceId": Type.INTEGER,
        "folderId": Type.INTEGER,
        "integrationCode": Type.TEXT,
        "comments": Type.TEXT,
        "traitRule": Type.TEXT,
        "traitRuleVersion": Type.INTEGER,
        "ttl": Type.INTEGER,
        "type": Type.INTEGER,
        "categoryId": Type.INTEGER,
        "backfillStatus": Type.TEXT,
        "algoModelId": Type.INTEGER,
        "thresholdType": Type.TEXT,
        "accuracy": Type.NUMBER,
        **AUDIT,
    },
    metrics={f"{kind}{period}": Type.INTEGER for kind in ("uniques", "count") for period in PERIODS},
    always={"includeDetails": True},
    list_params=COMMON
    | PERMISSIONS
    | {
        "includeDetails",
        "includeMetrics",
        "metricsType",
        "folderId",
        "dataSourceId",
        "integrationCode",
        "restrictType",
        "usesModel",
    },
    actions=(
        Action(
            name="rule_versions",
            method="GET",
            path="traits/{sid}/trait-rule/versions",
            about="The rules that the trait has had.",
            confidence=Confidence.CLIENT,
            rows=True,
        ),
        Action(
            name="test",
            method="POST",
            path="traits/test",
            about="Would an event (URL, headers) realise the trait? What the body holds is not documented.",
            confidence=Confidence.CLIENT,
            body=True,
            replayable=True,
        ),
    ),
)

TRAIT_TYPES = Resource(
    name="trait_types",
    path="customer-trait-types",
    id_field="pixelType",
    verbs=verbs(*READ, Verb.CREATE, confidence=Confidence.DOC),
    fields={
        "pixelType": Type.INTEGER,
        "pid": Type.INTEGER,
        "name": Type.TEXT,
        "description": Type.TEXT,
        **AUDIT,
    },
)
