"""Every verb of every resource, against the emulator."""

from __future__ import annotations

from typing import Any

import pytest
from fakes import FakeTime

from airflow_provider_aam.api.client import AAMClient
from airflow_provider_aam.api.collection import Collection
from airflow_provider_aam.api.errors import (
    AAMArgumentError,
    AAMBadAnswer,
    AAMConflict,
    AAMError,
    AAMForbidden,
    AAMIncomplete,
    AAMInvalid,
    AAMLimitReached,
    AAMNoAnswer,
    AAMNoProductProfile,
    AAMNotFound,
    AAMOutcomeUnknown,
)
from airflow_provider_aam.api.resources import RESOURCES, Resource, Type, Verb
from airflow_provider_aam.emulator import Emulator
from api.support import MakeClient, RawServer, http_answer

NAMES = ["segments", "traits", "segment_folders", "trait_folders", "data_sources"]
"""Those that differ in more than their declaration; the others are in test_resources_*.py."""


def new_object(emulator: Emulator, name: str, number: int = 1) -> dict[str, Any]:
    """A body that AAM accepts, with what it refers to in place."""
    if name == "data_sources":
        return {"name": f"Source {number}", "integrationCode": f"source-{number}"}
    if name.endswith("_folders"):
        return {"name": f"Folder {number}", "parentFolderId": 0}
    sources = emulator.objects("data_sources") or [emulator.add("data_sources", {"name": "CRM"})]
    common = {"dataSourceId": sources[0]["dataSourceId"], "folderId": 0, "integrationCode": f"a/b {number}%"}
    if name == "traits":
        return {"name": f"Trait {number} & <b>", "traitType": "ON_BOARDED_TRAIT", **common}
    traits = emulator.objects("traits") or [emulator.add("traits", new_object(emulator, "traits"))]
    return {"name": f"Segment {number} & <b>", "segmentRule": f"{traits[0]['sid']}T", **common}


def stored(emulator: Emulator, name: str) -> dict[int, dict[str, Any]]:
    """What is there, without the root folder, by id."""
    id_field = RESOURCES[name].id_field
    return {row[id_field]: row for row in emulator.objects(name) if row[id_field] != 0}


@pytest.mark.parametrize("name", NAMES)
def test_object_lives_from_create_to_delete(emulator: Emulator, client: AAMClient, name: str) -> None:
    things = client.collection(name)
    id_field = things.resource.id_field
    body = new_object(emulator, name)
    before = {*stored(emulator, name)}

    made = things.create(body)
    assert {*stored(emulator, name)} - before == {made[id_field]}
    assert body.items() <= made.items()
    assert things.get(made[id_field])["name"] == body["name"]

    changed = things.update(made[id_field], {"name": "Renamed"})
    kept = {key: value for key, value in body.items() if key != "name"}
    assert kept.items() <= changed.items()
    assert stored(emulator, name)[made[id_field]]["name"] == "Renamed"

    assert things.delete(made[id_field])
    assert {*stored(emulator, name)} == before
    assert not things.delete(made[id_field])
    with pytest.raises(AAMNotFound):
        things.get(made[id_field])


@pytest.mark.parametrize("name", NAMES)
def test_list_gives_every_object_with_its_documented_fields(emulator: Emulator, client: AAMClient, name: str) -> None:
    things = client.collection(name)
    for number in range(3):
        things.create(new_object(emulator, name, number))
    rows = things.fetch_all()
    assert {row[things.resource.id_field] for row in rows} - {0} == {*stored(emulator, name)}
    assert all(things.resource.children not in row for row in rows)
    assert rows[-1].keys() & things.resource.fields.keys() > {"pid", "name"}


