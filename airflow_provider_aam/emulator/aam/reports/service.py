"""Reports on populations. Parameters and paths are a client's; bodies but the trend's are inferred."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from airflow_provider_aam.emulator.aam.reports.figures import (
    DAY_MS,
    SIZES,
    days,
    described,
    figures,
    interval_of,
    today_of,
)
from airflow_provider_aam.emulator.core.authentication import require_access
from airflow_provider_aam.emulator.core.call import Call, Parameter, Reply, Route, ref
from airflow_provider_aam.emulator.core.fields import Field, read_body
from airflow_provider_aam.emulator.core.listing import PAGING, requested_page, searching
from airflow_provider_aam.emulator.core.refusals import bad_request
from airflow_provider_aam.emulator.core.service import Service

if TYPE_CHECKING:
    from collections.abc import Callable

    from airflow_provider_aam.emulator.core.collection import Row

TREND_FIELDS = (
    Field("startDate", "integer", "Epoch milliseconds.", required=True),
    Field("endDate", "integer", "Epoch milliseconds, inclusive (inferred).", required=True),
    Field("interval", "string", "1D, 7D, 14D, 30D, 60D or 90D before each day.", default="1D"),
    Field("sids", "integers", "Traits, or segments.", required=True),
    Field("traitMetricsType", "string", "The figures are the same.", one_of=("DEVICE", "CROSS_DEVICE")),
)
INTERVAL = Parameter("interval", "1D unless given.")
OVER_TIME = (
    Parameter("startDate", "Epoch milliseconds, required.", "integer"),
    Parameter("endDate", "Epoch milliseconds, required.", "integer"),
    INTERVAL,
)
TABLE = (
    INTERVAL,
    Parameter("cutOff", "Leaves out smaller populations (meaning inferred); 0 unless given.", "integer"),
    Parameter("restrictType", "A trait type."),
    *PAGING,
)
DATE = Parameter("date", "Epoch milliseconds; today unless given (inferred).", "integer")


def trend(kind: str, call: Call) -> Reply:
    """Answer POST: each object with its figures by day."""
    require_access(call)
    values, problems = read_body(TREND_FIELDS, call.json_object(), creating=True)
    rows = call.state.collections[kind].rows
    problems += [f"sids: {sid} does not exist" for sid in values.get("sids", []) if sid not in rows]
    if problems:
        raise bad_request(problems)
    interval = interval_of(values["interval"])
    asked = days(call, values["startDate"], values["endDate"])
    return call.reply([_series(call, kind, rows[sid], asked, interval) for sid in values["sids"]])


def trend_of_one(kind: str, call: Call) -> Reply:
    """Answer GET of one sid with one object (inferred: an array of one would be as likely)."""
    resource = call.state.resources[kind]
    row = resource.collection(call.state).rows[resource.find(call)]
    return call.reply(_series(call, kind, row, _asked_days(call), interval_of(call.text("interval"))))


def largest(kind: str, call: Call) -> Reply:
    """Answer with the largest populations, the largest first."""
    rows = _rows(call, kind, today_of(call.state))
    return _table(call, kind, rows, lambda row: row[SIZES[kind]])


def most_changed(kind: str, call: Call) -> Reply:
    """Answer with what changed most against the interval before, in either direction."""
    interval, today, size = interval_of(call.text("interval")), today_of(call.state), SIZES[kind]
    rows = []
    for row in _candidates(call, kind):
        now = figures(call.state, kind, row, day=today, interval=interval)
        before = figures(call.state, kind, row, day=today - interval * DAY_MS, interval=interval)[size]
        change = now[size] - before
        percent = round(100 * change / before, 2) if before else None
        rows.append(described(row) | now | {"previous": before, "change": change, "percentageChange": percent})
    return _table(call, kind, rows, lambda row: abs(row["change"]))


def for_date(kind: str, call: Call) -> Reply:
    """Answer with every object's figures of one day, today unless given. AAM gives it to the AAM UI's users only."""
    day, today = call.integer("date"), today_of(call.state)
    day = today if day is None else day // DAY_MS * DAY_MS
    if day > today:
        raise bad_request(["date: must not be in the future"])
    return _table(call, kind, _rows(call, kind, day), lambda row: -row["sid"])


def partner_uniques(call: Call) -> Reply:
    """Answer with the partner's unique visitors by day: those of its largest trait (inferred)."""
    require_access(call)
    interval, state = interval_of(call.text("interval")), call.state
    rows = state.collections["traits"].rows.values()
    metrics = {
        str(day): {
            "uniques": max(
                (figures(state, "traits", row, day=day, interval=interval)["uniques"] for row in rows), default=0
            )
        }
        for day in _asked_days(call)
    }
    return call.reply({"metrics": metrics})


