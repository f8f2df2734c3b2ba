"""Data feeds of the Audience Marketplace, read only: offering and subscribing have a price and stay in the AAM UI."""

from __future__ import annotations

from airflow_provider_aam.api.resources.declare import READ, Action, Confidence, Resource, Type, verbs

_FIELDS = {
    "dataSourceId": Type.INTEGER,
    "pid": Type.INTEGER,
    "name": Type.TEXT,
    "description": Type.TEXT,
    "status": Type.TEXT,
    "createTime": Type.INSTANT,
    "updateTime": Type.INSTANT,
}


def _list(name: str, path: str, about: str, confidence: Confidence) -> Action:
    return Action(name=name, method="GET", path=path, about=about, confidence=confidence, rows=True)


DATA_FEEDS = Resource(
    name="data_feeds",
    path="data-feeds",
    id_field="dataSourceId",
    verbs=verbs(*READ, confidence=Confidence.CLIENT),
    fields=_FIELDS,
    actions=(
        _list("plans", "data-feeds/{dataSourceId}/plans", "The plans that a feed is offered with.", Confidence.DOC),
        _list(
            "subscriptions",
            "data-feeds/{dataSourceId}/subscriptions",
            "Who has subscribed to a feed.",
            Confidence.DOC,
        ),
        _list(
            "potential_subscribers",
            "data-feeds/{dataSourceId}/potential-subscribers",
            "Who may subscribe to a feed.",
            Confidence.CLIENT,
        ),
        _list(
            "billing_report",
            "data-feeds/billing/report",
            "What is billed; how the path is split is inferred.",
            Confidence.INFERRED,
        ),
    ),
)

AVAILABLE_DATA_FEEDS = Resource(
    name="available_data_feeds",
    path="available-data-feeds",
    id_field="dataSourceId",
    verbs=verbs(READ[0], confidence=Confidence.DOC),
    fields=_FIELDS,
    actions=(
        _list(
            "plans",
            "available-data-feeds/{dataSourceId}/plans",
            "The plans that another company offers a feed with.",
            Confidence.CLIENT,
        ),
        _list(
            "requests",
            "available-data-feeds/{dataSourceId}/requests",
            "Requests for a feed. The path is documented for POST, reading it is inferred.",
            Confidence.INFERRED,
        ),
    ),
)
