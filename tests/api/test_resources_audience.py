"""Traits, segments, folders and data sources: every address, through the client."""

from __future__ import annotations

from typing import Any

import pytest

from airflow_provider_aam.api.client import AAMClient
from airflow_provider_aam.api.errors import AAMNotFound
from airflow_provider_aam.api.limits import parse_limits
from airflow_provider_aam.emulator import Emulator


@pytest.fixture
def source(emulator: Emulator) -> int:
    return int(emulator.add("data_sources", {"name": "CRM"})["dataSourceId"])


def trait(source: int, number: int = 1) -> dict[str, Any]:
    return {
        "name": f"Trait {number}",
        "traitType": "RULE_BASED_TRAIT",
        "dataSourceId": source,
        "folderId": 0,
        "traitRule": f'c_page=="{number}"',
        "integrationCode": f"trait/{number}",
    }


def segment(source: int, sid: int, number: int = 1) -> dict[str, Any]:
    return {
        "name": f"Segment {number}",
        "segmentRule": f"{sid}T",
        "dataSourceId": source,
        "folderId": 0,
        "integrationCode": f"segment {number}",
    }


@pytest.mark.endpoint("GET /traits", "POST /traits", "GET /traits/{sid}", "PUT /traits/{sid}", "DELETE /traits/{sid}")
def test_trait_lives_from_create_to_delete(client: AAMClient, source: int) -> None:
    sid = client.traits.create(trait(source))["sid"]
    assert client.traits.update(sid, {"ttl": 30})["ttl"] == 30
    assert client.traits.get(sid)["traitRule"] == 'c_page=="1"'
    assert [row["sid"] for row in client.traits.list(dataSourceId=source)] == [sid]
    assert client.traits.delete(sid)
    assert client.traits.fetch_all() == []


@pytest.mark.endpoint(
    "GET /traits/ic:{integrationCode}", "PUT /traits/ic:{integrationCode}", "DELETE /traits/ic:{integrationCode}"
)
def test_trait_is_read_replaced_and_deleted_by_its_code(client: AAMClient, source: int) -> None:
    sid = client.traits.create({**trait(source), "integrationCode": "visit"})["sid"]
    body = {**trait(source), "integrationCode": "visit", "name": "Renamed"}
    assert client.traits.replace_by_integration_code("visit", body)["name"] == "Renamed"
    assert client.traits.get_by_integration_code("visit")["sid"] == sid
    assert client.traits.delete_by_integration_code("visit")
    assert not client.traits.delete_by_integration_code("visit")


@pytest.mark.endpoint("POST /traits/bulk-delete", "GET /traits/limits")
def test_traits_are_counted_and_deleted_in_bulk(client: AAMClient, source: int) -> None:
    sids = [client.traits.create(trait(source, number))["sid"] for number in range(3)]
    counts = {use.type: use.count for use in parse_limits(client.traits.limits()) or []}
    assert 3 in counts.values()
    client.traits.bulk_delete(sids[:2])
    assert [row["sid"] for row in client.traits.list()] == sids[2:]


@pytest.mark.endpoint("GET /traits/{sid}/trait-rule/versions")
def test_rules_that_a_trait_has_had(client: AAMClient, source: int) -> None:
    sid = client.traits.create(trait(source))["sid"]
    client.traits.update(sid, {"traitRule": "price > 5"})
    assert len(client.traits.call("rule_versions", sid)) == 2


@pytest.mark.endpoint("POST /traits/validate")
def test_trait_rule_is_validated(client: AAMClient) -> None:
    assert client.traits.validate('c_page=="pricing"')["valid"] is True
    assert client.traits.validate("c_page==")["valid"] is False


@pytest.mark.endpoint("POST /traits/test")
def test_event_is_tried_on_a_trait_rule(client: AAMClient) -> None:
    body = {"code": 'c_page=="pricing"', "url": "https://x.example/?c_page=pricing", "headers": {}}
    assert client.traits.call("test", body=body) is not None


@pytest.mark.endpoint(
    "GET /customer-trait-types", "POST /customer-trait-types", "GET /customer-trait-types/{pixelType}"
)
def test_trait_types_are_listed_read_and_created(client: AAMClient) -> None:
    made = client.trait_types.create({"name": "Newsletter"})
    assert client.trait_types.get(made["pixelType"])["name"] == "Newsletter"
    assert "Newsletter" in [row["name"] for row in client.trait_types.list()]


