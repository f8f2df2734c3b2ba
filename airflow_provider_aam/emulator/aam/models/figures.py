"""What a model found in its last run: invented, the same for one model and trait."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow_provider_aam.emulator.aam.traits.figures import lifetime_of

if TYPE_CHECKING:
    from airflow_provider_aam.emulator.core.collection import Row
    from airflow_provider_aam.emulator.core.state import State

MOST_TRAITS = 500
_STEPS = 20


def weights(state: State, model: Row) -> dict[int, float]:
    """Return the influential traits of the last run, heaviest first; none if the model never ran or found no data."""
    if model["processingStatus"] != 1:
        return {}
    sources, left_out = set(model["dataSources"]), {*model["excludedTraits"], model["sid"]}
    traits = state.collections["traits"].rows.values()
    weighed = {
        row["sid"]: _weight(row["sid"], model["algoModelId"])
        for row in traits
        if row["dataSourceId"] in sources and row["sid"] not in left_out and row["traitType"] != "ALGO_TRAIT"
    }
    return dict(sorted(weighed.items(), key=lambda each: (-each[1], each[0]))[:MOST_TRAITS])


def _weight(sid: int, model: int) -> float:
    return round(((sid * 2_654_435_761 + model * 40_503) & 0xFFFFFFFF) / 2**32, 4)


def stats(model: Row) -> list[dict[str, Any]]:
    """Return accuracy against reach, as the names of the document's one sample say; the figures are inferred."""
    if model["processingStatus"] != 1:
        return []
    largest = 10_000 + lifetime_of(model["algoModelId"]) * 10
    return [
        {"AccuracyValue": round(1 - step / _STEPS, 2), "ReachValue": largest * step // _STEPS}
        for step in range(1, _STEPS)
    ]


def history(model: Row) -> list[int]:
    """Return when it ran, last run first; that these are milliseconds and this order are inferred."""
    last = model["lastRunTimestamp"]
    return [] if last is None else list(range(last, model["createTime"], -model["intervalSeconds"] * 1000))
