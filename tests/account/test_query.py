"""Options become AAM's query parameters, or one clear error."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any, cast

import lazy_object_proxy
import pendulum
import pytest

from airflow_provider_aam.account.query import Query, build_query
from airflow_provider_aam.api.collection import Collection
from airflow_provider_aam.api.errors import AAMArgumentError
from airflow_provider_aam.api.moments import epoch_ms, parse_moment
from airflow_provider_aam.api.resources import RESOURCES

JANUARY_MS = 1_767_225_600_000


def query(resource: str = "segments", **options: Any) -> Query:
    return build_query(Collection(RESOURCES[resource], cast("Any", None)), **options)


def test_filters_go_to_aam_as_they_are():
    filters = {"folderId": 7, "search": "price"}
    assert query(filters=filters).params == filters
    assert filters == {"folderId": 7, "search": "price"}


@pytest.mark.parametrize(
    "instant",
    [
        datetime(2026, 1, 1, tzinfo=UTC),
        datetime(2026, 1, 1, 1, tzinfo=timezone(timedelta(hours=1))),
        pendulum.datetime(2026, 1, 1),
        "2026-01-01T00:00:00Z",
        "2026-01-01 00:00:00+00:00",
        "2026-01-01T01:00:00.000999+01:00",
    ],
    ids=["utc", "offset", "pendulum", "iso", "as a template renders it", "rounded down"],
)
def test_updated_since_becomes_epoch_milliseconds(instant):
    assert query(updated_since=instant).params == {"updatedSince": JANUARY_MS}


def test_updated_since_keeps_milliseconds():
    assert epoch_ms(parse_moment("2026-01-01T00:00:00.123Z", what="x")) == JANUARY_MS + 123


@pytest.mark.parametrize(
    "nothing", [None, "", "None", lazy_object_proxy.Proxy(lambda: None)], ids=["none", "empty", "text", "native"]
)
def test_updated_since_of_a_first_run_means_all(nothing):
    assert query(updated_since=nothing).params == {}


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"updated_since": "yesterday"}, "^updated_since.* not an ISO 8601 timestamp"),
        ({"updated_since": datetime(2026, 1, 1)}, "has no time zone"),  # noqa: DTZ001
        ({"updated_since": "2026-01-01"}, "has no time zone"),
        ({"updated_since": 1767225600}, "must be an aware datetime"),
        ({"updated_since": "2026-01-01T00:00Z", "filters": {"updatedSince": 1}}, "^updated_since .* both given"),
        ({"filters": {"folderID": 1}}, "Did you mean folderId"),
        ({"filters": {"page": 2}}, "every page is read"),
        ({"filters": {"pageSize": 2}}, "use page_size"),
        ({"filters": {"sortBy": "name"}}, "sorted by id"),
        ({"filters": "folderId=7"}, "must be a mapping"),
        ({"page_size": 0}, "^page_size must be .* from 1 to 1000, not 0"),
        ({"page_size": 1001}, "from 1 to 1000, not 1001"),
        ({"page_size": "100"}, "an integer"),
        ({"page_size": True}, "an integer"),
        ({"max_concurrency": 0}, "^max_concurrency must be .*1 or more, not 0"),
    ],
    ids=lambda value: str(value)[:60],
)
def test_bad_option_is_refused(options, said):
    with pytest.raises(AAMArgumentError, match=said):
        query(**options)


def test_updated_since_is_refused_where_aam_does_not_know_it():
    with pytest.raises(AAMArgumentError, match="cannot list traits by the time"):
        query("traits", updated_since="2026-01-01T00:00Z")


def test_metrics_are_refused_where_aam_has_none():
    with pytest.raises(AAMArgumentError, match="no metrics in the list of data_sources"):
        query("data_sources", include_metrics=True)


@pytest.mark.parametrize(
    ("options", "included"),
    [
        ({}, False),
        ({"include_metrics": True}, True),
        ({"filters": {"includeMetrics": True}}, True),
        ({"filters": {"includeMetrics": "true"}}, True),
        ({"filters": {"includeMetrics": False}}, False),
    ],
)
def test_metrics_are_known_whichever_way_they_were_asked_for(options, included):
    assert query("traits", **options).include_metrics is included