@pytest.mark.endpoint(
    "GET /segments", "POST /segments", "GET /segments/{sid}", "PUT /segments/{sid}", "DELETE /segments/{sid}"
)
def test_segment_lives_from_create_to_delete(client: AAMClient, source: int) -> None:
    operand = client.traits.create(trait(source))["sid"]
    sid = client.segments.create(segment(source, operand))["sid"]
    assert client.segments.update(sid, {"status": "INACTIVE"})["status"] == "INACTIVE"
    assert client.segments.get(sid, includeExprTree=True)["segmentRule"] == f"{operand}T"
    assert [row["sid"] for row in client.segments.list(containsTrait=operand)] == [sid]
    assert client.segments.delete(sid)
    with pytest.raises(AAMNotFound):
        client.segments.get(sid)


@pytest.mark.endpoint(
    "GET /segments/ic:{integrationCode}", "PUT /segments/ic:{integrationCode}", "DELETE /segments/ic:{integrationCode}"
)
def test_segment_is_read_replaced_and_deleted_by_its_code(client: AAMClient, source: int) -> None:
    body = segment(source, client.traits.create(trait(source))["sid"])
    sid = client.segments.create(body)["sid"]
    assert client.segments.replace_by_integration_code("segment 1", {**body, "name": "Renamed"})["sid"] == sid
    assert client.segments.get_by_integration_code("segment 1")["name"] == "Renamed"
    assert client.segments.delete_by_integration_code("segment 1")


@pytest.mark.endpoint("POST /segments/bulk-delete", "GET /segments/limits", "POST /segments/validate")
def test_segments_are_validated_counted_and_deleted_in_bulk(client: AAMClient, source: int) -> None:
    operand = client.traits.create(trait(source))["sid"]
    assert client.segments.validate(f"{operand}T")["valid"] is True
    sids = [client.segments.create(segment(source, operand, number))["sid"] for number in range(3)]
    assert [use.count for use in parse_limits(client.segments.limits()) or []] == [3]
    client.segments.bulk_delete(sids[:2])
    assert [row["sid"] for row in client.segments.list()] == sids[2:]


@pytest.mark.endpoint("POST /segments/bulk-merge-rule-replace")
def test_merge_rule_of_segments_is_replaced(client: AAMClient, source: int) -> None:
    made = client.segments.create(segment(source, client.traits.create(trait(source))["sid"]))
    body = {
        "existingMergeRuleDataSourceId": made["mergeRuleDataSourceId"],
        "replaceWithMergeRuleDataSourceId": source,
    }
    client.segments.call("replace_merge_rule", body=body)
    assert client.segments.get(made["sid"])["mergeRuleDataSourceId"] == source


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("estimate_size", marks=pytest.mark.endpoint("POST /segments/estimate-size")),
        pytest.param("estimate_7_day_size", marks=pytest.mark.endpoint("POST /segments/estimate-7-day-size")),
        pytest.param("estimate_30_day_size", marks=pytest.mark.endpoint("POST /segments/estimate-30-day-size")),
        pytest.param("estimate_60_day_size", marks=pytest.mark.endpoint("POST /segments/estimate-60-day-size")),
    ],
)
def test_size_of_a_rule_is_estimated(client: AAMClient, source: int, name: str) -> None:
    operand = client.traits.create(trait(source))["sid"]
    assert client.segments.call(name, body={"code": f"{operand}T"})["estimatedSize"] >= 0


@pytest.mark.endpoint(
    "GET /segment-test-groups",
    "POST /segment-test-groups",
    "GET /segment-test-groups/{segmentTestGroupId}",
    "POST /segment-test-groups/drafts",
)
def test_segment_test_groups_are_created_drafted_and_read(client: AAMClient, source: int) -> None:
    operand = client.traits.create(trait(source))["sid"]
    base = client.segments.create(segment(source, operand))["sid"]
    body = {
        "name": "A or B",
        "baseSegmentSid": base,
        "testSegments": [{"name": "A", "percentage": 60}, {"name": "B", "percentage": 40, "controlSegment": True}],
        "conversionSids": [operand],
        "destinationMappings": [],
        "startDate": "2026-01-02",
    }
    made = client.segment_test_groups.create(body)
    draft = client.segment_test_groups.call("create_draft", body={**body, "name": "Later"})
    assert client.segment_test_groups.get(made["segmentTestGroupId"])["name"] == "A or B"
    ids = [row["segmentTestGroupId"] for row in client.segment_test_groups.list()]
    assert {made["segmentTestGroupId"], draft["segmentTestGroupId"]} == {*ids}


