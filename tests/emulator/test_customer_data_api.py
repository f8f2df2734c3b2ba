"""The Customer Data API by raw HTTP: operations one by one, partial success, profiles."""

from __future__ import annotations

import pytest


@pytest.fixture
def account(emulator):
    source = emulator.add("data_sources", {"name": "CRM", "integrationCode": "crm"})["dataSourceId"]
    kind = {"dataSourceId": source, "traitType": "ON_BOARDED_TRAIT"}
    sids = [row["sid"] for row in emulator.add("traits", [{"name": name, **kind} for name in ("gold", "silver")])]
    return source, *sids


@pytest.fixture
def data(emulator, http):
    http.session.headers["x-gw-ims-org-id"] = emulator.credentials.org_id
    return http


def operation(source, user, *sids, **more):
    return {"identities": [{"dataSourceId": source, "value": user}], "traitInput": {"traitIds": [*sids]}, **more}


def send(data, *operations, **options):
    return data.post("/stream/my-stream", {"tracing_id": "run", "ops": [*operations]}, **options)


def traits(data, source, user):
    answer = data.get(f"/profile/{source}/{user}")
    return [each["traitId"] for each in answer.json()["traits"]] if answer.status_code == 200 else answer.status_code


def test_operations_are_done_in_their_order(data, account, emulator):
    source, gold, silver = account
    answer = send(
        data,
        operation(source, "u1", gold, silver),
        operation(source, "u2", gold),
        operation(source, "u1", gold, operationType="DELETE"),
        operation(source, "u2", silver, operationType="OVERWRITE", targetDataSource=[source]),
    )
    said = {"transactionId": "t-1", "tracingId": "run", "status": "SUCCESS", "errors": []}
    assert (answer.status_code, answer.json()) == (200, said)
    assert (traits(data, source, "u1"), traits(data, source, "u2")) == ([silver], [silver])
    assert [each["identities"][0]["value"] for each in emulator.streamed] == ["u1", "u2", "u1", "u2"]


def test_what_is_wrong_is_said_by_operation_from_1(data, account, emulator):
    source, gold, _ = account
    emulator.configure(opted_out=["gone"])
    answer = send(
        data,
        operation(source, "u1", gold),
        operation(source, "a:b", gold),
        operation(99_999, "u1", gold),
        operation(20914, "NOT-LOWER", gold),
        operation(0, "12", gold),
        operation(source, "gone", gold),
        operation(source, "u2", gold, operationType="OVERWRITE"),
    ).json()
    codes = {each["operationIndex"]: each["details"][0]["errorCode"] for each in answer["errors"]}
    assert (answer["status"], codes) == ("PARTIAL_SUCCESS", {2: 300, 3: 302, 4: 312, 5: 102, 6: 171, 7: 311})
    assert traits(data, source, "u1") == [gold]
    assert traits(data, source, "gone") == 404


@pytest.mark.parametrize(
    ("status", "http_status", "done"), [(None, 200, [True, False]), ("BAD_REQUEST", 400, [False] * 2)]
)
def test_failures_can_be_scripted(status, http_status, done, data, account, emulator):
    source, gold, _ = account
    more = {} if status is None else {"status": status}
    emulator.trouble("POST /stream/{streamId}", "failed_operations", code=0, every=2, **more)
    answer = send(data, operation(source, "u1", gold), operation(source, "u2", gold))
    assert answer.status_code == http_status
    assert [each["operationIndex"] for each in answer.json()["errors"]] == [2]
    assert [each["done"] for each in emulator.streamed] == done


def test_requests_that_are_refused_as_a_whole(data, account, emulator, anonymous):
    source, gold, _ = account
    one = operation(source, "u1", gold)
    assert send(data, *[one] * 1100).status_code == 400  # more than 100K
    assert data.post("/stream/a%20b", {"ops": [one]}).status_code == 400
    assert send(data).status_code == 400
    assert send(anonymous, one).status_code in (401, 403)
    del data.session.headers["x-gw-ims-org-id"]
    assert send(data, one).status_code == 403
    assert emulator.streamed == []
