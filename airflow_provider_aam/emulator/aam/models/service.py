"""Models, and the algorithms they use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_provider_aam.emulator.aam.models import figures, rules
from airflow_provider_aam.emulator.aam.models.fields import FIELDS, LIST_QUERY, NEVER_RUN, ONE_QUERY
from airflow_provider_aam.emulator.aam.traits.service import TRAITS
from airflow_provider_aam.emulator.core.call import Route, always, json_reply
from airflow_provider_aam.emulator.core.listing import PAGING, list_reply
from airflow_provider_aam.emulator.core.refusals import not_found
from airflow_provider_aam.emulator.core.rendering import renderer
from airflow_provider_aam.emulator.core.resource import VERBS, Resource
from airflow_provider_aam.emulator.core.service import Service

if TYPE_CHECKING:
    from airflow_provider_aam.emulator.core.call import Call, Reply
    from airflow_provider_aam.emulator.core.collection import Row

MODELS = Resource(
    name="models",
    noun="Model",
    path="/v1/models",
    id_field="algoModelId",
    first_id=801,
    verbs=("limits", *VERBS),
    fields=FIELDS,
    query=LIST_QUERY,
    one_query=ONE_QUERY,
    limits=(rules.ACTIVE, rules.EXCLUDED),
    filled={"name": "A model", "algoTypeId": 1, "lookBackPeriod": 30, "dataSources": [], "sid": 0},
    constants=NEVER_RUN,
    problems=rules.problems,
    in_use=rules.in_use,
    keep=rules.keep,
)


def latest_traits(call: Call) -> Reply:
    """Answer GET /models/{algoModelId}/runs/latest/traits: traits with `weight` and `rank`, heaviest first."""
    weights = figures.weights(call.state, _model(call))
    extras = {sid: {"weight": weight, "rank": rank} for rank, (sid, weight) in enumerate(weights.items(), 1)}
    traits = TRAITS.collection(call.state)
    without = frozenset(each.name for each in TRAITS.fields if each.detail)
    render = renderer(traits, escaped=call.escaped, without=without, extras=lambda row: extras[row["sid"]])
    return list_reply(call, traits, (), render, list(weights))


def latest_stats(call: Call) -> Reply:
    """Answer GET /models/{algoModelId}/runs/latest/stats."""
    return json_reply(figures.stats(_model(call)))


def processing_history(call: Call) -> Reply:
    """Answer GET /models/{algoModelId}/processing-history."""
    return json_reply(figures.history(_model(call)))


def algorithm(call: Call) -> Reply:
    """Answer GET /algorithms/{algoTypeId}."""
    key = call.params["algoTypeId"]
    if key != rules.ALGORITHM["algoTypeId"]:
        raise not_found("Algorithm", key)
    return json_reply(rules.ALGORITHM)


def _model(call: Call) -> Row:
    return MODELS.collection(call.state).rows[MODELS.find(call)]


_AT = "/v1/models/{algoModelId:int}"
SERVICE = Service(
    tag="Models and algorithms",
    about="Look-alike models and how they are computed.",
    resources=(MODELS,),
    routes=(
        Route(
            "GET", f"{_AT}/runs/latest/traits", latest_traits, "The influential traits of the last run", query=PAGING
        ),
        Route("GET", f"{_AT}/runs/latest/stats", latest_stats, "Accuracy against reach of the last run"),
        Route("GET", f"{_AT}/processing-history", processing_history, "When the model ran"),
        Route("GET", "/v1/algorithms", always([rules.ALGORITHM]), "The algorithms that models can use"),
        Route("GET", "/v1/algorithms/{algoTypeId:int}", algorithm, "One algorithm"),
    ),
)