def _series(call: Call, kind: str, row: Row, asked: list[int], interval: int) -> dict[str, Any]:
    of_day = partial(figures, call.state, kind, row, interval=interval)
    return described(row) | {"metrics": {str(day): of_day(day=day) for day in asked}}


def _rows(call: Call, kind: str, day: int) -> list[Row]:
    interval = interval_of(call.text("interval"))
    rows = _candidates(call, kind)
    return [described(row) | figures(call.state, kind, row, day=day, interval=interval) for row in rows]


def _asked_days(call: Call) -> list[int]:
    start, end = call.integer("startDate"), call.integer("endDate")
    if start is None or end is None:
        raise bad_request(["startDate, endDate: may not be empty"], "Invalid request parameter")
    return days(call, start, end)


def _candidates(call: Call, kind: str) -> list[Row]:
    require_access(call)
    wanted = call.texts("restrictType")
    rows = call.state.collections[kind].rows.values()
    return [row for row in rows if not wanted or row["traitType"] in wanted]


def _table(call: Call, kind: str, rows: list[Row], rank: Callable[[Row], int]) -> Reply:
    """Return the rows in the order of `rank`, or of `sortBy`: an array, or a page when the query asks for one."""
    page, least = requested_page(call), call.integer("cutOff") or 0
    search = searching(call)
    rows = [row for row in rows if row[SIZES[kind]] >= least and all(mentioned(row) for mentioned in search)]
    rows.sort(key=lambda row: (-rank(row), row["sid"]))
    if sort_by := call.text("sortBy"):
        rows.sort(key=lambda row: _sortable(row.get(sort_by)), reverse=call.flag("descending"))
    if page is None:
        return call.reply(rows)
    number, size = page
    part = rows[number * size : (number + 1) * size]
    return call.reply({"total": len(rows), "page": number, "pageSize": size, "list": part})


def _sortable(value: object) -> tuple[float, str]:
    return (value, "") if isinstance(value, int | float) else (0.0, str(value or "").casefold())


def _routes(kind: str) -> tuple[Route, ...]:
    def route(method: str, where: str, handler: Any, about: str, **more: Any) -> Route:
        return Route(method, f"/v1/reports/{where}", partial(handler, kind), about, **more)

    return (
        route("POST", f"{kind}-trend", trend, f"Populations of {kind} by day", body=ref("TrendBody")),
        route(
            "GET",
            f"{kind}-trend/{{sid:int}}",
            trend_of_one,
            f"Populations of one of the {kind} by day",
            query=OVER_TIME,
        ),
        route("GET", f"largest-{kind}", largest, f"The largest {kind}", query=TABLE),
        route("GET", f"most-changed-{kind}", most_changed, f"The {kind} that changed most", query=TABLE),
        route("GET", f"{kind}-for-date", for_date, f"All {kind} on one day", query=(DATE, *TABLE)),
    )


SERVICE = Service(
    tag="Reports",
    about="Populations over time, the largest and the most changed.",
    routes=(
        *_routes("traits"),
        *_routes("segments"),
        Route(
            "GET",
            "/v1/reports/partner-uniques",
            partner_uniques,
            "The partner's unique visitors by day",
            query=OVER_TIME,
        ),
    ),
    bodies={"TrendBody": TREND_FIELDS},
)
