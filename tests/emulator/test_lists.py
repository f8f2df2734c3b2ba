"""Lists: array or wrapper, pages, order, filters."""

from __future__ import annotations

import pytest


def sids(answer):
    body = answer.json()
    return [row["sid"] for row in (body["list"] if isinstance(body, dict) else body)]


@pytest.fixture
def ids(emulator):
    emulator.seed(segments=25)
    return [row["sid"] for row in emulator.objects("segments")]


def test_without_paging_a_list_is_an_array_of_everything(http, ids):
    assert sids(http.get("/v1/segments")) == ids == sorted(ids)


def test_pages_count_from_0_and_say_the_total(http, ids):
    body = http.get("/v1/segments?page=1&pageSize=10").json()
    assert {name: body[name] for name in ("total", "page", "pageSize")} == {"total": 25, "page": 1, "pageSize": 10}
    assert [row["sid"] for row in body["list"]] == ids[10:20]
    assert sids(http.get("/v1/segments?page=2&pageSize=10")) == ids[20:]
    assert http.get("/v1/segments?page=3&pageSize=10").json() == {"total": 25, "page": 3, "pageSize": 10, "list": []}


def test_page_size_is_10_by_default_and_1000_at_most(emulator, http, ids):
    assert sids(http.get("/v1/segments?page=0")) == ids[:10]
    assert sids(http.get("/v1/segments?pageSize=7")) == ids[:7]
    emulator.seed(segments=1000)
    body = http.get("/v1/segments?pageSize=5000").json()
    assert (body["pageSize"], len(body["list"]), body["total"]) == (1000, 1000, 1025)


@pytest.mark.parametrize("query", ["page=x", "page=-1", "pageSize=0", "pageSize=-5", "folderId=x"])
def test_senseless_parameters_are_refused(http, query):
    assert http.get(f"/v1/segments?page=0&{query}").status_code == 400


def test_unknown_parameters_are_ignored(http, ids):
    assert sids(http.get("/v1/segments?type=<class 'type'>&pid=1099&permissions=READ")) == ids


def test_sorting(emulator, http, source):
    for name in ("b", "A", "c"):
        emulator.add("segments", {"name": name, "dataSourceId": source})

    def names(query):
        return [row["name"] for row in http.get(f"/v1/segments?{query}").json()]

    assert names("sortBy=name") == ["A", "b", "c"]
    assert names("sortBy=name&descending=true") == ["c", "b", "A"]
    assert names("sortBy=sid&descending=true") == ["c", "A", "b"]
    assert names("sortBy=nothing") == ["b", "A", "c"]
    emulator.add("segments", {"name": "0", "dataSourceId": source})
    assert names("sortBy=name")[0] == "0"


def test_search_looks_into_every_field(emulator, http, source):
    a = emulator.add("segments", {"name": "Pricing", "dataSourceId": source})["sid"]
    b = emulator.add("segments", {"name": "x", "description": "of the PRICING page", "dataSourceId": source})["sid"]
    assert sids(http.get("/v1/segments?search=pricing")) == [a, b]
    assert http.get("/v1/segments?search=pricing&status=INACTIVE").json() == []
    assert sids(http.get(f"/v1/segments?page=0&search={b}")) == [b]


def test_segment_filters(emulator, http, source):
    other = emulator.add("data_sources", {"name": "B"})["dataSourceId"]
    folder = emulator.add("segment_folders", {"name": "F"})["folderId"]
    base = {"dataSourceId": source, "segmentRule": "11T"}
    a, b = (
        row["sid"]
        for row in emulator.add(
            "segments",
            [
                base,
                base
                | {
                    "dataSourceId": other,
                    "folderId": folder,
                    "integrationCode": "x",
                    "status": "INACTIVE",
                    "updateTime": 5,
                    "segmentRule": "111T OR 7t",
                    "mergeRuleDataSourceId": other,
                },
            ],
        )
    )
    for query in (
        f"dataSourceId={other}",
        f"folderId={folder}",
        "integrationCode=x",
        "status=INACTIVE",
        "containsTrait=7",
        f"mergeRuleDataSourceId={other}",
    ):
        assert sids(http.get(f"/v1/segments?{query}")) == [b], query
    assert sids(http.get("/v1/segments?containsTrait=11")) == [a]
    assert sids(http.get("/v1/segments?updatedSince=6")) == [a]
    assert sids(http.get(f"/v1/segments?dataSourceId={source}&dataSourceId={other}")) == [a, b]
    assert sids(http.get(f"/v1/folders/segments/{folder}/segments/")) == [b]


def test_trait_filters(emulator, http, source):
    base = {"dataSourceId": source}
    a, b = (
        row["sid"]
        for row in emulator.add(
            "traits",
            [
                base,
                base
                | {
                    "traitType": "ALGO_TRAIT",
                    "algoModelId": 9,
                    "integrationCode": "x",
                    "folderId": 4,
                },
            ],
        )
    )
    for query in ("restrictType=ALGO_TRAIT", "usesModel=9", "integrationCode=x", "folderId=4"):
        assert sids(http.get(f"/v1/traits?{query}")) == [b], query
    assert sids(http.get(f"/v1/traits?dataSourceId={source}")) == [a, b]


def test_a_page_of_200_000_costs_what_the_page_holds(emulator, http):
    emulator.seed(segments=200_000)
    for page in (0, 199):
        body = http.get(f"/v1/segments?pageSize=1000&page={page}").json()
        assert (body["total"], len(body["list"])) == (200_000, 1000)
    first, last = (
        min(http.get(f"/v1/segments?pageSize=1&page={page}").elapsed.total_seconds() for _ in range(20))
        for page in (0, 199_999)
    )
    assert last < 3 * first
