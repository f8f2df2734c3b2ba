"""Models and algorithms: what a model names must exist, and what uses it keeps it."""

from __future__ import annotations

import pytest


@pytest.fixture
def sid(emulator, source):
    return emulator.add("traits", {"name": "T", "dataSourceId": source})["sid"]


@pytest.fixture
def model(source, sid):
    return {"name": "M", "dataSources": [source], "sid": sid, "algoTypeId": 1, "lookBackPeriod": 30}


@pytest.mark.endpoint(
    "GET /models/{algoModelId}", "POST /models", "PUT /models/{algoModelId}", "DELETE /models/{algoModelId}"
)
def test_post_get_put_and_delete_a_model(emulator, http, model, source, sid):
    answer = http.post("/v1/models/", model)
    row = answer.json()
    assert (answer.status_code, row["status"], row["dataSources"], row["excludedTraits"]) == (
        201,
        "ACTIVE",
        [source],
        [],
    )
    path = f"/v1/models/{row['algoModelId']}"
    assert http.get(path).json() == row
    changed = http.put(path, {"name": "N", "description": "d", "status": "INACTIVE"}).json()
    expected = {"name": "N", "status": "INACTIVE", "sid": sid, "dataSources": [source], "lookBackPeriod": 30}
    assert {name: changed[name] for name in expected} == expected
    one = http.get(f"{path}?returnbaselinetraittype=true&includePermissions=true").json()
    assert (one["baselineTraitType"], one["permissions"][0]) == ("RULE_BASED_TRAIT", "READ")
    assert http.delete(path).status_code == 204
    assert emulator.objects("models") == []


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"sid": 5}, "sid: does not exist"),
        ({"dataSources": [5]}, "dataSources: 5 does not exist"),
        ({"excludedTraits": [5]}, "excludedTraits: 5 does not exist"),
        ({"algoTypeId": 2}, "algoTypeId: does not exist"),
        ({"lookBackPeriod": None}, "lookBackPeriod: may not be empty"),
    ],
)
def test_post_of_a_wrong_model_is_refused(http, model, change, problem):
    answer = http.post("/v1/models", model | change)
    assert (answer.status_code, answer.json()["childMessages"]) == (400, [problem])


@pytest.mark.endpoint("GET /models")
def test_get_list_filters_and_leaves_data_sources_out(emulator, http, model, source):
    other = emulator.add("data_sources", {"name": "B"})["dataSourceId"]
    first = http.post("/v1/models", model).json()["algoModelId"]
    second = http.post("/v1/models", model | {"name": "Z", "dataSources": [other]}).json()["algoModelId"]
    assert all("dataSources" not in row for row in http.get("/v1/models").json())
    assert http.get("/v1/models?includeDataSources=true").json()[1]["dataSources"] == [other]

    def ids(query):
        return [row["algoModelId"] for row in http.get(f"/v1/models?{query}").json()]

    assert ids(f"usesDataSource={other}") == [second]
    assert ids(f"containsSeedFromDataSource={source}") == [first, second]
    assert ids(f"containsSeedFromDataSource={other}") == []
    assert ids("search=Z") == [second]
    assert http.get("/v1/models?page=0&pageSize=1").json()["total"] == 2


@pytest.mark.endpoint("POST /models/bulk-delete")
def test_delete_and_bulk_delete_name_the_active_traits_that_use_a_model(http, model, draft):
    key, other = (http.post("/v1/models", model).json()["algoModelId"] for _ in "ab")
    algo = draft | {"traitType": "ALGO_TRAIT", "traitRule": None, "algoModelId": key}
    assert http.post("/v1/traits", algo | {"algoModelId": 5}).json()["childMessages"] == ["algoModelId: does not exist"]
    trait = http.post("/v1/traits", algo).json()["sid"]
    assert [row["sid"] for row in http.get(f"/v1/traits?usesModel={key}").json()] == [trait]
    for answer in (http.delete(f"/v1/models/{key}"), http.post("/v1/models/bulk-delete/", [other, key])):
        assert (answer.status_code, answer.json()) == (400, [trait])
    assert http.put(f"/v1/traits/{trait}", algo | {"status": "INACTIVE"}).status_code == 200
    assert http.post("/v1/models/bulk-delete/", [other, key]).status_code == 204


