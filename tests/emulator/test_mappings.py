"""Mappings: what each type of destination needs, and what depends on them."""

from __future__ import annotations

import pytest

BODY = {"traitType": "SEGMENT", "startDate": "2026-01-02"}
SERIALIZED = {"serializationEnabled": True, "urlFormatString": "http://x/%ALIAS%", "delimiter": ","}


@pytest.fixture
def sid(emulator):
    return emulator.add("segments", {"name": "Pricing"})["sid"]


@pytest.fixture
def at(emulator):
    """The path of a serialized URL destination."""
    return f"/v1/destinations/{emulator.add('destinations', {'name': 'D', **SERIALIZED})['destinationId']}"


@pytest.mark.endpoint(
    "GET /destinations/{destinationId}/mappings/{destinationMappingId}",
    "PUT /destinations/mappings/{destinationMappingId}",
    "DELETE /destinations/{destinationId}/mappings/{destinationMappingId}",
)
@pytest.mark.parametrize("word", ["mappings", "traits"])
def test_post_list_get_put_and_delete_a_mapping(emulator, http, at, sid, word):
    answer = http.post(f"{at}/{word}/", BODY | {"sid": str(sid), "traitAlias": "a", "endDate": "2026-02-01"})
    row = answer.json()
    assert answer.status_code == 201
    assert row["mappingId"] == row["destinationMappingId"]
    assert (row["sid"], row["elementName"], row["elementStatus"], row["traitValue"]) == (sid, "Pricing", "active", 0)
    assert (row["url"], row["secureUrl"], row["startDate"], row["endDate"]) == ("a", "a", "2026-01-02", "2026-02-01")
    assert http.get(f"{at}/{word}").json() == [row]
    assert http.get(f"{at}/mappings/{row['mappingId']}").json() == row
    changed = http.put(f"/v1/destinations/mappings/{row['mappingId']}", row | {"traitAlias": "b", "sid": 5})
    assert changed.status_code == 200
    assert [changed.json()[name] for name in ("traitAlias", "url", "sid")] == ["b", "b", sid]
    assert http.delete(f"{at}/mappings/{row['mappingId']}").status_code == 204
    assert emulator.objects("mappings") == []


@pytest.mark.endpoint("GET /destinations/{destinationId}/mappings")
def test_get_list_of_one_destination_in_pages_and_in_order(emulator, http, at, sid):
    other = emulator.add("destinations", {"name": "other"})["destinationId"]
    emulator.add("mappings", {"destinationId": other, "sid": sid})
    key = int(at.rpartition("/")[2])
    ids = [emulator.add("mappings", {"destinationId": key, "sid": sid, "traitAlias": a})["mappingId"] for a in "cab"]
    body = http.get(f"{at}/mappings?page=1&pageSize=2").json()
    assert (body["total"], [row["mappingId"] for row in body["list"]]) == (3, ids[2:])
    rows = http.get(f"{at}/mappings?sortBy=traitAlias&descending=true&search=pricing").json()
    assert [row["traitAlias"] for row in rows] == ["c", "b", "a"]


def test_a_mapping_belongs_to_its_destination(emulator, http, at, sid):
    key = emulator.add("destinations", {"name": "other"})["destinationId"]
    mapping = emulator.add("mappings", {"destinationId": key, "sid": sid})["mappingId"]
    assert http.get(f"{at}/mappings/{mapping}").status_code == 404
    assert http.delete(f"{at}/mappings/{mapping}").status_code == 404
    assert http.get("/v1/destinations/5/mappings").status_code == 404
    assert http.put("/v1/destinations/mappings/5", BODY).status_code == 404


@pytest.mark.endpoint("POST /destinations/{destinationId}/mappings")
@pytest.mark.parametrize(
    ("destination", "needed"),
    [
        ({"destinationType": "PUSH"}, ["url"]),
        ({"destinationType": "PUSH", "serializationEnabled": True}, ["traitAlias"]),
        ({"destinationType": "S2S"}, ["traitAlias"]),
        ({"destinationType": "ADS", "formatType": "SINGLE_KEY"}, ["valueAlias"]),
        ({"destinationType": "ADS", "formatType": "KEY_VALUE"}, ["traitAlias", "valueAlias"]),
        ({"destinationType": "PULL"}, []),
    ],
)
def test_post_needs_what_the_destinations_type_needs(emulator, http, sid, destination, needed):
    path = f"/v1/destinations/{emulator.add('destinations', destination)['destinationId']}/mappings"
    refused = http.post(path, BODY | {"sid": sid})
    if needed:
        assert refused.json()["childMessages"] == [f"{name}: may not be empty" for name in needed]
    assert http.post(path, BODY | {"sid": sid} | dict.fromkeys(needed, "x")).status_code == 201


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"sid": 5}, "sid: does not exist"),
        ({"sid": None}, "sid: may not be empty"),
        ({"traitType": None}, "traitType: may not be empty"),
        ({"traitType": "TRAIT"}, "traitType: must be one of SEGMENT"),
        ({"startDate": None}, "startDate: may not be empty"),
        ({"startDate": "02.01.2026"}, "startDate: must be a date, yyyy-mm-dd"),
        ({"endDate": "2025-01-01"}, "endDate: must not be before startDate"),
    ],
)
def test_post_of_a_wrong_mapping_is_refused(http, at, sid, change, problem):
    answer = http.post(f"{at}/mappings", BODY | {"sid": sid, "traitAlias": "a"} | change)
    assert (answer.status_code, answer.json()["childMessages"]) == (400, [problem])