@pytest.mark.parametrize("name", [name for name in NAMES if RESOURCES[name].paged])
def test_long_list_comes_in_pages_of_a_thousand(emulator: Emulator, client: AAMClient, name: str) -> None:
    emulator.seed(**{name: 2500})
    rows = client.collection(name).fetch_all()
    ids = [row["sid"] for row in rows]
    assert ids == sorted(stored(emulator, name))
    assert emulator.count(f"GET /v1/{name}") == -(-len(ids) // 1000)


@pytest.mark.parametrize(("asked", "most"), [(None, 3), (6, 6), (2, 2)])
def test_concurrency_is_bounded_by_the_connection_or_by_the_caller_in_its_place(
    emulator: Emulator, make_client: MakeClient, asked: int | None, most: int
) -> None:
    emulator.seed(segments=400)
    emulator.configure(latency_s=0.03)
    client = make_client(max_concurrency=3)
    pages = [*client.segments.iter_pages({}, page_size=10, max_concurrency=asked)]
    assert sum(len(page.rows) for page in pages) == 400
    assert emulator.max_in_flight == most


def test_no_caller_gets_more_than_64_at_once(make_client: MakeClient) -> None:
    client = make_client().at_most(1000)
    assert client.max_concurrency == 64
    assert client.at_most(None) is client


def test_caller_may_lower_the_concurrency(emulator: Emulator, make_client: MakeClient) -> None:
    emulator.seed(segments=100)
    emulator.configure(latency_s=0.005)
    assert len([*make_client().segments.iter_pages({}, page_size=10, max_concurrency=1)]) == 10
    assert emulator.max_in_flight == 1


def test_connections_are_kept_alive(emulator: Emulator, make_client: MakeClient) -> None:
    client = make_client(max_concurrency=2)
    emulator.seed(segments=200)
    assert len([*client.segments.iter_pages({}, page_size=5)]) == 40
    assert len({request["connection"] for request in emulator.requests}) <= 3


def test_filters_are_sent_as_aam_reads_them(emulator: Emulator, client: AAMClient) -> None:
    emulator.seed(segments=3)
    folder = emulator.add("segment_folders", {"name": "F", "parentFolderId": 0})["folderId"]
    made = client.segments.create({**new_object(emulator, "segments"), "folderId": folder})
    rows = client.segments.fetch_all(
        folderId=folder, includeMetrics=True, status=None, dataSourceId=[made["dataSourceId"]]
    )
    assert [row["sid"] for row in rows] == [made["sid"]]
    query = emulator.requests[-1]["query"]
    assert query["includeMetrics"] == ["true"]
    assert "status" not in query


def test_traits_come_with_details(emulator: Emulator, client: AAMClient) -> None:
    emulator.seed(traits=2)
    assert all("ttl" in row and "traitRule" in row for row in client.traits.list())


def test_text_is_not_escaped_as_html(emulator: Emulator, client: AAMClient) -> None:
    made = client.traits.create(new_object(emulator, "traits"))
    assert client.traits.get(made["sid"])["name"] == "Trait 1 & <b>"


def test_headers_are_those_that_adobe_asks_for(emulator: Emulator, client: AAMClient) -> None:
    client.users.self()
    headers = emulator.requests[-1]["headers"]
    credentials = emulator.credentials
    assert headers["x-api-key"] == credentials.client_id
    assert headers["x-gw-ims-org-id"] == credentials.org_id
    assert headers["aam-disable-escaping-html"] == "true"
    assert headers["user-agent"].startswith("airflow-provider-aam/")
    assert all(request["headers"]["user-agent"] == headers["user-agent"] for request in emulator.requests)


@pytest.mark.parametrize("name", ["traits", "segments"])
@pytest.mark.parametrize("code", ["plain", "with space", "per%cent", "q?x=1#y", "ünï", "a+b&c"])
def test_object_is_found_by_its_integration_code(emulator: Emulator, client: AAMClient, name: str, code: str) -> None:
    things = client.collection(name)
    made = things.create({**new_object(emulator, name), "integrationCode": code})
    assert things.get_by_integration_code(code)["sid"] == made["sid"]
    with pytest.raises(AAMNotFound):
        things.get_by_integration_code("no such code")


@pytest.mark.parametrize("name", ["traits", "segments", "data_sources"])
def test_bulk_delete_deletes_what_it_is_given(emulator: Emulator, client: AAMClient, name: str) -> None:
    things = client.collection(name)
    ids = [things.create(new_object(emulator, name, number))[things.resource.id_field] for number in range(3)]
    things.bulk_delete(ids[:2])
    assert {*stored(emulator, name)} & {*ids} == {ids[2]}


def test_rules_are_validated_by_aam(emulator: Emulator, client: AAMClient) -> None:
    emulator.seed(traits=1)
    assert client.traits.validate('c_page=="pricing"')["valid"] is True
    assert client.traits.validate("c_page==")["valid"] is False
    sid = emulator.objects("traits")[0]["sid"]
    assert client.segments.validate(f"{sid}T")["valid"] is True


def test_limits_are_read(client: AAMClient) -> None:
    assert client.traits.limits()
    assert client.segments.limits()


def test_technical_account_sees_itself(client: AAMClient) -> None:
    assert client.users.self()["pid"]


# --- what is refused before anything is sent --------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_verbs_that_aam_does_not_have_are_refused_without_a_request(
    emulator: Emulator, client: AAMClient, name: str
) -> None:
    things = client.collection(name)
    calls: dict[Verb, Any] = {
        Verb.BULK_DELETE: lambda: things.bulk_delete([1]),
        Verb.VALIDATE: lambda: things.validate("x"),
        Verb.LIMITS: things.limits,
        Verb.BY_INTEGRATION_CODE: lambda: things.get_by_integration_code("x"),
    }
    for verb in calls.keys() - things.resource.verbs:
        with pytest.raises(AAMArgumentError, match=f"AAM has no {verb.value} for {name}; it has "):
            calls[verb]()
    assert emulator.count() == 0


