"""What a model consists of [doc: the methods' text of 2018]."""

from __future__ import annotations

from dataclasses import replace

from airflow_provider_aam.emulator.aam.models import rules
from airflow_provider_aam.emulator.core.call import Parameter
from airflow_provider_aam.emulator.core.fields import DESCRIPTION, NAME, STATUS, Field
from airflow_provider_aam.emulator.core.resource import PERMISSIONS

_DETAIL = "includeDataSources"
_SOURCES_ABOUT = "Data sources whose traits are weighed. A list has them with `includeDataSources`."


def _run(name: str, about: str) -> Field:
    return Field(name, "integer", f"{about}; null before the first run (inferred).", writable=False)


_RUN = (
    _run("processingStatus", "Of the last run: 0 failed, 1 with data, 2 without data"),
    _run("lastRunStatus", "The same under its other name"),
    _run("latestRunTS", "Epoch milliseconds of the last run"),
    _run("lastRunTimestamp", "The same under its other name"),
    _run("lastSuccessfulRunTimestamp", "Epoch milliseconds of the last run that did not fail"),
)
FIELDS = (
    replace(NAME, about="Shown name; the length is inferred."),
    DESCRIPTION,
    replace(STATUS, any_case=True, about="ACTIVE or INACTIVE (inferred)."),
    Field("algoTypeId", "integer", "The algorithm: 1.", required=True, kept=True),
    Field("intervalSeconds", "integer", "A week is inferred.", default=604_800, minimum=1, kept=True),
    Field("lookBackPeriod", "integer", "Days.", required=True, minimum=1, kept=True),
    Field("dataSources", "integers", _SOURCES_ABOUT, required=True, kept=True, detail=_DETAIL, of=("data_sources",)),
    Field("sid", "integer", "The baseline: a trait or a segment.", required=True, kept=True, of=("traits", "segments")),
    Field("excludedTraits", "integers", "Traits that are not weighed.", default=[], kept=True, of=("traits",)),
    Field("algoModelVersion", "integer", "1 (inferred).", writable=False),
    *_RUN,
)
NEVER_RUN = {"algoModelVersion": 1} | {each.name: None for each in _RUN}

LIST_QUERY = (
    Parameter(_DETAIL, "Adds `dataSources` to the rows.", "boolean"),
    Parameter(
        "usesDataSource",
        "Models that weigh traits of this data source.",
        "integer",
        keeps=lambda row, source: source in row["dataSources"],
    ),
    Parameter("containsSeedFromDataSource", "Models whose baseline belongs to it.", "integer"),
    PERMISSIONS,
)
ONE_QUERY = (
    PERMISSIONS,
    Parameter("returnbaselinetraittype", "Adds `baselineTraitType`.", "boolean", adds=rules.baseline_type),
)
