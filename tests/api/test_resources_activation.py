"""Destinations, mappings, derived signals and models: every address, through the client."""

from __future__ import annotations

from typing import Any

import pytest

from airflow_provider_aam.api.client import AAMClient
from airflow_provider_aam.api.errors import AAMConflict, AAMNotFound
from airflow_provider_aam.api.limits import parse_limits
from airflow_provider_aam.emulator import Emulator

DAY_MS = 86_400_000
NOW_MS = 1_767_312_000_000


def url_destination(number: int = 1) -> dict[str, Any]:
    return {
        "name": f"Ads {number}",
        "destinationType": "PUSH",
        "serializationEnabled": True,
        "urlFormatString": "http://x.example/s?d=%ALIAS%",
        "secureUrlFormatString": "https://x.example/s?d=%ALIAS%",
        "delimiter": ",",
    }


def mapping(destination: int, sid: int) -> dict[str, Any]:
    alias = {"traitAlias": str(sid)}
    return {"destinationId": destination, "sid": sid, "traitType": "SEGMENT", "startDate": "2026-01-02", **alias}


@pytest.fixture
def sids(emulator: Emulator) -> list[int]:
    emulator.seed(segments=3)
    return sorted(row["sid"] for row in emulator.objects("segments"))


@pytest.mark.endpoint(
    "GET /destinations",
    "POST /destinations",
    "GET /destinations/{destinationId}",
    "PUT /destinations/{destinationId}",
    "DELETE /destinations/{destinationId}",
    "POST /destinations/bulk-delete",
    "GET /destinations/limits",
)
def test_destination_lives_from_create_to_delete(client: AAMClient) -> None:
    ids = [client.destinations.create(url_destination(number))["destinationId"] for number in range(3)]
    assert client.destinations.update(ids[0], {"name": "Renamed"})["name"] == "Renamed"
    assert client.destinations.get(ids[0])["urlFormatString"] == "http://x.example/s?d=%ALIAS%"
    summaries = client.destinations.fetch_all()
    assert [row["destinationId"] for row in summaries] == ids
    assert "urlFormatString" not in summaries[0]
    assert 3 in [use.count for use in parse_limits(client.destinations.limits()) or []]
    assert client.destinations.delete(ids[0])
    client.destinations.bulk_delete(ids[1:])
    assert client.destinations.fetch_all() == []


@pytest.mark.endpoint("GET /destinations/{destinationId}")
def test_destinations_are_read_whole_in_order(emulator: Emulator, client: AAMClient, sids: list[int]) -> None:
    ids = [client.destinations.create(url_destination(number))["destinationId"] for number in range(20)]
    client.mappings.create(mapping(ids[0], sids[0]))
    emulator.clear_stats()
    whole = [*client.destinations.read_all(include_mappings=True)]
    assert [row["destinationId"] for row in whole] == ids
    assert [len(row["mappings"]) for row in whole] == [1, *[0] * 19]
    assert whole[0]["mappings"][0]["destinationMappingId"]
    assert emulator.count() == 21
    assert "mappings" not in next(client.destinations.list())
    assert next(client.destinations.read_all())["mappings"] is None


@pytest.mark.endpoint(
    "GET /destinations/configurations/available-platforms",
    "GET /destinations/{destinationId}/history/outbound",
    "GET /destinations/segment-impressions",
)
def test_what_is_sent_where(client: AAMClient, sids: list[int]) -> None:
    made = client.destinations.create(url_destination())["destinationId"]
    client.mappings.create(mapping(made, sids[0]))
    assert client.destinations.call("available_platforms")[0] == "BROWSER"
    history = client.destinations.call("outbound_history", made, startDate=NOW_MS - DAY_MS, endDate=NOW_MS)
    assert isinstance(history, list)
    rows = client.destinations.call("segment_impressions", includeSegmentName=True)
    assert [row["sid"] for row in rows] == [sids[0]]


@pytest.mark.endpoint(
    "GET /destinations/{destinationId}/mappings",
    "POST /destinations/{destinationId}/mappings",
    "GET /destinations/{destinationId}/mappings/{destinationMappingId}",
    "PUT /destinations/mappings/{destinationMappingId}",
    "DELETE /destinations/{destinationId}/mappings/{destinationMappingId}",
)
def test_mapping_lives_from_create_to_delete(client: AAMClient, sids: list[int]) -> None:
    first, second = (client.destinations.create(url_destination(number))["destinationId"] for number in range(2))
    made = client.mappings.create(mapping(second, sids[0]))
    client.mappings.create(mapping(first, sids[1]))
    key = made["destinationMappingId"]
    changed = client.mappings.update(key, {"endDate": "2027-01-02"}, destinationId=second)
    assert (changed["destinationId"], changed["sid"], changed["endDate"]) == (second, sids[0], "2027-01-02")
    assert client.mappings.get(key, destinationId=second)["endDate"] == "2027-01-02"
    assert [row["destinationId"] for row in client.mappings.list()] == [first, second]
    assert [row["destinationMappingId"] for row in client.mappings.list(destinationId=second)] == [key]
    with pytest.raises(AAMConflict):
        client.destinations.delete(second)
    assert client.mappings.delete(key, destinationId=second)
    with pytest.raises(AAMNotFound):
        client.mappings.get(key, destinationId=second)


