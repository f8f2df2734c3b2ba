"""The routes of models and algorithms."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow_provider_aam.emulator.aam.models import rules, runs
from airflow_provider_aam.emulator.aam.models.fields import FIELDS, LIST_QUERY, NEVER_RUN, ONE_QUERY
from airflow_provider_aam.emulator.aam.traits.routes import TRAITS
from airflow_provider_aam.emulator.aam.validation import limits_reply
from airflow_provider_aam.emulator.core.call import Route, json_reply
from airflow_provider_aam.emulator.core.crud import crud_routes
from airflow_provider_aam.emulator.core.listing import PAGING, list_reply
from airflow_provider_aam.emulator.core.refusals import not_found
from airflow_provider_aam.emulator.core.rendering import renderer
from airflow_provider_aam.emulator.core.resource import Resource

if TYPE_CHECKING:
    from collections.abc import Callable

    from airflow_provider_aam.emulator.core.call import Call, Reply
    from airflow_provider_aam.emulator.core.collection import Row

_DATA_SOURCES = frozenset({"dataSources"})


class Models(Resource):
    """A list leaves `dataSources` out unless it is asked for them."""

    def render(self, call: Call, *, one: bool) -> Callable[[int], bytes]:
        """Return the function from an id to the model as this request gets it."""
        without = frozenset() if one or call.flag("includeDataSources") else _DATA_SOURCES
        extras = self.extras(call, one=one)
        return renderer(self.collection(call.state), escaped=call.escaped, without=without, extras=extras)


MODELS = Models(
    name="models",
    noun="Model",
    path="/v1/models",
    id_field="algoModelId",
    fields=FIELDS,
    query=LIST_QUERY,
    one_query=ONE_QUERY,
    constants=NEVER_RUN,
    problems=rules.problems,
    limit=rules.limit,
    in_use=rules.in_use,
    keep=rules.keep,
    extras=rules.extras,
)


def limits(call: Call) -> Reply:
    """Answer GET /models/limits."""
    return limits_reply(rules.usage(call.state))


def latest_traits(call: Call) -> Reply:
    """Answer GET /models/{algoModelId}/runs/latest/traits: traits with `weight` and `rank`, heaviest first."""
    weights = runs.weights(call.state, _model(call))
    extras = {sid: {"weight": weight, "rank": rank} for rank, (sid, weight) in enumerate(weights.items(), 1)}
    traits = TRAITS.collection(call.state)
    render = renderer(traits, escaped=call.escaped, without=TRAITS.details(), extras=lambda row: extras[row["sid"]])
    return list_reply(call, traits, None, render, list(weights))


def latest_stats(call: Call) -> Reply:
    """Answer GET /models/{algoModelId}/runs/latest/stats."""
    return json_reply(runs.stats(_model(call)))


def processing_history(call: Call) -> Reply:
    """Answer GET /models/{algoModelId}/processing-history."""
    return json_reply(runs.history(_model(call)))


def algorithms(call: Call) -> Reply:  # noqa: ARG001
    """Answer GET /algorithms."""
    return json_reply([rules.ALGORITHM])


def algorithm(call: Call) -> Reply:
    """Answer GET /algorithms/{algoTypeId}."""
    key = call.params["algoTypeId"]
    if key != rules.ALGORITHM["algoTypeId"]:
        raise not_found("Algorithm", key)
    return json_reply(rules.ALGORITHM)


def _model(call: Call) -> Row:
    return MODELS.collection(call.state).rows[MODELS.find(call)]


_TAG = "Models and algorithms"


def _route(path: str, handler: Callable[[Call], Reply], about: str, tag: str = _TAG, **more: Any) -> Route:
    return Route(method="GET", path=path, handler=handler, tag=tag, about=about, **more)


_AT = "/v1/models/{algoModelId:int}"
ROUTES = (
    _route("/v1/models/limits", limits, "How many active models there are and may be", "Limits"),
    _route(f"{_AT}/runs/latest/traits", latest_traits, "The influential traits of the last run", query=PAGING),
    _route(f"{_AT}/runs/latest/stats", latest_stats, "Accuracy against reach of the last run"),
    _route(f"{_AT}/processing-history", processing_history, "When the model ran"),
    *crud_routes(MODELS, tag=_TAG),
    _route("/v1/algorithms", algorithms, "The algorithms that models can use"),
    _route("/v1/algorithms/{algoTypeId:int}", algorithm, "One algorithm"),
)
