"""The routes of data feeds: a partner's own, and those of others. Paths are observed, all bodies are inferred.

A stored feed carries its `plans`, `potentialSubscribers`, `subscriptions` and `requests`; each is a list of its own on
the wire.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import msgspec

from airflow_provider_aam.emulator.core.authentication import require_access
from airflow_provider_aam.emulator.core.call import Reply, Route
from airflow_provider_aam.emulator.core.listing import PAGING, list_reply
from airflow_provider_aam.emulator.core.refusals import not_found
from airflow_provider_aam.emulator.core.rendering import escape_json, renderer, tagged

if TYPE_CHECKING:
    from collections.abc import Callable

    from airflow_provider_aam.emulator.core.call import Call

PARTS = ("plans", "potentialSubscribers", "subscriptions", "requests")


def show(name: str, call: Call) -> Reply:
    """Answer GET on a collection of feeds."""
    feeds = call.state.collections[name]
    return list_reply(call, feeds, None, renderer(feeds, escaped=call.escaped, without=frozenset(PARTS)))


def get(name: str, call: Call) -> Reply:
    """Answer GET on one feed, by the data source it is made of."""
    feeds, key = call.state.collections[name], _find(name, call)
    return tagged(renderer(feeds, escaped=call.escaped, without=frozenset(PARTS))(key))


def part(name: str, member: str, call: Call) -> Reply:
    """Answer GET on one of the lists that belong to a feed."""
    feed = call.state.collections[name].rows[_find(name, call)]
    return _reply(call, feed.get(member, []))


def billing_report(call: Call) -> Reply:
    """Answer with one row a subscription: what it costs by its plan."""
    require_access(call)
    rows = []
    for feed in call.state.collections["data_feeds"].rows.values():
        prices = {plan["planId"]: plan for plan in feed.get("plans", [])}
        for each in feed.get("subscriptions", []):
            plan = prices.get(each["planId"], {})
            costs = {name: plan.get(name) for name in ("billingUnit", "price")}
            rows.append({"dataSourceId": feed["dataSourceId"], "feedName": feed.get("name"), **each, **costs})
    return _reply(call, rows)


def _find(name: str, call: Call) -> int:
    require_access(call)
    key: int = call.params["dataSourceId"]
    if key not in call.state.collections[name].rows:
        raise not_found("Data feed", key)
    return key


def _reply(call: Call, value: object) -> Reply:
    body = msgspec.json.encode(value)
    return Reply(body=escape_json(body) if call.escaped else body)


def _route(path: str, handler: Callable[[Call], Reply], about: str, **more: Any) -> Route:
    return Route(method="GET", path=f"/v1/{path}", handler=handler, tag="Data feeds", about=about, **more)


def _routes(path: str, name: str, parts: dict[str, str]) -> tuple[Route, ...]:
    one = f"{path}/{{dataSourceId:int}}"
    return (
        _route(path, partial(show, name), f"All {path}", query=PAGING),
        _route(one, partial(get, name), "One feed"),
        *(
            _route(f"{one}/{where}", partial(part, name, member), f"The {where} of a feed")
            for where, member in parts.items()
        ),
    )


ROUTES = (
    _route("data-feeds/billing/report", billing_report, "What subscribers owe"),
    *_routes(
        "data-feeds",
        "data_feeds",
        {"plans": "plans", "potential-subscribers": "potentialSubscribers", "subscriptions": "subscriptions"},
    ),
    *_routes("available-data-feeds", "available_data_feeds", {"plans": "plans", "requests": "requests"}),
)