@pytest.mark.endpoint(
    "POST /destinations/{destinationId}/bulk-create", "DELETE /destinations/{destinationId}/segments/{sid}"
)
def test_mappings_are_made_in_bulk_and_deleted_by_segment(client: AAMClient, sids: list[int]) -> None:
    made = client.destinations.create(url_destination())["destinationId"]
    rows = client.mappings.call("bulk_create", made, body=[mapping(made, sid) for sid in sids])
    assert [row["sid"] for row in rows] == sids
    client.mappings.call("delete_segment", made, sids[0])
    assert [row["sid"] for row in client.mappings.list(destinationId=made)] == sids[1:]


@pytest.mark.endpoint(
    "GET /signals/derived",
    "POST /signals/derived",
    "GET /signals/derived/{derivedSignalId}",
    "PUT /signals/derived/{derivedSignalId}",
    "DELETE /signals/derived/{derivedSignalId}",
)
def test_derived_signal_lives_from_create_to_delete(client: AAMClient) -> None:
    body = {"sourceKey": "zip", "sourceValue": "1", "targetKey": "city", "targetValue": "Basel"}
    made = client.derived_signals.create(body)["derivedSignalId"]
    with pytest.raises(AAMConflict):
        client.derived_signals.create(body)
    assert client.derived_signals.update(made, {"targetValue": "Bern"})["targetValue"] == "Bern"
    assert client.derived_signals.get(made)["sourceKey"] == "zip"
    assert [row["derivedSignalId"] for row in client.derived_signals.list()] == [made]
    assert client.derived_signals.delete(made)
    assert client.derived_signals.fetch_all() == []


@pytest.fixture
def model(emulator: Emulator) -> dict[str, Any]:
    emulator.seed(traits=5)
    trait = emulator.objects("traits")[0]
    return {
        "name": "Look-alikes",
        "description": "",
        "dataSources": [trait["dataSourceId"]],
        "sid": trait["sid"],
        "algoTypeId": 1,
        "lookBackPeriod": 30,
    }


@pytest.mark.endpoint(
    "GET /models",
    "POST /models",
    "GET /models/{algoModelId}",
    "PUT /models/{algoModelId}",
    "DELETE /models/{algoModelId}",
    "POST /models/bulk-delete",
    "GET /models/limits",
)
def test_model_lives_from_create_to_delete(client: AAMClient, model: dict[str, Any]) -> None:
    ids = [client.models.create({**model, "name": f"Model {number}"})["algoModelId"] for number in range(3)]
    assert client.models.update(ids[0], {"name": "Renamed"})["name"] == "Renamed"
    assert client.models.get(ids[0], includePermissions=True)["name"] == "Renamed"
    assert [row["algoModelId"] for row in client.models.list(includeDataSources=True)] == ids
    assert 3 in [use.count for use in parse_limits(client.models.limits()) or []]
    assert client.models.delete(ids[0])
    client.models.bulk_delete(ids[1:])
    assert client.models.fetch_all() == []


@pytest.mark.endpoint(
    "GET /models/{algoModelId}/runs/latest/traits",
    "GET /models/{algoModelId}/runs/latest/stats",
    "GET /models/{algoModelId}/processing-history",
)
def test_runs_of_a_model(client: AAMClient, model: dict[str, Any]) -> None:
    made = client.models.create(model)["algoModelId"]
    traits = client.models.call("latest_traits", made)
    assert client.models.call("latest_traits", made, page=0, pageSize=2) == traits[:2]
    assert isinstance(client.models.call("latest_stats", made), list)
    assert all(isinstance(instant, int) for instant in client.models.call("processing_history", made))


@pytest.mark.endpoint("GET /algorithms", "GET /algorithms/{algoTypeId}")
def test_algorithms(client: AAMClient) -> None:
    assert [row["algoTypeId"] for row in client.algorithms.list()] == [1]
    assert client.algorithms.get(1)["algoTypeId"] == 1