def test_unknown_filters_are_refused_with_the_nearest_match(emulator: Emulator, client: AAMClient) -> None:
    with pytest.raises(AAMArgumentError, match=r"filters folderid.*Did you mean folderId\?.*Known: containsTrait"):
        client.segments.fetch_all(folderid=7)
    assert emulator.count() == 0


@pytest.mark.parametrize("name", ["page", "pageSize", "zzz"])
def test_paging_is_no_filter(client: AAMClient, name: str) -> None:
    with pytest.raises(AAMArgumentError, match=f"unknown filters {name}"):
        client.segments.fetch_all(**{name: 1})


def test_unknown_resource_is_refused_with_the_known_ones(client: AAMClient) -> None:
    with pytest.raises(AAMArgumentError, match="no resource 'segment'; there are segments, traits"):
        client.collection("segment")


# --- answers that AAM should not give ---------------------------------------------------------------------------------


@pytest.fixture
def answered(make_client: MakeClient, raw_server: RawServer) -> Any:
    """A client whose API host gives these answers."""

    def make(*answers: bytes, **extra: Any) -> AAMClient:
        raw_server.answers = [*answers]
        return make_client(host=raw_server.url, **extra)

    return make


@pytest.mark.parametrize("body", [b"[]", b"7", b"", b'"created"', b'{"name": "x"}', b'{"sid": null}', b'{"sid": "x"}'])
def test_created_object_without_an_id_is_of_unknown_outcome(answered: Any, body: bytes) -> None:
    with pytest.raises(AAMOutcomeUnknown, match="check before sending it again") as caught:
        answered(http_answer(body, 201)).traits.create({"name": "x"})
    assert caught.value.retryable


@pytest.mark.parametrize("body", [b"[]", b"7", b"null", b"{}", b'{"trait": {"sid": 1}}'])
def test_object_of_another_shape_is_a_bad_answer(answered: Any, body: bytes) -> None:
    with pytest.raises(AAMBadAnswer, match=r"traits: AAM returned .* instead of one object with sid"):
        answered(http_answer(body)).traits.get(1)


def test_broken_json_is_said_with_the_request(answered: Any) -> None:
    with pytest.raises(AAMBadAnswer, match=r"^GET /v1/traits/1: the response is not JSON \("):
        answered(http_answer(b'{"sid": 1'), max_attempts=1).traits.get(1)


def test_verdict_on_a_rule_that_gets_no_response_changed_nothing(answered: Any, raw_server: RawServer) -> None:
    client = answered(max_attempts=2)
    raw_server.answers = [None, None]
    with pytest.raises(AAMNoAnswer, match=r"^POST /v1/traits/validate: "):
        client.traits.validate("c == 1")
    assert len(raw_server.requests) == 2


def test_overload_at_the_last_attempt_lets_the_next_request_go_at_once(answered: Any, time: FakeTime) -> None:
    client = answered(http_answer(b"{}", 429), http_answer(b'{"sid": 1}'), max_attempts=1)
    with pytest.raises(AAMError):
        client.traits.get(1)
    assert client.traits.get(1) == {"sid": 1}
    assert time.slept == []


