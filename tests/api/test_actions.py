"""Actions: what is refused before anything is sent, and how answers of other shapes are read."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from airflow_provider_aam.api.client import AAMClient
from airflow_provider_aam.api.errors import (
    AAMArgumentError,
    AAMBadAnswer,
    AAMConflict,
    AAMError,
    AAMIncomplete,
    AAMOutcomeUnknown,
)
from airflow_provider_aam.api.resources import RESOURCES, UNLISTED
from airflow_provider_aam.emulator import Emulator
from api.support import MakeClient, RawServer, http_answer

Answered = Callable[..., AAMClient]


@pytest.fixture
def answered(make_client: MakeClient, raw_server: RawServer) -> Answered:
    """A client whose API host gives these answers, in this order."""

    def make(*answers: bytes, **extra: Any) -> AAMClient:
        raw_server.answers = [answer if answer.startswith(b"HTTP") else http_answer(answer) for answer in answers]
        return make_client(host=raw_server.url, **{"max_concurrency": 1, **extra})

    return make


def targets(raw_server: RawServer) -> list[str]:
    """``METHOD path?query`` of every request."""
    return [b" ".join(sent.split()[:2]).decode() for sent in raw_server.requests]


def not_found() -> bytes:
    return http_answer(b'{"code":"NOT_FOUND","message":"gone"}', 404)


# --- what is refused --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (
            lambda c: c.models.call("latest_trait", 7),
            r"no action 'latest_trait'; there are .*Did you mean latest_traits",
        ),
        (lambda c: c.algorithms.call("run"), r"algorithms have no action 'run'; there are none"),
        (lambda c: c.models.call("latest_traits"), "it takes algoModelId, not nothing"),
        (lambda c: c.models.call("latest_traits", ""), "it takes algoModelId, not ''"),
        (lambda c: c.groups.call("object_types", 3), "it takes no id, not 3"),
        (
            lambda c: c.models.call("latest_traits", 7, pagesize=3),
            r"parameters pagesize\. Did you mean pageSize",
        ),
        (lambda c: c.models.call("latest_stats", 7, page=3), r"unknown parameters page\. Known: none"),
        (lambda c: c.destinations.call("outbound_history", 7), "it needs endDate, startDate"),
        (lambda c: c.segments.call("estimate_size"), "it needs a body: Historic size"),
        (lambda c: c.models.call("latest_stats", 7, body={}), "it takes no body"),
        (lambda c: c.users.call("update_password", body="secret"), "its body must hold newPassword, oldPassword"),
        (
            lambda c: c.models.call("latest_traits", body=1, x=2),
            r"it takes algoModelId.*\n  - it takes no body\n  - unknown",
        ),
        (lambda c: c.models.get(7, includeMappings=True), "one of models: unknown parameters includeMappings"),
        (lambda c: c.models.delete(7, page=1), r"delete of models: unknown parameters page\. Known: none"),
        (lambda c: c.destinations.read_all(x=1), "unknown parameters x"),
        (lambda c: c.algorithms.create({}), "AAM has no create for algorithms; it has get, list"),
        (lambda c: c.available_data_feeds.get(1), "AAM has no get for available_data_feeds; it has list"),
        (lambda c: c.mappings.get(7), "mappings: destinationId is needed; AAM keeps mappings within destinations"),
        (lambda c: c.mappings.create({"sid": 7}), "mappings: destinationId is needed"),
        (lambda c: c.mappings.replace(7, {"sid": 7}), "mappings: destinationId is needed"),
        (lambda c: c.mappings.update(7, {"sid": 7}), "mappings: destinationId is needed"),
        (lambda c: c.mappings.delete(7), "mappings: destinationId is needed"),
        (lambda c: c.collection("destination"), "no resource 'destination'.* Did you mean destinations"),
        (
            lambda c: c.reports.trend("trait", sids=[1], start=0, end=1, interval="2D"),
            r"about 'trait'.*\n  - interval '2D'",
        ),
        (lambda c: c.reports.trend("traits", sids=[], start=2, end=1), r"sids is empty\n  - start 2 is after end 1"),
        (lambda c: c.reports.largest("traits", interval="90D"), "interval '90D' is none of 1D, 7D, 14D, 30D, 60D"),
        (lambda c: c.reports.most_changed("models"), "no report about 'models', only about traits and segments"),
        (lambda c: c.reports.largest("traits", pages=1), "unknown parameters pages"),
    ],
)
def test_wrong_calls_are_refused_before_anything_is_sent(
    emulator: Emulator, client: AAMClient, call: Callable[[AAMClient], Any], said: str
) -> None:
    with pytest.raises(AAMArgumentError, match=said):
        call(client)
    assert emulator.count() == 0


def test_every_action_says_what_it_is_for(client: AAMClient) -> None:
    declared = [action for each in [*RESOURCES.values(), *UNLISTED.values()] for action in each.actions]
    assert all(action.about.endswith((".", "}.")) for action in declared)
    assert client.models.actions["latest_traits"].ids == ("algoModelId",)


def test_addresses_are_declared_once() -> None:
    addresses = [str(each) for resource in [*RESOURCES.values(), *UNLISTED.values()] for each in resource.endpoints()]
    assert sorted(set(addresses)) == sorted(addresses)


# --- answers of other shapes ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "rows"),
    [
        (b"[1, 2]", [1, 2]),
        (b"null", []),
        (b"7", [7]),
        (http_answer(b"", 204), []),
        (b'{"AccuracyValue": 0.19, "sids": []}', [{"AccuracyValue": 0.19, "sids": []}]),
        (b'{"list": [1], "total": null}', [1]),
        (b'{"traits": [1, 2]}', [1, 2]),
        (b'{"a": [1], "b": [2]}', [{"a": [1], "b": [2]}]),
        (b'{"sid": 1}', [{"sid": 1}]),
    ],
)
def test_rows_are_read_whatever_they_are_wrapped_in(answered: Answered, body: bytes, rows: list[Any]) -> None:
    assert answered(body).models.call("latest_stats", 7) == rows


def test_nothing_where_a_list_was_due_is_no_empty_list(answered: Answered) -> None:
    with pytest.raises(AAMBadAnswer, match=r"stats: returned 200 with an empty body"):
        answered(b"", max_attempts=1).models.call("latest_stats", 7)


def test_pages_that_come_unasked_are_read_to_their_end(answered: Answered, raw_server: RawServer) -> None:
    pages = [b'{"total": 3, "pageSize": 2, "list": [1, 2]}', b'{"total": 3, "pageSize": 2, "list": [3]}']
    assert answered(*pages).models.call("latest_traits", 7) == [1, 2, 3]
    assert targets(raw_server)[1] == "GET /v1/models/7/runs/latest/traits?page=1&pageSize=2"


def test_page_that_was_asked_for_is_that_page(answered: Answered, raw_server: RawServer) -> None:
    assert answered(b'{"total": 3, "list": [1, 2]}').models.call("latest_traits", 7, page=0) == [1, 2]
    assert len(raw_server.requests) == 1


def test_pages_that_end_early_are_no_list(answered: Answered) -> None:
    with pytest.raises(AAMIncomplete, match=r"models\.latest_traits: AAM announced 3 rows but returned 1"):
        answered(b'{"total": 3, "list": [1]}', b'{"total": 3, "list": []}').models.call("latest_traits", 7)


def test_write_is_not_sent_again_for_the_rest_of_its_answer(answered: Answered, raw_server: RawServer) -> None:
    client = answered(b'{"total": 3, "pageSize": 1, "list": [{"mappingId": 1}]}', b'{"total": 2, "list": [{}]}')
    assert client.mappings.call("bulk_create", 7, body=[{}, {}, {}]) == [{"mappingId": 1}]
    assert client.groups.call("set_permissions", 7, body=[]) == [{}]
    assert len(raw_server.requests) == 2


def test_one_page_over_and_over_is_no_list(answered: Answered) -> None:
    page = b'{"total": 3, "list": [1]}'
    with pytest.raises(AAMIncomplete, match="AAM announced 3 rows but returned 1, one page over and over"):
        answered(page, page).models.call("latest_traits", 7)


def test_pages_under_another_name_are_read_to_their_end(answered: Answered) -> None:
    pages = b'{"total": "2", "traits": [1]}', b'{"total": "2", "traits": [2]}'
    assert answered(*pages).models.call("latest_traits", 7) == [1, 2]


def test_total_beyond_reason_is_no_total(answered: Answered) -> None:
    body = b'{"total": "%s", "list": [1]}' % (b"9" * 5000)
    assert answered(body).models.call("latest_traits", 7) == [1]


@pytest.mark.parametrize("nothing", [http_answer(b""), http_answer(b"", 204), http_answer(b"null")])
def test_nothing_where_a_trend_was_due_is_no_empty_trend(answered: Answered, nothing: bytes) -> None:
    with pytest.raises(AAMBadAnswer, match=r"reports\.traits_trend: expected a list, AAM sent nothing"):
        answered(nothing).reports.trend("traits", sids=[7], start=0, end=1)


@pytest.mark.parametrize(
    ("body", "shape"),
    [
        (b'{"7": {"metrics": {}}}', "an object of 7"),
        (b'[{"metrics": {}}]', "an object of metrics"),
        (b"[{}]", "an object of nothing"),
        (b'"name;uniques"', "a string"),
    ],
)
def test_trend_of_another_shape_is_a_bad_answer(answered: Answered, body: bytes, shape: str) -> None:
    with pytest.raises(AAMBadAnswer, match=f"trend of traits: AAM returned {shape} instead of an object with sid"):
        answered(body).reports.trend("traits", sids=[7], start=0, end=1)


def test_ids_are_quoted(answered: Answered, raw_server: RawServer) -> None:
    answered(b"").data_sources.call("add_to_mailing_list", 7, "a/b@x?y")
    assert targets(raw_server) == ["POST /v1/datasources/7/inbound-mailing-list/a%2Fb%40x%3Fy"]


def test_a_post_that_only_asks_is_sent_again_and_one_that_writes_is_not(answered: Answered) -> None:
    broken = http_answer(b'{"code":"INTERNAL_ERROR","message":"x"}', 500)
    client = answered(broken, b'{"estimatedSize": 5}', broken)
    assert client.segments.call("estimate_size", body={"code": "1T"}) == {"estimatedSize": 5}
    with pytest.raises(AAMOutcomeUnknown):
        client.mappings.call("bulk_create", 7, body=[{}])


@pytest.mark.parametrize("status", [400, 500])
def test_passwords_are_in_no_message(answered: Answered, caplog: pytest.LogCaptureFixture, status: int) -> None:
    said = http_answer(b'{"message": "not old-secret-1 nor new-secret-2"}', status)
    with pytest.raises(AAMError) as caught:
        answered(said, said, said).users.update_password("old-secret-1", "new-secret-2")
    assert "not *** nor ***" in str(caught.value)
    assert "secret-" not in f"{caught.value!r} {caught.value.details} {caplog.text}"


def test_model_that_traits_use_names_them(answered: Answered) -> None:
    client = answered(*[http_answer(b"[11, 12]", 400)] * 2)
    for delete in (lambda: client.models.delete(7), lambda: client.models.bulk_delete([7])):
        with pytest.raises(AAMConflict, match=r"400: \[11, 12\]\. It is still in use by these objects"):
            delete()


def test_account_is_read_again_after_an_update_without_an_answer(answered: Answered) -> None:
    client = answered(b'{"uid": 7, "title": "a"}', b"", b'{"uid": 7, "title": "b"}')
    assert client.users.update_self({"title": "b"}) == {"uid": 7, "userId": 7, "title": "b"}


def test_object_is_read_after_an_update_by_code_without_an_answer(answered: Answered, raw_server: RawServer) -> None:
    assert answered(b"", b'{"sid": 7}').traits.replace_by_integration_code("a b", {}) == {"sid": 7}
    assert [target.split("?")[0] for target in targets(raw_server)] == [
        "PUT /v1/traits/ic:a%20b",
        "GET /v1/traits/ic:a%20b",
    ]


# --- ids under other names --------------------------------------------------------------------------------------------


def test_ids_under_other_names_are_filled_in(answered: Answered) -> None:
    client = answered(
        b'[{"uid": 3, "title": "x"}]',
        b'[{"categoryID": 1, "categories": [{"categoryID": 2}]}]',
        b'{"DerivedSignalId": 5}',
        b'{"destinationId": 7, "mappings": [{"mappingId": 9}, 4]}',
    )
    assert client.users.fetch_all() == [{"uid": 3, "title": "x", "userId": 3}]
    assert client.taxonomies.fetch_all() == [
        {"categoryID": 1, "categoryId": 1},
        {"categoryID": 2, "categoryId": 2, "parentCategoryID": 1},
    ]
    assert client.derived_signals.get(5)["derivedSignalId"] == 5
    destination = client.destinations.get(7, includeMappings=True)
    assert destination["mappings"] == [{"mappingId": 9, "destinationMappingId": 9, "destinationId": 7}, 4]


def test_taxonomy_with_something_else_in_it_is_a_bad_answer(answered: Answered) -> None:
    with pytest.raises(AAMError, match="expected an object, found a number"):
        answered(b"[7]").taxonomies.fetch_all()


# --- mappings, which AAM keeps within destinations --------------------------------------------------------------------

TWO = b'[{"destinationId": "8"}, {"destinationId": 7}]'


def test_mappings_of_all_destinations_come_in_their_order(answered: Answered, raw_server: RawServer) -> None:
    client = answered(TWO, b'[{"mappingId": 3, "x": 1}]', b'{"total": 1, "list": [{"destinationMappingId": 2}]}')
    assert client.mappings.fetch_all(includeMetrics=True) == [
        {"mappingId": 3, "x": 1, "destinationMappingId": 3, "destinationId": 7},
        {"destinationMappingId": 2, "destinationId": 8},
    ]
    assert targets(raw_server)[1:] == [
        "GET /v1/destinations/7/mappings/?includeMetrics=true",
        "GET /v1/destinations/8/mappings/?includeMetrics=true",
    ]


def test_mappings_of_one_destination_take_one_request(answered: Answered, raw_server: RawServer) -> None:
    assert answered(b'[{"mappingId": 3}]').mappings.fetch_all(destinationId=7)[0]["destinationId"] == 7
    assert targets(raw_server) == ["GET /v1/destinations/7/mappings/"]


def test_account_without_destinations_has_no_mappings(answered: Answered) -> None:
    client = answered(b"[]")
    assert client.mappings.fetch_all() == []


def test_mappings_of_a_destination_that_is_gone_are_left_out(answered: Answered) -> None:
    client = answered(TWO, not_found(), not_found(), b'[{"mappingId": 2}]')
    assert [row["destinationMappingId"] for row in client.mappings.list()] == [2]


def test_mappings_that_aam_does_not_find_are_not_taken_for_none(answered: Answered) -> None:
    client = answered(TWO, not_found(), b'{"destinationId": 7}', not_found(), b'{"destinationId": 8}')
    with pytest.raises(AAMError, match="GET /v1/destinations/7/mappings/: 404"):
        client.mappings.fetch_all()


def test_half_a_list_of_mappings_is_read_again(answered: Answered) -> None:
    half = b'{"total": 2, "pageSize": 10, "list": [{"mappingId": 1}]}'
    whole = b'[{"mappingId": 1}, {"mappingId": 2}]'
    one = b'[{"destinationId": 7}]'
    assert len(answered(one, half, one, whole).mappings.fetch_all()) == 2


def test_mapping_is_created_read_replaced_and_deleted_where_it_belongs(
    answered: Answered, raw_server: RawServer
) -> None:
    client = answered(
        b'{"mappingId": 3}', b'{"mappingId": 3, "a": 1}', b"", b'{"mappingId": 3}', b'{"mappingId": 3}', b""
    )
    assert client.mappings.create({"destinationId": 7, "sid": 1})["destinationMappingId"] == 3
    changed = client.mappings.update(3, {"b": 2}, destinationId=7)
    assert changed == {"mappingId": 3, "destinationMappingId": 3, "destinationId": 7}
    assert client.mappings.get(3, destinationId=7)["destinationId"] == 7
    assert client.mappings.delete(3, destinationId=7)
    assert targets(raw_server) == [
        "POST /v1/destinations/7/mappings/",
        "GET /v1/destinations/7/mappings/3",
        "PUT /v1/destinations/mappings/3",
        "GET /v1/destinations/7/mappings/3",
        "GET /v1/destinations/7/mappings/3",
        "DELETE /v1/destinations/7/mappings/3",
    ]
    sent = raw_server.requests[2].partition(b"\r\n\r\n")[2]
    assert b'"destinationId":7' in sent
    assert b'"a":1,' in sent
    assert b'"b":2' in sent


def test_all_destinations_are_read_whole_and_those_gone_left_out(answered: Answered, raw_server: RawServer) -> None:
    client = answered(TWO, b'{"destinationId": 8, "mappings": []}', not_found(), b'[{"destinationId": 8}]')
    assert [*client.destinations.read_all(include_mappings=True)] == [{"destinationId": 8, "mappings": []}]
    assert targets(raw_server)[1:3] == [
        "GET /v1/destinations/8?includeMappings=true",
        "GET /v1/destinations/7?includeMappings=true",
    ]


def test_destination_that_aam_lists_and_does_not_find_is_not_left_out(answered: Answered) -> None:
    client = answered(TWO, b'{"destinationId": 8}', not_found(), TWO)
    with pytest.raises(AAMIncomplete, match=r"AAM lists 1 object that it does not find .* one by one: 7\. Check that"):
        [*client.destinations.read_all()]


@pytest.mark.parametrize(("count", "more"), [(10, "9"), (11, "8, …")])
def test_ten_of_those_that_are_not_found_are_named(answered: Answered, count: int, more: str) -> None:
    listed = b"[" + b", ".join(b'{"destinationId": %d}' % each for each in range(count)) + b"]"
    client = answered(listed, *[not_found()] * count, listed)
    with pytest.raises(
        AAMIncomplete, match=rf"AAM lists {count} objects that it does not find .* one by one: 0, 1, .* {more}\. "
    ):
        [*client.destinations.read_all()]


@pytest.mark.parametrize("mappings", [b"", b', "mappings": null', b', "mappings": {"total": 2, "list": [{}]}'])
def test_mappings_that_do_not_come_with_their_destination_are_read_by_themselves(
    answered: Answered, raw_server: RawServer, mappings: bytes
) -> None:
    client = answered(b'{"destinationId": 7%s}' % mappings, b'[{"mappingId": 3}]')
    destination = client.destinations.get(7, includeMappings=True)
    assert destination["mappings"] == [{"mappingId": 3, "destinationMappingId": 3, "destinationId": 7}]
    assert targets(raw_server)[1:] == ["GET /v1/destinations/7/mappings/"]


def test_destination_that_cannot_be_read_is_not_left_out(answered: Answered) -> None:
    client = answered(TWO, http_answer(b"{}", 403))
    with pytest.raises(AAMError, match="403"):
        [*client.destinations.read_all()]
