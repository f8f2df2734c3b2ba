"""What a model consists of [doc: the methods' text of 2018]."""

from __future__ import annotations

from airflow_provider_aam.emulator.core.call import Parameter
from airflow_provider_aam.emulator.core.fields import Field


def _run(name: str, about: str) -> Field:
    return Field(name=name, kind="integer", writable=False, about=f"{about}; null before the first run (inferred).")


FIELDS = (
    Field(name="algoModelId", kind="integer", writable=False, about="Id."),
    Field(name="pid", kind="integer", writable=False, about="Partner id."),
    Field(name="name", kind="string", required=True, max_length=255, about="Shown name; the length is inferred."),
    Field(name="description", kind="string", default="", about="Free text."),
    Field(
        name="status",
        kind="string",
        default="ACTIVE",
        one_of=("ACTIVE", "INACTIVE"),
        any_case=True,
        about="ACTIVE or INACTIVE (inferred).",
    ),
    Field(name="algoTypeId", kind="integer", required=True, kept=True, about="The algorithm: 1."),
    Field(name="intervalSeconds", kind="integer", default=604_800, minimum=1, kept=True, about="A week is inferred."),
    Field(name="lookBackPeriod", kind="integer", required=True, minimum=1, kept=True, about="Days."),
    Field(
        name="dataSources",
        kind="integers",
        required=True,
        kept=True,
        about="Data sources whose traits are weighed. A list has them with `includeDataSources`.",
    ),
    Field(name="sid", kind="integer", required=True, kept=True, about="The baseline: a trait or a segment."),
    Field(name="excludedTraits", kind="integers", default=[], kept=True, about="Traits that are not weighed."),
    Field(name="algoModelVersion", kind="integer", writable=False, about="1 (inferred)."),
    _run("processingStatus", "Of the last run: 0 failed, 1 with data, 2 without data"),
    _run("lastRunStatus", "The same under its other name"),
    _run("latestRunTS", "Epoch milliseconds of the last run"),
    _run("lastRunTimestamp", "The same under its other name"),
    _run("lastSuccessfulRunTimestamp", "Epoch milliseconds of the last run that did not fail"),
    Field(name="createTime", kind="integer", writable=False, about="Epoch milliseconds."),
    Field(name="updateTime", kind="integer", writable=False, about="Epoch milliseconds."),
    Field(name="crUID", kind="integer", writable=False, about="User who created it."),
    Field(name="upUID", kind="integer", writable=False, about="User who changed it last."),
)
NEVER_RUN = {
    "algoModelVersion": 1,
    "processingStatus": None,
    "lastRunStatus": None,
    "latestRunTS": None,
    "lastRunTimestamp": None,
    "lastSuccessfulRunTimestamp": None,
}

_PERMISSIONS = Parameter(name="includePermissions", type="boolean", about="Adds `permissions`.")
LIST_QUERY = (
    Parameter(name="includeDataSources", type="boolean", about="Adds `dataSources` to the rows."),
    Parameter(name="usesDataSource", type="integer", about="Models that weigh traits of this data source."),
    Parameter(name="containsSeedFromDataSource", type="integer", about="Models whose baseline belongs to it."),
    _PERMISSIONS,
)
ONE_QUERY = (
    Parameter(name="returnbaselinetraittype", type="boolean", about="Adds `baselineTraitType`."),
    _PERMISSIONS,
)
