"""Algorithmic models, their algorithms, and derived signals."""

from __future__ import annotations

from airflow_provider_aam.api.resources.declare import (
    AUDIT,
    COMMON,
    CRUD,
    PAGING,
    READ,
    Action,
    Confidence,
    Resource,
    Type,
    Verb,
    verbs,
)

DERIVED_SIGNALS = Resource(
    name="derived_signals",
    path="signals/derived",
    id_field="derivedSignalId",
    id_aliases=("DerivedSignalId",),
    verbs=verbs(*CRUD, confidence=Confidence.DOC),
    paged=True,
    fields={
        "derivedSignalId": Type.INTEGER,
        "pid": Type.INTEGER,
        "sourceKey": Type.TEXT,
        "sourceValue": Type.TEXT,
        "targetKey": Type.TEXT,
        "targetValue": Type.TEXT,
        "integrationCode": Type.TEXT,
        "version": Type.INTEGER,
        **AUDIT,
    },
    list_params=COMMON,
)

MODELS = Resource(
    name="models",
    path="models",
    id_field="algoModelId",
    verbs={
        **verbs(*CRUD, Verb.BULK_DELETE, confidence=Confidence.DOC),
        **verbs(Verb.LIMITS, confidence=Confidence.CLIENT),
    },
    paged=True,
    in_short=True,
    fields={
        "algoModelId": Type.INTEGER,
        "pid": Type.INTEGER,
        "name": Type.TEXT,
        "description": Type.TEXT,
        "status": Type.TEXT,
        "algoTypeId": Type.INTEGER,
        "sid": Type.INTEGER,
        "intervalSeconds": Type.INTEGER,
        "lookBackPeriod": Type.INTEGER,
        "dataSources": Type.JSON,
        "excludedTraits": Type.JSON,
        "processingStatus": Type.INTEGER,
        "lastRunStatus": Type.INTEGER,
        "algoModelVersion": Type.INTEGER,
        "latestRunTS": Type.INSTANT,
        "lastRunTimestamp": Type.INSTANT,
        "lastSuccessfulRunTimestamp": Type.INSTANT,
        "baselineTraitType": Type.TEXT,
        **AUDIT,
    },
    list_params=COMMON | {"includeDataSources", "usesDataSource", "containsSeedFromDataSource"},
    get_params=frozenset({"returnbaselinetraittype", "includePermissions"}),
    actions=(
        Action(
            name="latest_traits",
            method="GET",
            path="models/{algoModelId}/runs/latest/traits",
            about="The traits of the latest run, ranked, with weight and rank.",
            confidence=Confidence.DOC,
            params=PAGING,
            rows=True,
        ),
        Action(
            name="latest_stats",
            method="GET",
            path="models/{algoModelId}/runs/latest/stats",
            about="Reach for each accuracy of the latest run.",
            confidence=Confidence.DOC,
            rows=True,
        ),
        Action(
            name="processing_history",
            method="GET",
            path="models/{algoModelId}/processing-history",
            about="When the model was run: instants, as numbers.",
            confidence=Confidence.DOC,
            rows=True,
        ),
    ),
)

ALGORITHMS = Resource(
    name="algorithms",
    path="algorithms",
    id_field="algoTypeId",
    verbs=verbs(*READ, confidence=Confidence.DOC),
    fields={"algoTypeId": Type.INTEGER, "name": Type.TEXT, "description": Type.TEXT},
)
