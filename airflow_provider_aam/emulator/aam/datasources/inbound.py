"""The inbound files of a data source, and who is told of them. Paths are observed, bodies are inferred."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from airflow_provider_aam.emulator.aam.datasources.routes import DATA_SOURCES
from airflow_provider_aam.emulator.core.call import Call, Parameter, Reply, Route, json_reply
from airflow_provider_aam.emulator.core.refusals import bad_request, not_found
from airflow_provider_aam.emulator.core.rendering import escape_json
from airflow_provider_aam.emulator.core.state import PID

if TYPE_CHECKING:
    from collections.abc import Callable

HISTORY_QUERY = (
    Parameter(name="startDate", type="integer", about="Epoch milliseconds, required (as for outbound files)."),
    Parameter(name="endDate", type="integer", about="Epoch milliseconds, required, inclusive."),
    Parameter(name="includeSamplingDetails", type="boolean", about="Adds `samplingDetails`."),
    Parameter(name="dataFileName", about="Files of this name."),
)
_COUNTS = ("receivedRecords", "attemptedRecords", "successRecords", "failedRecords")


def history(call: Call) -> Reply:
    """Answer GET …/history/inbound: the files that were begun between two times, oldest first."""
    source = DATA_SOURCES.find(call)
    start, end, name = call.integer("startDate"), call.integer("endDate"), call.text("dataFileName")
    if start is None or end is None:
        raise bad_request(["startDate, endDate: may not be empty"], "Invalid request parameter")
    rows = [
        row
        for row in call.state.collections["inbound_history"].rows.values()
        if row["dataSourceId"] == source
        and start <= row["startTime"] <= end
        and (not name or row["dataFileName"] == name)
    ]
    shown = [_shown(row, sampling=call.flag("includeSamplingDetails")) for row in sorted(rows, key=_started)]
    body = msgspec.json.encode(shown)
    return Reply(body=escape_json(body) if call.escaped else body)


def _started(row: dict[str, Any]) -> tuple[int, int]:
    return row["startTime"], row["historyId"]


def _shown(row: dict[str, Any], *, sampling: bool) -> dict[str, Any]:
    known = ("dataSourceId", "dataFileName", "syncType", "startTime", "endTime", "success")
    shown = {name: row.get(name) for name in known} | {name: row.get(name, 0) for name in _COUNTS}
    return shown | ({"samplingDetails": row.get("samplingDetails", [])} if sampling else {})


def subscription(call: Call) -> Reply:
    """Answer GET …/inbound-mailing-list/{email}: 404 for an address that is not on the list."""
    source, row = DATA_SOURCES.find(call), _subscribed(call)
    if row is None:
        raise not_found("Address", call.params["email"])
    return json_reply({"dataSourceId": source, "email": row["email"]})


def subscribe(call: Call) -> Reply:
    """Put an address on the list; one that is on it stays."""
    source, email = DATA_SOURCES.find(call), call.params["email"]
    if "@" not in email:
        raise bad_request(["email: must be an address"])
    if _subscribed(call) is None:
        key = call.state.next_id("inbound_mailing_lists")
        row = {"mailingListId": key, "pid": PID, "dataSourceId": source, "email": email}
        call.state.collections["inbound_mailing_lists"].put(row)
    return json_reply({"dataSourceId": source, "email": email})


def unsubscribe(call: Call) -> Reply:
    """Take an address off the list."""
    DATA_SOURCES.find(call)
    row = _subscribed(call)
    if row is None:
        raise not_found("Address", call.params["email"])
    call.state.collections["inbound_mailing_lists"].remove(row["mailingListId"])
    return Reply(204)


def _subscribed(call: Call) -> dict[str, Any] | None:
    wanted = (call.params["dataSourceId"], call.params["email"])
    rows = call.state.collections["inbound_mailing_lists"].rows.values()
    return next((row for row in rows if (row["dataSourceId"], row["email"]) == wanted), None)


def _route(method: str, where: str, handler: Callable[[Call], Reply], about: str, **more: Any) -> Route:
    path = f"/v1/datasources/{{dataSourceId:int}}/{where}"
    return Route(method=method, path=path, handler=handler, tag="Data sources", about=about, **more)


_LIST = "inbound-mailing-list/{email:path}"
ROUTES = (
    _route("GET", "history/inbound", history, "Inbound files and what became of them", query=HISTORY_QUERY),
    _route("GET", _LIST, subscription, "Whether an address gets messages about inbound files"),
    _route("PUT", _LIST, subscribe, "Put an address on the list (PUT or POST is not known)"),
    _route("POST", _LIST, subscribe, "Put an address on the list (PUT or POST is not known)"),
    _route("DELETE", _LIST, unsubscribe, "Take an address off the list", status=204),
)