def test_another_object_than_asked_for_is_never_merged_and_written(answered: Any, raw_server: RawServer) -> None:
    with pytest.raises(AAMBadAnswer, match="traits: AAM returned sid 2 where 1 was asked for"):
        answered(http_answer(b'{"sid": 2, "name": "x"}')).traits.update(1, {"name": "y"})
    assert len(raw_server.requests) == 1


def test_id_as_text_is_the_same_id(answered: Any) -> None:
    assert answered(http_answer(b'{"sid": "1"}')).traits.get(1) == {"sid": "1"}


def test_user_of_another_shape_is_a_bad_answer(answered: Any) -> None:
    with pytest.raises(AAMBadAnswer, match="expected a user, found a list"):
        answered(http_answer(b"[]")).users.self()


def test_tree_with_something_else_in_it_is_a_bad_answer(answered: Any) -> None:
    with pytest.raises(AAMBadAnswer, match="expected an object, found a number"):
        answered(http_answer(b'[{"folderId": 0, "subFolders": [7]}]')).trait_folders.fetch_all()


def test_tree_may_be_one_object_and_leaves_may_have_no_children(answered: Any) -> None:
    inner = b'{"folderId": 1, "subFolders": [{"folderId": 2}]}, {"folderId": 3, "subFolders": null}'
    body = b'{"folderId": 0, "subFolders": [' + inner + b"]}"
    assert [row["folderId"] for row in answered(http_answer(body)).trait_folders.list()] == [0, 1, 2, 3]


def test_tree_whose_folders_name_no_parent_says_where_each_is(answered: Any) -> None:
    web = b'{"folderId": 1, "subFolders": [{"folderId": 2, "parentFolderId": null}, {"folderId": 3}]}'
    body = b'[{"folderId": 0, "subFolders": [' + web + b', {"folderId": 4, "parentFolderId": 9}]}]'
    rows = answered(http_answer(body)).trait_folders.fetch_all()
    assert [row.get("parentFolderId") for row in rows] == [None, 0, 1, 1, 9]


@pytest.mark.parametrize("total", [b"1", b'"2"', b"null"])
def test_tree_may_come_in_the_wrapper_of_a_page(answered: Any, total: bytes) -> None:
    tree = b'{"folderId": 0, "subFolders": [{"folderId": 1}]}'
    body = b'{"total": ' + total + b', "page": 0, "list": [' + tree + b"]}"
    assert [row["folderId"] for row in answered(http_answer(body)).trait_folders.list()] == [0, 1]


def test_part_of_a_tree_is_not_the_tree(answered: Any) -> None:
    part = http_answer(b'{"total": 57, "page": 0, "pageSize": 1, "list": [{"folderId": 0}]}')
    with pytest.raises(AAMIncomplete, match="trait_folders: AAM announced 57 rows but returned 1"):
        answered(part, part, part).trait_folders.fetch_all()


def test_subfolders_that_are_no_list_are_a_bad_answer(answered: Any) -> None:
    with pytest.raises(AAMBadAnswer, match="expected a list as subFolders, found a number"):
        answered(http_answer(b'[{"folderId": 0, "subFolders": 7}]')).trait_folders.fetch_all()


def test_list_that_comes_in_pages_unasked_is_read_to_its_end(answered: Any, raw_server: RawServer) -> None:
    pages = [
        b'{"total": 3, "pageSize": 2, "list": [%s]}' % rows
        for rows in (b'{"dataSourceId": 9}, {"dataSourceId": 1}', b'{"dataSourceId": 5}')
    ]
    sources = answered(*map(http_answer, pages)).data_sources.fetch_all()
    assert [source["dataSourceId"] for source in sources] == [9, 1, 5]
    asked = [line.split()[1] for line in raw_server.requests]
    assert asked[-2:] == [b"/v1/datasources/", b"/v1/datasources/?page=1&pageSize=2"]


def test_half_a_list_is_asked_for_again(answered: Any) -> None:
    answers = http_answer(b'{"total": 2, "list": [{"sid": 1}, {"si'), http_answer(b'[{"sid": 1}, {"sid": 2}]')
    assert [row["sid"] for row in answered(*answers).segments.fetch_all()] == [1, 2]


def test_row_that_is_no_utf_8_is_a_bad_answer(answered: Any) -> None:
    with pytest.raises(AAMBadAnswer, match="list of segments: a row cannot be decoded"):
        answered(http_answer(b'[{"sid": 1, "name": "\xff"}]')).segments.fetch_all()


