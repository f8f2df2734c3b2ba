"""Data feeds: a partner's own, and those of others. Paths are observed, all bodies are inferred.

A stored feed carries its `plans`, `potentialSubscribers`, `subscriptions` and `requests`; each is a list of its own on
the wire.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from airflow_provider_aam.emulator.core.authentication import require_access
from airflow_provider_aam.emulator.core.call import Reply, Route
from airflow_provider_aam.emulator.core.rendering import Render, renderer
from airflow_provider_aam.emulator.core.resource import Resource
from airflow_provider_aam.emulator.core.service import Service

if TYPE_CHECKING:
    from airflow_provider_aam.emulator.core.call import Call

PARTS = frozenset({"plans", "potentialSubscribers", "subscriptions", "requests"})


class Feeds(Resource):
    """A feed is shown without what belongs to it."""

    def render(self, call: Call, *, one: bool) -> Render:  # noqa: ARG002
        """Return the function from ids to those feeds."""
        return renderer(self.collection(call.state), escaped=call.escaped, without=PARTS)


OWN = Feeds(
    name="data_feeds",
    noun="Data feed",
    path="/v1/data-feeds",
    id_field="dataSourceId",
    first_id=50_001,
    verbs=("list", "get"),
    audited=False,
)
AVAILABLE = replace(OWN, name="available_data_feeds", path="/v1/available-data-feeds", first_id=60_001)


def part(feeds: Feeds, member: str, call: Call) -> Reply:
    """Answer GET on one of the lists that belong to a feed."""
    return call.reply(feeds.collection(call.state).rows[feeds.find(call)].get(member, []))


def billing_report(call: Call) -> Reply:
    """Answer with one row a subscription: what it costs by its plan."""
    require_access(call)
    rows = []
    for feed in OWN.collection(call.state).rows.values():
        prices = {plan["planId"]: plan for plan in feed.get("plans", [])}
        for each in feed.get("subscriptions", []):
            plan = prices.get(each["planId"], {})
            costs = {name: plan.get(name) for name in ("billingUnit", "price")}
            rows.append({"dataSourceId": feed["dataSourceId"], "feedName": feed.get("name"), **each, **costs})
    return call.reply(rows)


def _part(feeds: Feeds, where: str, member: str) -> Route:
    path = f"{feeds.path}/{{dataSourceId:int}}/{where}"
    return Route("GET", path, partial(part, feeds, member), f"The {where} of a feed")


SERVICE = Service(
    tag="Data feeds",
    about="Audience Marketplace, as far as it can be read.",
    resources=(OWN, AVAILABLE),
    routes=(
        Route("GET", "/v1/data-feeds/billing/report", billing_report, "What subscribers owe"),
        _part(OWN, "plans", "plans"),
        _part(OWN, "potential-subscribers", "potentialSubscribers"),
        _part(OWN, "subscriptions", "subscriptions"),
        _part(AVAILABLE, "plans", "plans"),
        _part(AVAILABLE, "requests", "requests"),
    ),
)