@pytest.mark.parametrize(
    "of",
    [
        pytest.param(
            "trait",
            marks=pytest.mark.endpoint(
                "GET /folders/traits",
                "POST /folders/traits",
                "GET /folders/traits/{folderId}",
                "PUT /folders/traits/{folderId}",
                "DELETE /folders/traits/{folderId}",
            ),
        ),
        pytest.param(
            "segment",
            marks=pytest.mark.endpoint(
                "GET /folders/segments",
                "POST /folders/segments",
                "GET /folders/segments/{folderId}",
                "PUT /folders/segments/{folderId}",
                "DELETE /folders/segments/{folderId}",
            ),
        ),
    ],
)
def test_folder_lives_from_create_to_delete(client: AAMClient, of: str) -> None:
    folders = client.collection(f"{of}_folders")
    made = folders.create({"name": "Web", "parentFolderId": 0})["folderId"]
    assert folders.update(made, {"name": "Shop"})["name"] == "Shop"
    assert folders.get(made, includeSubFolders=True)["parentFolderId"] == 0
    assert [row["folderId"] for row in folders.list()] == [0, made]
    assert folders.delete(made)


@pytest.mark.endpoint("GET /folders/segments/{folderId}/segments")
def test_segments_of_a_folder(client: AAMClient, source: int) -> None:
    folder = client.segment_folders.create({"name": "Web", "parentFolderId": 0})["folderId"]
    operand = client.traits.create(trait(source))["sid"]
    sid = client.segments.create({**segment(source, operand), "folderId": folder})["sid"]
    client.segments.create(segment(source, operand, 2))
    assert [row["sid"] for row in client.segment_folders.call("segments", folder)] == [sid]


@pytest.mark.endpoint(
    "GET /datasources",
    "POST /datasources",
    "GET /datasources/{dataSourceId}",
    "PUT /datasources/{dataSourceId}",
    "DELETE /datasources/{dataSourceId}",
    "POST /datasources/bulk-delete",
)
def test_data_source_lives_from_create_to_delete(client: AAMClient) -> None:
    ids = [client.data_sources.create({"name": f"Source {number}"})["dataSourceId"] for number in range(3)]
    assert client.data_sources.update(ids[0], {"name": "CRM"})["name"] == "CRM"
    assert client.data_sources.get(ids[0])["name"] == "CRM"
    assert {*ids} <= {row["dataSourceId"] for row in client.data_sources.list()}
    assert client.data_sources.delete(ids[0])
    client.data_sources.bulk_delete(ids[1:])
    assert not {*ids} & {row["dataSourceId"] for row in client.data_sources.list()}


@pytest.mark.endpoint(
    "GET /datasources/configurations/available-id-types",
    "GET /datasources/configurations/marketing-cloud-visitorid-versions",
)
def test_configurations_of_data_sources_are_scalars(client: AAMClient) -> None:
    assert "COOKIE" in client.data_sources.call("available_id_types")
    assert all(isinstance(version, int) for version in client.data_sources.call("visitor_id_versions"))


@pytest.mark.endpoint("GET /datasources/{dataSourceId}/history/inbound")
def test_inbound_history(client: AAMClient, source: int) -> None:
    period = {"startDate": 1_767_225_600_000, "endDate": 1_767_312_000_000}
    assert isinstance(client.data_sources.call("inbound_history", source, **period), list)


@pytest.mark.endpoint(
    "POST /datasources/{dataSourceId}/inbound-mailing-list/{email}",
    "DELETE /datasources/{dataSourceId}/inbound-mailing-list/{email}",
)
def test_addresses_are_put_on_a_mailing_list_and_taken_off(emulator: Emulator, client: AAMClient, source: int) -> None:
    client.data_sources.call("add_to_mailing_list", source, "ops@x.example")
    client.data_sources.call("remove_from_mailing_list", source, "ops@x.example")
    assert [each["status"] < 300 for each in emulator.requests[-2:]] == [True, True]