@pytest.mark.parametrize("status", [200, 204])
def test_object_is_read_after_an_update_without_an_answer(answered: Any, status: int) -> None:
    client = answered(http_answer(b"", status), http_answer(b'{"sid": 7, "name": "new"}'))
    assert client.traits.replace(7, {"name": "new"}) == {"sid": 7, "name": "new"}


def test_verdict_that_is_no_object_is_wrapped(answered: Any) -> None:
    assert answered(http_answer(b"true")).traits.validate("x") == {"valid": True}


def test_empty_list_body_is_a_bad_answer(answered: Any) -> None:
    with pytest.raises(AAMBadAnswer, match="returned 200 with an empty body"):
        answered(http_answer(b""), max_attempts=1).segments.fetch_all()


def test_html_404_is_no_missing_object(answered: Any) -> None:
    page = http_answer(b"<html><title>Not here</title></html>", 404, "Content-Type: text/html")
    with pytest.raises(AAMError, match="is not AAM's") as caught:
        answered(page).traits.delete(1)
    assert not isinstance(caught.value, AAMNotFound)


# --- an account that does not let us ----------------------------------------------------------------------------------


def test_missing_product_profile_names_the_step(emulator: Emulator, client: AAMClient) -> None:
    emulator.configure(product_profile=False)
    with pytest.raises(AAMNoProductProfile, match=r"403 403025: Profile is not valid\. .*Repeat setup step 6:"):
        client.users.self()


def test_account_in_no_group_names_the_step(emulator: Emulator, client: AAMClient) -> None:
    emulator.configure(rbac=True)
    client.users.self()
    with pytest.raises(AAMForbidden, match=r"Repeat setup step 9: ") as caught:
        client.traits.create({"name": "x"})
    assert not caught.value.retryable


def test_full_account_is_told_apart(emulator: Emulator, client: AAMClient) -> None:
    body = new_object(emulator, "segments")
    emulator.configure(limits={"segments": 0})
    with pytest.raises(AAMLimitReached, match="The account is full"):
        client.segments.create(body)


def test_folder_that_is_not_empty_stays(emulator: Emulator, client: AAMClient) -> None:
    outer = client.trait_folders.create({"name": "Outer", "parentFolderId": 0})["folderId"]
    client.trait_folders.create({"name": "Inner", "parentFolderId": outer})
    with pytest.raises((AAMConflict, AAMInvalid)):
        client.trait_folders.delete(outer)
    assert len(stored(emulator, "trait_folders")) == 2


# --- lists that change while they are read ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "words"), [("total_changes", "total moved"), ("short_page", "rows"), ("duplicate_row", "came twice")]
)
def test_list_that_is_not_whole_fails_once_and_is_read_again(
    emulator: Emulator, make_client: MakeClient, kind: str, words: str
) -> None:
    emulator.seed(segments=1500)
    emulator.trouble("GET /v1/segments", kind, skip=1)
    with pytest.raises(AAMIncomplete, match=words):
        [*make_client().segments.list()]
    emulator.trouble("GET /v1/segments", kind, skip=1)
    assert len(make_client().segments.fetch_all()) == 1500


def test_list_that_is_never_whole_is_given_up(emulator: Emulator, make_client: MakeClient) -> None:
    emulator.seed(segments=20)
    emulator.trouble("GET /v1/segments", "duplicate_row", times=None)
    with pytest.raises(AAMIncomplete):
        make_client().segments.fetch_all()
    assert emulator.count("GET /v1/segments") == 3


# --- declarations -----------------------------------------------------------------------------------------------------


def test_adding_a_resource_is_one_declaration(client: AAMClient, emulator: Emulator) -> None:
    number = client.users.self()["userId"]
    things = Collection(
        Resource(
            name="regions",
            path="users",
            id_field="userId",
            verbs=frozenset({Verb.GET}),
            fields={"userId": Type.INTEGER},
        ),
        client.session,
    )
    assert repr(things) == f"<regions of {emulator.url}>"
    assert things.get(number)["userId"] == number


def test_each_resource_is_an_attribute_of_the_client(client: AAMClient) -> None:
    for name, resource in RESOURCES.items():
        assert getattr(client, name).resource is client.collection(name).resource is resource


def test_client_closes_as_a_context_manager(make_client: MakeClient) -> None:
    with make_client() as client:
        assert client.users.self()
    client.close()
