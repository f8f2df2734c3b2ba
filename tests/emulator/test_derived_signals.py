"""Derived signals: each source once."""

from __future__ import annotations

import pytest

PATH = "/v1/signals/derived"
BODY = {"sourceKey": "c_id", "sourceValue": "7", "targetKey": "c_group", "targetValue": "tents"}


@pytest.mark.endpoint(
    "GET /signals/derived/{derivedSignalId}",
    "PUT /signals/derived/{derivedSignalId}",
    "DELETE /signals/derived/{derivedSignalId}",
)
def test_post_get_put_and_delete_a_derived_signal(emulator, http):
    answer = http.post(f"{PATH}/", BODY | {"integrationCode": "x"})
    row = answer.json()
    assert (answer.status_code, row["version"], row["pid"], row["integrationCode"]) == (201, 1, 1099, "x")
    one = f"{PATH}/{row['derivedSignalId']}"
    assert http.get(one).json() == row
    changed = http.put(one, row | {"targetValue": "skis"}).json()
    assert (changed["targetValue"], changed["version"]) == ("skis", 2)
    assert http.delete(one).status_code == 204
    assert http.get(one).status_code == 404
    assert emulator.objects("derived_signals") == []


@pytest.mark.endpoint("POST /signals/derived")
def test_post_and_put_of_a_source_that_is_there_is_a_conflict(http):
    http.post(PATH, BODY)
    other = http.post(PATH, BODY | {"sourceValue": "8"}).json()
    for answer in (http.post(PATH, BODY | {"targetValue": "x"}), http.put(f"{PATH}/{other['derivedSignalId']}", BODY)):
        assert (answer.status_code, answer.json()["code"]) == (409, "CONFLICT")
    assert http.post(PATH, BODY | {"sourceKey": "c_other"}).status_code == 201


def test_post_needs_all_four(http):
    answer = http.post(PATH, {"sourceKey": "a", "sourceValue": " "})
    problems = [f"{name}: may not be empty" for name in ("sourceValue", "targetKey", "targetValue")]
    assert (answer.status_code, answer.json()["childMessages"]) == (400, problems)


@pytest.mark.endpoint("GET /signals/derived")
def test_get_list_in_pages(emulator, http):
    emulator.seed(derived_signals=12)
    body = http.get(f"{PATH}?page=1&pageSize=10").json()
    assert (body["total"], len(body["list"])) == (12, 2)
    assert len(http.get(f"{PATH}/").json()) == 12


def test_limit_of_derived_signals(emulator, http):
    emulator.configure(limits={"derived_signals": 1})
    assert http.post(PATH, BODY).status_code == 201
    assert http.post(PATH, BODY | {"sourceValue": "8"}).json()["code"] == "RESOURCE_LIMIT_EXCEEDED"
