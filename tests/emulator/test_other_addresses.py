"""Addresses that no other test here is about."""

from __future__ import annotations

import pytest

DAY_MS = 86_400_000
END_MS = 1_767_312_000_000


@pytest.mark.endpoint("DELETE /segments/ic:{integrationCode}")
def test_segment_is_deleted_by_its_code(emulator, http):
    emulator.seed(segments=1)
    code = emulator.objects("segments")[0]["integrationCode"]
    assert http.delete(f"/v1/segments/ic:{code}").status_code == 204
    assert emulator.objects("segments") == []


@pytest.mark.endpoint("GET /datasources/{dataSourceId}")
def test_one_data_source(emulator, http):
    made = emulator.add("data_sources", {"name": "CRM"})
    assert http.get(f"/v1/datasources/{made['dataSourceId']}").json() == made


@pytest.mark.endpoint("DELETE /users/{userId}")
def test_user_is_deleted(http):
    body = {"username": "a@x.example", "email": "a@x.example", "firstName": "A", "lastName": "X"}
    key = http.post("/v1/users/", body).json()["userId"]
    assert http.delete(f"/v1/users/{key}").status_code == 204
    assert http.get(f"/v1/users/{key}").status_code == 404


@pytest.mark.endpoint("PUT /users/self/update", "POST /users/self/update-password")
def test_caller_changes_its_title_and_password(http):
    assert http.put("/v1/users/self/update", {"title": "Robot"}).json()["title"] == "Robot"
    assert http.post("/v1/users/self/update-password", {"oldPassword": "a", "newPassword": "b"}).status_code == 204
    assert http.get("/v1/users/self").json()["title"] == "Robot"


@pytest.mark.parametrize(
    "kind",
    [
        pytest.param("traits", marks=pytest.mark.endpoint("GET /reports/traits-trend/{sid}")),
        pytest.param("segments", marks=pytest.mark.endpoint("GET /reports/segments-trend/{sid}")),
    ],
)
def test_trend_of_one(emulator, http, kind):
    emulator.seed(traits=1, segments=1)
    sid = emulator.objects(kind)[0]["sid"]
    answer = http.get(f"/v1/reports/{kind}-trend/{sid}?startDate={END_MS - DAY_MS}&endDate={END_MS}").json()
    row = answer[0] if isinstance(answer, list) else answer
    assert row["sid"] == sid
    assert str(END_MS) in row["metrics"]