@pytest.mark.parametrize(
    "spelling",
    [
        pytest.param("/bulk-create", marks=pytest.mark.endpoint("POST /destinations/{destinationId}/bulk-create")),
        "bulk-create",
    ],
)
def test_post_bulk_create_maps_all_or_none(emulator, http, at, sid, spelling):
    good, bad = BODY | {"sid": sid, "traitAlias": "a"}, BODY | {"sid": 5}
    refused = http.post(at + spelling, [good, bad])
    assert refused.json()["childMessages"] == ["[1].sid: does not exist", "[1].traitAlias: may not be empty"]
    assert http.post(at + spelling, good).status_code == 400
    assert emulator.objects("mappings") == []
    rows = http.post(at + spelling, [good, good]).json()
    assert [row["mappingId"] for row in rows] == [row["mappingId"] for row in emulator.objects("mappings")]
    assert len(rows) == 2


@pytest.mark.endpoint("DELETE /destinations/{destinationId}/segments/{sid}")
def test_delete_segment_removes_all_its_mappings_to_one_destination(emulator, http, at, sid):
    key, other = int(at.rpartition("/")[2]), emulator.add("destinations", {"name": "other"})["destinationId"]
    emulator.add("mappings", [{"destinationId": each, "sid": sid} for each in (key, key, other)])
    assert http.delete(f"{at}/segments/{sid}").status_code == 204
    assert [row["destinationId"] for row in emulator.objects("mappings")] == [other]
    assert http.delete(f"{at}/segments/{sid}").status_code == 404


def test_answers_can_show_start_dates_a_day_early(emulator, http, at, sid):
    emulator.configure(mapping_dates_shift_days=1)
    body = BODY | {"sid": sid, "traitAlias": "a", "startDate": "2026-03-01", "endDate": "2026-03-31"}
    row = http.post(f"{at}/mappings", body).json()
    assert (row["startDate"], row["endDate"]) == ("2026-02-28", "2026-03-31")
    (listed,) = http.get(f"{at}?includeMappings=true").json()["mappings"]
    assert listed["startDate"] == "2026-02-28"
    assert emulator.objects("mappings")[0]["startDate"] == "2026-03-01"


def test_a_mapped_segment_is_in_use_and_cannot_be_deleted(emulator, http, at, sid):
    key = int(at.rpartition("/")[2])
    emulator.add("mappings", [{"destinationId": key, "sid": sid}] * 2)
    for path in (f"/v1/segments/{sid}?includeInUseStatus=true", "/v1/segments?includeInUseStatus=true"):
        body = http.get(path).json()
        row = body[0] if isinstance(body, list) else body
        assert (row["inUse"], row["mappedEntities"]) == (True, {"destinations": [key]})
    for answer in (http.delete(f"/v1/segments/{sid}"), http.post("/v1/segments/bulk-delete", [sid])):
        assert (answer.status_code, answer.json()["code"]) == (409, "CANNOT_DELETE_ENTITY_MAPPED")
    http.delete(f"{at}/segments/{sid}")
    assert http.delete(f"/v1/segments/{sid}").status_code == 204


def test_a_mapping_shows_its_segments_new_name(emulator, http, at, sid, source):
    trait = emulator.add("traits", {"name": "T"})["sid"]
    emulator.add("mappings", {"destinationId": int(at.rpartition("/")[2]), "sid": sid})
    body = {"name": "New", "status": "INACTIVE", "dataSourceId": source, "folderId": 0, "segmentRule": f"{trait}T"}
    assert http.put(f"/v1/segments/{sid}", body).status_code == 200
    (row,) = http.get(f"{at}/mappings").json()
    assert (row["elementName"], row["elementStatus"]) == ("New", "inactive")