@pytest.mark.endpoint("GET /models/limits")
def test_get_limits_and_reaching_them(emulator, http, model, sid):
    emulator.configure(limits={"active_models": 1, "excluded_traits_per_model": 0})
    assert http.post("/v1/models", model | {"excludedTraits": [sid]}).status_code == 400
    assert http.post("/v1/models", model).status_code == 201
    assert http.post("/v1/models", model).json()["code"] == "RESOURCE_LIMIT_EXCEEDED"
    key = http.post("/v1/models", model | {"status": "INACTIVE"}).json()["algoModelId"]
    assert http.put(f"/v1/models/{key}", {"name": "M"}).json()["code"] == "RESOURCE_LIMIT_EXCEEDED"
    assert http.get("/v1/models/limits").json() == {"limits": [{"type": "ACTIVE", "limit": 1, "count": 1}]}


@pytest.mark.endpoint(
    "GET /models/{algoModelId}/runs/latest/traits",
    "GET /models/{algoModelId}/runs/latest/stats",
    "GET /models/{algoModelId}/processing-history",
)
def test_get_latest_run_and_history_of_a_model_that_ran(emulator, http, model, source, sid):
    left_out, *sids = (emulator.add("traits", {"dataSourceId": source})["sid"] for _ in range(4))
    week = 604_800_000
    ran = {"processingStatus": 1, "createTime": week, "lastRunTimestamp": 3 * week}
    key = emulator.add("models", model | ran | {"excludedTraits": [left_out]})["algoModelId"]
    rows = http.get(f"/v1/models/{key}/runs/latest/traits/").json()
    assert sorted(row["sid"] for row in rows) == sids
    assert [row["rank"] for row in rows] == [1, 2, 3]
    weights = [row["weight"] for row in rows]
    assert weights == sorted(weights, reverse=True)
    page = http.get(f"/v1/models/{key}/runs/latest/traits?page=1&pageSize=2").json()
    assert (page["total"], page["list"]) == (3, rows[2:])
    stats = http.get(f"/v1/models/{key}/runs/latest/stats/").json()
    assert [row["AccuracyValue"] for row in stats] == sorted((row["AccuracyValue"] for row in stats), reverse=True)
    assert [row["ReachValue"] for row in stats] == sorted(row["ReachValue"] for row in stats)
    assert http.get(f"/v1/models/{key}/processing-history/").json() == [3 * week, 2 * week]


def test_get_latest_run_of_a_model_that_never_ran_is_empty(http, model):
    key = http.post("/v1/models", model).json()["algoModelId"]
    for part in ("runs/latest/traits", "runs/latest/stats", "processing-history"):
        assert http.get(f"/v1/models/{key}/{part}").json() == []


@pytest.mark.endpoint("GET /algorithms", "GET /algorithms/{algoTypeId}")
def test_get_algorithms(http):
    algorithm = {"algoTypeId": 1, "name": "TraitWeight", "description": "TF-IDF"}
    assert http.get("/v1/algorithms/").json() == [algorithm]
    assert http.get("/v1/algorithms/1").json() == algorithm
    assert http.get("/v1/algorithms/2").status_code == 404


def test_account_has_models_destinations_and_signals(emulator, anonymous, open_http):
    emulator.reset("account")
    names = ("destinations", "mappings", "derived_signals", "models")
    assert [len(emulator.objects(name)) for name in names] == [8, 60, 30, 2]
    algo = [row for row in emulator.objects("traits") if row["traitType"] == "ALGO_TRAIT"]
    assert {row["algoModelId"] for row in algo} == {row["algoModelId"] for row in emulator.objects("models")}
    c = emulator.credentials
    form = {"client_id": c.client_id, "client_secret": c.client_secret, "scope": ",".join(c.scopes)}
    token = anonymous("POST", "/ims/token/v3", data={"grant_type": "client_credentials", **form}).json()["access_token"]
    http = open_http(Authorization=f"Bearer {token}", AAM_Disable_Escaping_HTML="true")
    paths = {
        "destinations": ("destinations", "destinationId"),
        "mappings": ("destinations/mappings", "mappingId"),
        "derived_signals": ("signals/derived", "derivedSignalId"),
        "models": ("models", "algoModelId"),
    }
    for name, (path, key) in paths.items():
        for row in emulator.objects(name):
            answer = http.put(f"/v1/{path}/{row[key]}", row)
            assert answer.status_code == 200, (row, answer.text)
