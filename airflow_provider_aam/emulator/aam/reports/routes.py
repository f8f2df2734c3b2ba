"""The routes of reports. Parameters and paths are a client's; bodies but the trend's are inferred."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import msgspec

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
from airflow_provider_aam.emulator.core.call import Call, Parameter, Reply, Route
from airflow_provider_aam.emulator.core.fields import Field, read_body
from airflow_provider_aam.emulator.core.listing import PAGING, requested_page
from airflow_provider_aam.emulator.core.refusals import bad_request, not_found
from airflow_provider_aam.emulator.core.rendering import escape_json

if TYPE_CHECKING:
    from collections.abc import Callable

    from airflow_provider_aam.emulator.core.collection import Row

TREND_FIELDS = (
    Field(name="startDate", kind="integer", required=True, about="Epoch milliseconds."),
    Field(name="endDate", kind="integer", required=True, about="Epoch milliseconds, inclusive (inferred)."),
    Field(name="interval", kind="string", default="1D", about="1D, 7D, 14D, 30D, 60D or 90D before each day."),
    Field(name="sids", kind="integers", required=True, about="Traits, or segments."),
    Field(name="traitMetricsType", kind="string", one_of=("DEVICE", "CROSS_DEVICE"), about="The figures are the same."),
)
INTERVAL = Parameter(name="interval", about="1D unless given.")
DATES = (
    Parameter(name="startDate", type="integer", about="Epoch milliseconds, required."),
    Parameter(name="endDate", type="integer", about="Epoch milliseconds, required."),
)
RANKING = (
    INTERVAL,
    Parameter(
        name="cutOff", type="integer", about="Leaves out smaller populations (meaning inferred); 0 unless given."
    ),
    Parameter(name="restrictType", about="A trait type."),
)


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
    return _reply(call, [_series(call, kind, rows[sid], asked, interval) for sid in values["sids"]])


def trend_of_one(kind: str, call: Call) -> Reply:
    """Answer GET of one sid with one object (inferred: an array of one would be as likely)."""
    require_access(call)
    rows, sid = call.state.collections[kind].rows, call.params["sid"]
    if sid not in rows:
        raise not_found(kind.removesuffix("s").capitalize(), sid)
    return _reply(call, _series(call, kind, rows[sid], _asked_days(call), interval_of(call.text("interval"))))


def largest(kind: str, call: Call) -> Reply:
    """Answer with the largest populations, the largest first."""
    interval, today = interval_of(call.text("interval")), today_of(call.state)
    rows = [
        described(row) | figures(call.state, kind, row, day=today, interval=interval) for row in _candidates(call, kind)
    ]
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
    """Answer with every object's figures of one day, today unless given. AAM gives it to the portal's users only."""
    day = call.integer("date")
    today = today_of(call.state)
    day = today if day is None else day // DAY_MS * DAY_MS
    if day > today:
        raise bad_request(["date: must not be in the future"])
    interval = interval_of(call.text("interval"))
    rows = [
        described(row) | figures(call.state, kind, row, day=day, interval=interval) for row in _candidates(call, kind)
    ]
    return _table(call, kind, rows, lambda row: -row["sid"])


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
    return _reply(call, {"metrics": metrics})


def _series(call: Call, kind: str, row: Row, asked: list[int], interval: int) -> dict[str, Any]:
    of_day = partial(figures, call.state, kind, row, interval=interval)
    return described(row) | {"metrics": {str(day): of_day(day=day) for day in asked}}


def _asked_days(call: Call) -> list[int]:
    start, end = call.integer("startDate"), call.integer("endDate")
    if start is None or end is None:
        raise bad_request(["startDate, endDate: may not be empty"], "Invalid request parameter")
    return days(call, start, end)


def _candidates(call: Call, kind: str) -> list[Row]:
    require_access(call)
    wanted = {value for value in call.query.get("restrictType", []) if value}
    rows = call.state.collections[kind].rows.values()
    return [row for row in rows if not wanted or row["traitType"] in wanted]


def _table(call: Call, kind: str, rows: list[Row], rank: Callable[[Row], int]) -> Reply:
    """Return the rows in the order of `rank`, or of `sortBy`: an array, or a page when the query asks for one."""
    page, least = requested_page(call), call.integer("cutOff") or 0
    rows = [row for row in rows if row[SIZES[kind]] >= least and _mentions(row, call.text("search").casefold())]
    rows.sort(key=lambda row: (-rank(row), row["sid"]))
    if sort_by := call.text("sortBy"):
        rows.sort(key=lambda row: _sortable(row.get(sort_by)), reverse=call.flag("descending"))
    if page is None:
        return _reply(call, rows)
    number, size = page
    part = rows[number * size : (number + 1) * size]
    return _reply(call, {"total": len(rows), "page": number, "pageSize": size, "list": part})


def _mentions(row: Row, needle: str) -> bool:
    return not needle or any(needle in str(value).casefold() for value in row.values() if value is not None)


def _sortable(value: object) -> tuple[float, str]:
    return (value, "") if isinstance(value, int | float) else (0.0, str(value or "").casefold())


def _reply(call: Call, value: object) -> Reply:
    body = msgspec.json.encode(value)
    return Reply(body=escape_json(body) if call.escaped else body)


def _routes(kind: str) -> tuple[Route, ...]:
    def route(method: str, where: str, handler: Any, about: str, **more: Any) -> Route:
        path = f"/v1/reports/{where}"
        return Route(method=method, path=path, handler=partial(handler, kind), tag="Reports", about=about, **more)

    body = {"$ref": "#/components/schemas/TrendBody"}
    table = (*RANKING, *PAGING)
    date = Parameter(name="date", type="integer", about="Epoch milliseconds; today unless given (inferred).")
    return (
        route("POST", f"{kind}-trend", trend, f"Populations of {kind} by day", body=body),
        route(
            "GET",
            f"{kind}-trend/{{sid:int}}",
            trend_of_one,
            f"Populations of one of the {kind} by day",
            query=(*DATES, INTERVAL),
        ),
        route("GET", f"largest-{kind}", largest, f"The largest {kind}", query=table),
        route("GET", f"most-changed-{kind}", most_changed, f"The {kind} that changed most", query=table),
        route("GET", f"{kind}-for-date", for_date, f"All {kind} on one day", query=(date, *table)),
    )


ROUTES = (
    *_routes("traits"),
    *_routes("segments"),
    Route(
        method="GET",
        path="/v1/reports/partner-uniques",
        handler=partner_uniques,
        tag="Reports",
        about="The partner's unique visitors by day",
        query=(*DATES, INTERVAL),
    ),
)
