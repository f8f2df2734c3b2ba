"""The routes and rules of data sources."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow_provider_aam.emulator.aam.datasources.fields import FIELDS, QUERY
from airflow_provider_aam.emulator.core.call import Route, json_reply
from airflow_provider_aam.emulator.core.crud import crud_routes
from airflow_provider_aam.emulator.core.listing import all_of, equal
from airflow_provider_aam.emulator.core.refusals import bad_request, conflict
from airflow_provider_aam.emulator.core.resource import PERMISSIONS, Resource
from airflow_provider_aam.emulator.core.state import PID

if TYPE_CHECKING:
    from collections.abc import Callable

    from airflow_provider_aam.emulator.core.call import Call, Reply
    from airflow_provider_aam.emulator.core.collection import Row
    from airflow_provider_aam.emulator.core.state import State

# The first two are observed; the third's spelling and the versions are inferred.
ID_TYPES = ["COOKIE", "CROSS_DEVICE", "DEVICE_ADVERTISING_ID"]
VISITOR_ID_VERSIONS = [0, 1, 2]


def _problems(state: State, values: Row, key: int | None) -> list[str]:  # noqa: ARG001
    """Nothing can be wrong; a cross-device source never uses Audience Manager's visitor id [client: the portal]."""
    if values.get("idType") == "CROSS_DEVICE":
        values["useAudienceManagerVisitorID"] = False
    return []


def _in_use(state: State, row: Row) -> None:
    """409 while traits or segments belong to it. What AAM does then is not documented; this is our choice."""
    source = row["dataSourceId"]
    for name in ("traits", "segments"):
        owned = sum(each["dataSourceId"] == source for each in state.collections[name].rows.values())
        if owned:
            raise conflict(f"Data source {source} cannot be deleted: {owned} {name} belong to it.")


def _keep(call: Call) -> Callable[[Row], bool] | None:
    conditions = equal(call, "integrationCode")
    if call.flag("inboundOnly"):
        conditions.append(lambda row: row["inboundS2S"])
    if call.flag("outboundOnly"):
        conditions.append(lambda row: row["outboundS2S"])
    if call.flag("modelingEnabled"):
        conditions.append(lambda row: row["status"] == "ACTIVE")
    if call.flag("availableForContainersOnly"):
        conditions.append(lambda row: not row["containerIds"])
    if call.flag("excludeReportSuites"):
        conditions.append(lambda row: row["type"] != "REPORT_SUITE")
    if call.text("objectType").casefold() not in ("", "segment", "trait"):
        raise bad_request(["objectType: must be segment or trait"], "Invalid request parameter")
    if not call.flag("includeThirdParty"):
        conditions.append(lambda row: row["pid"] == PID)
    return all_of(conditions)


def _extras(call: Call, *, one: bool) -> Callable[[Row], dict[str, Any]] | None:  # noqa: ARG001
    return (lambda _: {"permissions": PERMISSIONS}) if call.flag("includePermissions") else None


DATA_SOURCES = Resource(
    name="data_sources",
    noun="Data source",
    path="/v1/datasources",
    id_field="dataSourceId",
    fields=FIELDS,
    query=QUERY,
    problems=_problems,
    in_use=_in_use,
    keep=_keep,
    extras=_extras,
)


def id_types(call: Call) -> Reply:  # noqa: ARG001
    """Answer GET /datasources/configurations/available-id-types."""
    return json_reply(ID_TYPES)


def visitor_id_versions(call: Call) -> Reply:  # noqa: ARG001
    """Answer GET /datasources/configurations/marketing-cloud-visitorid-versions."""
    return json_reply(VISITOR_ID_VERSIONS)


def _configuration(name: str, handler: Callable[[Call], Reply], about: str) -> Route:
    path = f"/v1/datasources/configurations/{name}"
    return Route(method="GET", path=path, handler=handler, tag="Data sources", about=about)


ROUTES = (
    _configuration("available-id-types", id_types, "Values of idType"),
    _configuration("marketing-cloud-visitorid-versions", visitor_id_versions, "Versions of the ECID service"),
    *crud_routes(DATA_SOURCES, tag="Data sources"),
)
