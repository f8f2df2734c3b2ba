"""Data sources, what they can be configured with, and their inbound files (paths are observed, bodies inferred)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, get_args

from airflow_provider_aam.emulator.aam.datasources import rules
from airflow_provider_aam.emulator.aam.datasources.fields import FIELDS, QUERY
from airflow_provider_aam.emulator.core.call import Call, Parameter, Reply, Route, always, json_reply
from airflow_provider_aam.emulator.core.refusals import bad_request, not_found
from airflow_provider_aam.emulator.core.resource import Resource
from airflow_provider_aam.emulator.core.service import Service
from airflow_provider_aam.emulator.core.state import DEFAULT_MERGE_RULE_ID, PID
from airflow_provider_aam.emulator.settings import Category

if TYPE_CHECKING:
    from airflow_provider_aam.emulator.core.collection import Row

# The first two are observed; the third's spelling and the versions are inferred.
ID_TYPES = ["COOKIE", "CROSS_DEVICE", "DEVICE_ADVERTISING_ID"]
VISITOR_ID_VERSIONS = [0, 1, 2]
HISTORY_QUERY = (
    Parameter("startDate", "Epoch milliseconds, required (as for outbound files).", "integer"),
    Parameter("endDate", "Epoch milliseconds, required, inclusive.", "integer"),
    Parameter("includeSamplingDetails", "Adds `samplingDetails`.", "boolean"),
    Parameter("dataFileName", "Files of this name."),
)
# The categories and figures of the status report [doc: "Onboarding status report"]; their spelling here is inferred.
REPORT_CATEGORIES = get_args(Category)
_FIGURES = ("totalRealizedTraits", "totalRemovedTraits", "totalSignals", "totalUnusedSignals")
_COUNTS = (
    *("receivedRecords", "attemptedRecords", "successRecords", "failedRecords"),
    *REPORT_CATEGORIES,
    *_FIGURES,
    "totalTraitsFailedValidation",
)

DATA_SOURCES = Resource(
    name="data_sources",
    noun="Data source",
    path="/v1/datasources",
    id_field="dataSourceId",
    first_id=3_001,
    reserved=(DEFAULT_MERGE_RULE_ID,),
    fields=FIELDS,
    query=QUERY,
    filled={"name": "A data source"},
    problems=rules.problems,
    in_use=rules.in_use,
    keep=rules.keep,
)
HISTORY = Resource(name="inbound_history", noun="Inbound file", id_field="historyId", verbs=(), audited=False)
MAILING = Resource(name="inbound_mailing_lists", noun="Address", id_field="mailingListId", verbs=(), audited=False)


def history(call: Call) -> Reply:
    """Answer GET …/history/inbound: the files that were begun between two times, oldest first."""
    source = DATA_SOURCES.find(call)
    start, end, name = call.integer("startDate"), call.integer("endDate"), call.text("dataFileName")
    if start is None or end is None:
        raise bad_request(["startDate, endDate: may not be empty"], "Invalid request parameter")
    rows = [
        row
        for row in HISTORY.collection(call.state).rows.values()
        if source in row.get("dataSourceIds", [row["dataSourceId"]])
        and start <= row["startTime"] <= end
        and (not name or row["dataFileName"] == name)
    ]
    rows.sort(key=lambda row: (row["startTime"], row["historyId"]))
    return call.reply([_shown(row, sampling=call.flag("includeSamplingDetails")) for row in rows])


def _shown(row: Row, *, sampling: bool) -> dict[str, Any]:
    known = ("dataSourceId", "dataFileName", "syncType", "startTime", "endTime", "success")
    shown: dict[str, Any] = {name: row.get(name) for name in known} | {name: row.get(name, 0) for name in _COUNTS}
    received, stored = shown["receivedRecords"], shown["successRecords"]
    shown |= {"storedRecords": stored, "percentSuccess": round(100 * stored / received, 2) if received else 0.0}
    return shown | ({"samplingDetails": row.get("samplingDetails", [])} if sampling else {})


def subscription(call: Call) -> Reply:
    """Answer GET …/inbound-mailing-list/{email}: 404 for an address that is not on the list."""
    source, row = DATA_SOURCES.find(call), _subscribed(call)
    if row is None:
        raise not_found(MAILING.noun, call.params["email"])
    return json_reply({"dataSourceId": source, "email": row["email"]})


def subscribe(call: Call) -> Reply:
    """Put an address on the list; one that is on it stays."""
    source, email = DATA_SOURCES.find(call), call.params["email"]
    if "@" not in email:
        raise bad_request(["email: must be an address"])
    if _subscribed(call) is None:
        row = {"mailingListId": call.state.next_id(MAILING.name), "pid": PID, "dataSourceId": source, "email": email}
        MAILING.collection(call.state).put(row)
    return json_reply({"dataSourceId": source, "email": email})


def unsubscribe(call: Call) -> Reply:
    """Take an address off the list."""
    DATA_SOURCES.find(call)
    row = _subscribed(call)
    if row is None:
        raise not_found(MAILING.noun, call.params["email"])
    MAILING.collection(call.state).remove(row["mailingListId"])
    return Reply(204)


def _subscribed(call: Call) -> Row | None:
    wanted = (call.params["dataSourceId"], call.params["email"])
    rows = MAILING.collection(call.state).rows.values()
    return next((row for row in rows if (row["dataSourceId"], row["email"]) == wanted), None)


_AT = "/v1/datasources/{dataSourceId:int}"
_LIST = f"{_AT}/inbound-mailing-list/{{email:path}}"
_CONFIGURATIONS = "/v1/datasources/configurations"
_VERSIONS = f"{_CONFIGURATIONS}/marketing-cloud-visitorid-versions"
SERVICE = Service(
    tag="Data sources",
    about="Where data comes from, and the inbound files of each.",
    resources=(DATA_SOURCES, HISTORY, MAILING),
    routes=(
        Route("GET", f"{_CONFIGURATIONS}/available-id-types", always(ID_TYPES), "Values of idType"),
        Route("GET", _VERSIONS, always(VISITOR_ID_VERSIONS), "Versions of the ECID service"),
        Route("GET", f"{_AT}/history/inbound", history, "Inbound files and what became of them", query=HISTORY_QUERY),
        Route("GET", _LIST, subscription, "Whether an address gets messages about inbound files"),
        Route("PUT", _LIST, subscribe, "Put an address on the list (PUT or POST is not known)"),
        Route("POST", _LIST, subscribe, "Put an address on the list (PUT or POST is not known)"),
        Route("DELETE", _LIST, unsubscribe, "Take an address off the list", status=204),
    ),
)
