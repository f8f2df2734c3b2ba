"""The routes of destinations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow_provider_aam.emulator.aam.destinations import rules
from airflow_provider_aam.emulator.aam.destinations.fields import FIELDS, LIST_QUERY, ONE_QUERY, SUMMARY
from airflow_provider_aam.emulator.aam.destinations.outbound import deliveries
from airflow_provider_aam.emulator.aam.mappings.routes import MAPPINGS
from airflow_provider_aam.emulator.aam.traits.metrics import lifetime_of
from airflow_provider_aam.emulator.aam.validation import limits_reply
from airflow_provider_aam.emulator.core.authentication import hidden
from airflow_provider_aam.emulator.core.call import Parameter, Reply, Route, json_reply
from airflow_provider_aam.emulator.core.crud import crud_routes
from airflow_provider_aam.emulator.core.refusals import bad_request
from airflow_provider_aam.emulator.core.rendering import escape_json, renderer
from airflow_provider_aam.emulator.core.resource import Resource

if TYPE_CHECKING:
    from collections.abc import Callable

    from airflow_provider_aam.emulator.core.call import Call
    from airflow_provider_aam.emulator.core.collection import Row

PLATFORMS = ["BROWSER", "ANDROID", "iOS", "ALL"]
_MAPPINGS = frozenset({"mappings"})


class Destinations(Resource):
    """A list has summaries, a single one has all fields and, if asked for, its mappings."""

    def render(self, call: Call, *, one: bool) -> Callable[[int], bytes]:
        """Return the function from an id to the destination as this request gets it."""
        collection = self.collection(call.state)
        if not one:
            without = frozenset(each.name for each in self.fields) - SUMMARY
            return renderer(collection, escaped=call.escaped, without=without)
        if not call.flag("includeMappings"):
            return renderer(collection, escaped=call.escaped)
        bare = renderer(collection, escaped=call.escaped, without=_MAPPINGS)
        mapping = MAPPINGS.render(call, one=True)
        mapped = call.state.collections["mappings"].with_value

        def render(key: int) -> bytes:
            return bare(key)[:-1] + b',"mappings":[' + b",".join(map(mapping, mapped("destinationId", key))) + b"]}"

        return render


DESTINATIONS = Destinations(
    name="destinations",
    noun="Destination",
    path="/v1/destinations",
    id_field="destinationId",
    fields=FIELDS,
    query=LIST_QUERY,
    one_query=ONE_QUERY,
    problems=rules.problems,
    limit=rules.limit,
    in_use=rules.in_use,
    keep=rules.keep,
    completed=rules.completed,
)


def limits(call: Call) -> Reply:
    """Answer GET /destinations/limits."""
    return limits_reply(rules.usage(call.state))


def platforms(call: Call) -> Reply:  # noqa: ARG001
    """Answer GET /destinations/configurations/available-platforms; the document prints the words unquoted."""
    return json_reply(PLATFORMS)


def outbound_history(call: Call) -> Reply:
    """Answer GET /destinations/{destinationId}/history/outbound."""
    state, key = call.state, DESTINATIONS.find(call)
    start, end = call.integer("startDate"), call.integer("endDate")
    if start is None or end is None:
        missing = [name for name, value in (("startDate", start), ("endDate", end)) if value is None]
        raise bad_request([f"{name}: may not be empty" for name in missing], "Invalid request parameter")
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
    body = json_reply([row_of(each) for each in rows]).body
    return Reply(body=escape_json(body) if call.escaped else body)


def _route(where: str, handler: Callable[[Call], Reply], about: str, tag: str = "Destinations", **more: Any) -> Route:
    return Route(method="GET", path=f"/v1/destinations{where}", handler=handler, tag=tag, about=about, **more)


_INCLUDE_NAMES = ("includeDestinationName", "includeSegmentName", "includeFeedIds")
ROUTES = (
    _route("/limits", limits, "How many destinations there are and may be", "Limits"),
    _route("/configurations/available-platforms", platforms, "The platforms a destination may be for"),
    _route(
        "/segment-impressions",
        segment_impressions,
        "Which segments were sent where; the shape is inferred",
        query=tuple(Parameter(name=each, type="boolean", about="Adds a member (inferred).") for each in _INCLUDE_NAMES),
    ),
    _route(
        "/{destinationId:int}/history/outbound",
        outbound_history,
        "What was sent to a destination",
        query=(
            Parameter(name="startDate", type="integer", about="Needed: epoch milliseconds."),
            Parameter(name="endDate", type="integer", about="Needed: epoch milliseconds."),
        ),
    ),
    *crud_routes(DESTINATIONS, tag="Destinations"),
)
