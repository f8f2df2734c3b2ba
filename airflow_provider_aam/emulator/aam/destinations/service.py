"""Destinations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow_provider_aam.emulator.aam.destinations import rules
from airflow_provider_aam.emulator.aam.destinations.fields import FIELDS, LIST_QUERY, ONE_QUERY, SUMMARY
from airflow_provider_aam.emulator.aam.destinations.figures import deliveries
from airflow_provider_aam.emulator.aam.mappings.service import MAPPINGS
from airflow_provider_aam.emulator.aam.traits.figures import lifetime_of
from airflow_provider_aam.emulator.core.authentication import hidden
from airflow_provider_aam.emulator.core.call import Parameter, Route, always, json_reply
from airflow_provider_aam.emulator.core.limits import Limit
from airflow_provider_aam.emulator.core.refusals import bad_request
from airflow_provider_aam.emulator.core.rendering import Render, renderer
from airflow_provider_aam.emulator.core.resource import VERBS, Resource
from airflow_provider_aam.emulator.core.service import Service

if TYPE_CHECKING:
    from airflow_provider_aam.emulator.core.call import Call, Reply
    from airflow_provider_aam.emulator.core.collection import Row

# The document prints the words unquoted.
PLATFORMS = ["BROWSER", "ANDROID", "iOS", "ALL"]
_MAPPINGS = frozenset({"mappings"})


class Destinations(Resource):
    """A list has summaries, a single one has all fields and, if asked for, its mappings."""

    def render(self, call: Call, *, one: bool) -> Render:
        """Return the function from ids to the destinations as this request gets them."""
        collection = self.collection(call.state)
        if not one:
            without = frozenset(each.name for each in self.fields) - SUMMARY
            return renderer(collection, escaped=call.escaped, without=without)
        if not call.flag("includeMappings"):
            return renderer(collection, escaped=call.escaped)
        bare = renderer(collection, escaped=call.escaped, without=_MAPPINGS)
        mappings = MAPPINGS.render(call, one=True)
        mapped = call.state.collections["mappings"].with_value

        def shown(body: bytes, key: int) -> bytes:
            return body[:-1] + b',"mappings":[' + b",".join(mappings(mapped("destinationId", key))) + b"]}"

        return lambda keys: [*map(shown, bare(keys), keys)]


def _limit(name: str, maximum: int, kind: str) -> Limit:
    return Limit(name, maximum, f"destinations of type {kind}", "destinationType", kind)


DESTINATIONS = Destinations(
    name="destinations",
    noun="Destination",
    path="/v1/destinations",
    id_field="destinationId",
    first_id=4_001,
    verbs=("limits", *VERBS),
    fields=FIELDS,
    query=LIST_QUERY,
    one_query=ONE_QUERY,
    limits=(
        Limit("destinations", 1_000, "destinations"),
        _limit("url_destinations", 1_000, "PUSH"),
        _limit("cookie_destinations", 1_000, "ADS"),
        _limit("s2s_destinations", 100, "S2S"),
    ),
    filled={"name": "A destination", "destinationType": "PUSH"},
    problems=rules.problems,
    in_use=rules.in_use,
    keep=rules.keep,
    completed=rules.completed,
)


def outbound_history(call: Call) -> Reply:
    """Answer GET /destinations/{destinationId}/history/outbound."""
    state, key = call.state, DESTINATIONS.find(call)
    start, end = call.integer("startDate"), call.integer("endDate")
    if start is None or end is None:
        missing = [name for name, value in (("startDate", start), ("endDate", end)) if value is None]
        raise bad_request([f"{name}: may not be empty" for name in missing], "Invalid request parameter")
    told = state.outbound.history(key, start, end)
    if told is not None:
        return json_reply(told)
    mapped = state.collections["mappings"].with_value("destinationId", key)
    destination = state.collections["destinations"].rows[key]
    return json_reply(deliveries(destination, start, min(end, state.clock.now_ms()), len(mapped)))


def segment_impressions(call: Call) -> Reply:
    """Answer GET /destinations/segment-impressions: one row a mapping. Its fields and figures are inferred."""
    state = call.state
    destinations, segments = state.collections["destinations"].rows, state.collections["segments"].rows

    def row_of(mapping: Row) -> dict[str, Any]:
        key, sid = mapping["destinationId"], mapping["sid"]
        row: dict[str, Any] = {"destinationId": key, "sid": sid, "impressions": lifetime_of(sid + key)}
        if call.flag("includeDestinationName"):
            row["destinationName"] = destinations[key]["name"] if key in destinations else None
        if call.flag("includeSegmentName"):
            row["segmentName"] = segments[sid]["name"] if sid in segments else None
        if call.flag("includeFeedIds"):
            row["feedIds"] = []
        return row

    rows = [] if hidden(call) else list(state.collections["mappings"].rows.values())
    return call.reply([row_of(each) for each in rows])


_INCLUDES = ("includeDestinationName", "includeSegmentName", "includeFeedIds")
_ADDS = tuple(Parameter(each, "Adds a member (inferred).", "boolean") for each in _INCLUDES)
_DATES = tuple(Parameter(each, "Needed: epoch milliseconds.", "integer") for each in ("startDate", "endDate"))
_PLATFORMS = "/v1/destinations/configurations/available-platforms"
_IMPRESSIONS = "/v1/destinations/segment-impressions"
_HISTORY = "/v1/destinations/{destinationId:int}/history/outbound"
SERVICE = Service(
    tag="Destinations",
    about="Where segments are sent.",
    resources=(DESTINATIONS,),
    routes=(
        Route("GET", _PLATFORMS, always(PLATFORMS), "The platforms a destination may be for"),
        Route("GET", _IMPRESSIONS, segment_impressions, "Which segments were sent where (inferred)", query=_ADDS),
        Route("GET", _HISTORY, outbound_history, "What was sent to a destination", query=_DATES),
    ),
)
