"""Mappings of segments to destinations: objects within a destination."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow_provider_aam.emulator.aam.dates import earlier
from airflow_provider_aam.emulator.aam.destinations.fields import INCLUDES
from airflow_provider_aam.emulator.aam.mappings import rules
from airflow_provider_aam.emulator.aam.mappings.fields import FIELDS
from airflow_provider_aam.emulator.core.call import Call, Reply, Route, ref
from airflow_provider_aam.emulator.core.listing import PAGING, list_reply
from airflow_provider_aam.emulator.core.refusals import Refusal, bad_request, not_found
from airflow_provider_aam.emulator.core.rendering import Render, renderer
from airflow_provider_aam.emulator.core.resource import Resource
from airflow_provider_aam.emulator.core.service import Service

if TYPE_CHECKING:
    from airflow_provider_aam.emulator.core.collection import Row


class Mappings(Resource):
    """Mappings are stored as sent; `mapping_dates_shift_days` makes answers show other start dates, as samples do."""

    def find(self, call: Call) -> int:
        """Return the id a path names; it may name the destination as well."""
        destination = _destination(call) if "destinationId" in call.params else None
        key = super().find(call)
        if destination is not None and self.collection(call.state).rows[key]["destinationId"] != destination:
            raise not_found(self.noun, key)
        return key

    def render(self, call: Call, *, one: bool) -> Render:  # noqa: ARG002
        """Return the function from ids to the mappings as a response shows them."""
        collection, days = self.collection(call.state), call.state.settings.mapping_dates_shift_days
        if not days:
            return renderer(collection, escaped=call.escaped)

        def start(row: Row) -> dict[str, Any]:
            return {"startDate": earlier(row["startDate"], days)}

        return renderer(collection, escaped=call.escaped, without=frozenset({"startDate"}), extras=start)


MAPPINGS = Mappings(
    name="mappings",
    noun="Mapping",
    path="/v1/destinations/mappings",
    id_field="destinationMappingId",
    first_id=65_001,
    verbs=("update",),
    fields=FIELDS,
    query=INCLUDES,
    constants={"mappingId": 0, "traitValue": 0, "tagCode": None, "secureTagCode": None} | rules.NO_ELEMENT,
    indexed=("destinationId", "sid"),
    filled={"destinationId": 0, "sid": 0, "startDate": "2026-01-01"},
    problems=rules.problems,
    completed=rules.completed,
)


def show(call: Call) -> Reply:
    """Answer GET /destinations/{destinationId}/mappings."""
    key, collection = _destination(call), MAPPINGS.collection(call.state)
    among = collection.with_value("destinationId", key)
    return list_reply(call, collection, (), MAPPINGS.render(call, one=False), among)


def create(call: Call) -> Reply:
    """Answer POST of one mapping; the document does not print its status, 201 is inferred."""
    body = call.json_object() | {"destinationId": _destination(call)}
    key = MAPPINGS.add(call, MAPPINGS.checked(call.state, body, key=None))
    return Reply(201, MAPPINGS.shown(call, key))


def bulk_create(call: Call) -> Reply:
    """Answer POST of an array of mappings: all or none. That, and the status 201, are inferred."""
    destination, found, problems = _destination(call), [], []
    for position, body in enumerate(call.json_objects()):
        try:
            found.append(MAPPINGS.checked(call.state, body | {"destinationId": destination}, key=None))
        except Refusal as refusal:
            problems += [f"[{position}].{problem}" for problem in refusal.child_messages]
    if problems:
        raise bad_request(problems)
    render = MAPPINGS.render(call, one=True)
    return Reply(201, b"[" + b",".join(render([MAPPINGS.add(call, values) for values in found])) + b"]")


def delete_segment(call: Call) -> Reply:
    """Answer DELETE of all mappings of a segment; 404 when there is none (inferred)."""
    destination, sid, collection = _destination(call), call.params["sid"], MAPPINGS.collection(call.state)
    rows = collection.rows
    found = [key for key in collection.with_value("sid", sid) if rows[key]["destinationId"] == destination]
    if not found:
        raise not_found(f"Mapping to destination {destination} of segment", sid)
    for key in found:
        collection.remove(key)
    return Reply(204)


def _destination(call: Call) -> int:
    return call.state.resources["destinations"].find(call)


_AT = "/v1/destinations/{destinationId:int}"
_MAPPING = f"{_AT}/mappings/{{destinationMappingId:int}}"
_ONE: dict[str, Any] = ref("Mapping")
_BODY: dict[str, Any] = ref("MappingBody")
_MANY = {"type": "array", "items": _ONE}
_LIST: dict[str, Any] = {"query": (*INCLUDES, *PAGING), "answer": _MANY}
_CREATE: dict[str, Any] = {"body": _BODY, "answer": _ONE, "status": 201}
_BULK: dict[str, Any] = {"body": {"type": "array", "items": _BODY}, "answer": _MANY, "status": 201}
SERVICE = Service(
    tag="Mappings",
    about="Which segment goes to which destination.",
    resources=(MAPPINGS,),
    routes=(
        Route("GET", f"{_AT}/mappings", show, "The mappings of a destination", **_LIST),
        Route("GET", f"{_AT}/traits", show, "The same, as some samples spell it", **_LIST),
        Route("POST", f"{_AT}/mappings", create, "Map a segment", **_CREATE),
        Route("POST", f"{_AT}/traits", create, "The same, as some samples spell it", **_CREATE),
        Route("POST", f"{_AT}/bulk-create", bulk_create, "Map many segments", **_BULK),
        Route("POST", f"{_AT}bulk-create", bulk_create, "The same, as some samples spell it", **_BULK),
        Route("GET", _MAPPING, MAPPINGS.get, "One mapping", answer=_ONE),
        Route("DELETE", _MAPPING, MAPPINGS.delete, "Delete a mapping", status=204),
        Route("DELETE", f"{_AT}/segments/{{sid:int}}", delete_segment, "Delete all mappings of a segment", status=204),
    ),
)
