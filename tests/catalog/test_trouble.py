"""Every scripted trouble × create, update, delete, folder: nothing lost, nothing twice, nothing half-written.

After each trouble the same push is run once more without it, as Airflow's retry would: then AAM must be as the rows
say, and a third push must write nothing.
"""

from __future__ import annotations

import time
from contextlib import nullcontext, suppress

import pytest

from airflow_provider_aam.api.errors import AAMError, AAMPushFailed
from catalog.support import (
    DELETE,
    GET,
    LIST,
    LIST_FOLDERS,
    POST,
    POST_FOLDER,
    PUT,
    codes,
    outcomes_of,
    trait,
    traits,
    writes,
)

TIMEOUT_S = 0.5
LATE_S = 1.2

PASSING = [
    ("status", {"status": 429}),
    ("status", {"status": 429, "retry_after": 1}),
    ("status", {"status": 503, "retry_after": 1}),
    ("status", {"status": 500}),
    ("status", {"status": 502}),
    ("status", {"status": 503}),
    ("delay_after", {"seconds": LATE_S}),
    ("reset_before", {}),
    ("reset_after", {}),
    ("half_body", {}),
    ("html", {"status": 502}),
    ("non_json", {}),
    ("expired_token", {}),
    ("server_error_after", {}),
    ("server_error_after", {"status": 502}),
    ("server_error_after", {"status": 504}),
]
LATER = [("status", {"status": 504}), ("status", {"status": 408}), ("delay", {"seconds": LATE_S})]
"""The server may yet act: a create of that fate is not repeated within this push."""
REFUSALS = [(400, {}), (403, {}), (404, {}), (409, {}), (415, {}), (418, {})]


def named(troubles):
    return [pytest.param(kind, details, id=" ".join([kind, *map(str, details.values())])) for kind, details in troubles]


@pytest.fixture
def quick(connect):
    """A client that waits half a second for an answer and tries each request three times."""
    return connect(timeout_s=TIMEOUT_S, max_attempts=3)


@pytest.fixture
def run(push, quick, tmp_path):
    """``run(items)`` → (statuses in the outcome file, the error that ended the push)."""

    def go(items, **options):
        path = tmp_path / "outcomes.jsonl"
        error = None
        try:
            push(items, with_client=quick, outcome_path=path, max_concurrency=1, **options)
        except AAMError as ended:
            error = ended
        rows = outcomes_of(path)
        assert sum(1 for _ in rows) == len({(row["kind"], row["label"]) for row in rows}), "one end a row"
        return {row["label"].split(" ")[0].removeprefix("web/"): row for row in rows}, error

    return go


def converges(emulator, run, items, **options):
    """The next run finishes it, and the one after has nothing to do."""
    emulator.clear_trouble()
    ends, error = run(items, **options)
    assert error is None
    assert not {"rejected", "unknown"} & {row["status"] for row in ends.values()}
    emulator.clear_stats()
    ends, error = run(items, **options)
    assert (error, writes(emulator)) == (None, 0)


# --- create -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("kind", "details"), named(PASSING))
def test_create_survives_a_passing_trouble(emulator, run, kind, details):
    emulator.trouble(POST, kind, skip=1, **details)
    ends, error = run(traits(3))
    assert error is None
    assert {code: row["status"] for code, row in ends.items()} == {f"t{n}": "created" for n in (1, 2, 3)}
    assert {row["id"] for row in ends.values()} == {row["sid"] for row in emulator.objects("traits")}
    assert codes(emulator) == ["t1", "t2", "t3"]
    converges(emulator, run, traits(3))


@pytest.mark.parametrize(("kind", "details"), named(LATER))
def test_create_that_may_yet_happen_ends_unknown_and_is_not_repeated(emulator, run, kind, details, fake_time):
    emulator.trouble(POST, kind, skip=1, **details)
    ends, error = run(traits(3))
    assert isinstance(error, AAMPushFailed)
    assert error.retryable
    assert {code: row["status"] for code, row in ends.items()} == {"t1": "created", "t2": "unknown", "t3": "created"}
    assert ends["t2"]["passing"]
    assert emulator.count(POST) == 3
    if kind == "delay":
        deadline = time.monotonic() + 10
        while len(codes(emulator)) < 3 and time.monotonic() < deadline:
            time.sleep(0.05)
    else:
        assert codes(emulator) == ["t1", "t3"]
    converges(emulator, run, traits(3))
    assert codes(emulator) == ["t1", "t2", "t3"]


def test_create_that_happens_while_it_is_looked_up_is_found(emulator, run, fake_time, web):
    emulator.trouble(POST, "status", status=504)

    def happen(seconds):
        if seconds == pytest.approx(TIMEOUT_S):
            emulator.add("traits", {**trait(1, dataSource=None, folder=None), "dataSourceId": web, "folderId": 0})

    fake_time.on_sleep = happen
    ends, error = run(traits(1))
    assert (error, ends["t1"]["status"], codes(emulator)) == (None, "created", ["t1"])
    assert ends["t1"]["message"] == "response lost; found by lookup"


@pytest.mark.parametrize(("status", "details"), REFUSALS)
def test_create_that_aam_refuses_is_one_rejected_row(emulator, run, status, details):
    emulator.trouble(POST, "status", skip=1, status=status, **details)
    ends, error = run(traits(3))
    assert isinstance(error, AAMPushFailed)
    assert not error.retryable
    assert {code: row["status"] for code, row in ends.items()} == {"t1": "created", "t2": "rejected", "t3": "created"}
    assert (ends["t2"]["http_status"], ends["t2"]["id"]) == (status, None)
    assert "Scripted answer" in ends["t2"]["message"]
    assert codes(emulator) == ["t1", "t3"]
    converges(emulator, run, traits(3))


@pytest.mark.parametrize("kind", ["status", "reset_before", "html"])
def test_create_is_posted_three_times_at_most(emulator, run, kind):
    emulator.trouble(POST, kind, times=None, **({"status": 500} if kind == "status" else {}))
    ends, error = run(traits(1))
    assert (error.retryable, ends["t1"]["status"], emulator.count(POST)) == (True, "unknown", 3)
    assert codes(emulator) == []
    converges(emulator, run, traits(1))
    assert codes(emulator) == ["t1"]


@pytest.mark.parametrize("kind", ["server_error_after", "reset_after", "half_body", "non_json"])
def test_create_whose_answers_all_get_lost_happens_once(emulator, run, kind):
    emulator.trouble(POST, kind, times=None)
    ends, error = run(traits(3))
    assert (error, {row["status"] for row in ends.values()}) == (None, {"created"})
    assert emulator.count(POST) == 3
    assert codes(emulator) == ["t1", "t2", "t3"]
    converges(emulator, run, traits(3))


@pytest.mark.parametrize(
    ("kind", "details"),
    [("status", {"status": 500}), ("reset_before", {}), ("duplicate_row", {}), ("status", {"status": 403})],
)
def test_create_that_cannot_be_looked_up_is_unknown_not_rejected(emulator, run, kind, details, web):
    for number in (8, 9):
        emulator.add("traits", {**trait(number, dataSource=None, folder=None), "dataSourceId": web, "folderId": 0})
    emulator.trouble(POST, "server_error_after")
    emulator.trouble(LIST, kind, times=None, skip=2, **details)  # after the plan's two
    ends, error = run(traits(1, name="two words", integrationCode="ü"))
    (end,) = ends.values()
    assert (end["status"], end["passing"], error.retryable) == ("unknown", True, True)
    assert "The lookup failed as well" in end["message"]
    converges(emulator, run, traits(1, name="two words", integrationCode="ü"))
    assert codes(emulator) == ["t8", "t9", "ü"]


@pytest.mark.parametrize("match_on", ["integrationCode", "name"])
@pytest.mark.parametrize("key", ["plain key_1.x", "a & <b> é", "100%", "it's"])
def test_lost_create_is_found_whatever_its_key_is(emulator, run, match_on, key):
    emulator.trouble(POST, "reset_after")
    items = [trait(name=key, integrationCode=key)]
    _, error = run(items, match_on=match_on)
    assert (error, codes(emulator)) == (None, [key])
    assert emulator.count(POST) == 1
    converges(emulator, run, items, match_on=match_on)


def test_lost_create_is_looked_for_by_name_and_not_in_the_whole_list(emulator, run, web):
    emulator.trouble(POST, "reset_after")
    ends, error = run([trait(integrationCode=None)], match_on="name")
    assert (error, [end["status"] for end in ends.values()]) == (None, ["created"])
    asked = [request for request in emulator.requests if request["path"].startswith("/v1/traits")]
    assert (asked[-1]["query"]["dataSourceId"], asked[-1]["query"]["search"]) == ([str(web)], ["Trait 1"])


def unique(emulator, web):
    """Make the data source refuse a code that is there already."""
    emulator.add("data_sources", {"name": "U", "integrationCode": "uni", "uniqueTraitIntegrationCodes": True})


def meanwhile(emulator, quick, monkeypatch, rows):
    """Somebody else creates ``rows`` after the plan has read AAM and before anything is written."""
    from airflow_provider_aam.catalog.applying import push as module

    planned = module.build_plan

    def plan_and_be_late(*args, **options):
        plan = planned(*args, **options)
        emulator.add("traits", rows)
        return plan

    monkeypatch.setattr(module, "build_plan", plan_and_be_late)
    return lambda: monkeypatch.setattr(module, "build_plan", planned)


@pytest.mark.parametrize(
    ("theirs", "status"), [({}, "unchanged"), ({"ttl": 7, "name": "Theirs"}, "updated")], ids=["same", "different"]
)
def test_create_that_somebody_else_was_quicker_with(emulator, run, quick, monkeypatch, theirs, status, web):
    unique(emulator, web)
    (source,) = [row["dataSourceId"] for row in emulator.objects("data_sources") if row["integrationCode"] == "uni"]
    item = trait(dataSource="uni", ttl=30)
    row = {**trait(dataSource=None, folder=None, ttl=30), "dataSourceId": source, "folderId": 0, **theirs}
    undo = meanwhile(emulator, quick, monkeypatch, [row])
    ends, error = run([item])
    assert (error, [end["status"] for end in ends.values()]) == (None, [status])
    assert [(row["name"], row["ttl"]) for row in emulator.objects("traits")] == [("Trait 1", 30)]
    undo()
    converges(emulator, run, [item])


def test_two_objects_with_one_key_after_a_lost_answer_are_told(emulator, run, quick, monkeypatch, web):
    row = {**trait(dataSource=None, folder=None), "dataSourceId": web, "folderId": 0}
    meanwhile(emulator, quick, monkeypatch, [row])
    emulator.trouble(POST, "reset_after")
    ends, error = run(traits(1))
    assert ends["t1"]["status"] == "unknown"
    assert "AAM now has 2 of them" in ends["t1"]["message"]
    assert not error.retryable


# --- update -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def stored(emulator, web):
    """Three traits in AAM; rows that change the ttl of each."""
    for number in (1, 2, 3):
        fields = {**trait(number, dataSource=None, folder=None), "dataSourceId": web, "folderId": 0, "comments": "keep"}
        emulator.add("traits", fields)
    emulator.clear_stats()
    return traits(3, ttl=30)


def ttls(emulator):
    assert {row["comments"] for row in emulator.objects("traits")} == {"keep"}, "PUT must not reset what rows leave out"
    return {row["integrationCode"]: row["ttl"] for row in emulator.objects("traits")}


@pytest.mark.parametrize("route", [PUT, GET])
@pytest.mark.parametrize(("kind", "details"), named([*PASSING, *LATER]))
def test_update_survives_a_passing_trouble(emulator, run, stored, route, kind, details):
    emulator.trouble(route, kind, skip=1, **details)
    ends, error = run(stored)
    assert error is None
    assert {row["status"] for row in ends.values()} <= {"updated", "unchanged"}
    assert ttls(emulator) == {"t1": 30, "t2": 30, "t3": 30}
    converges(emulator, run, stored)


@pytest.mark.parametrize(("status", "details"), REFUSALS)
def test_update_that_aam_refuses_is_one_rejected_row(emulator, run, stored, status, details):
    emulator.trouble(PUT, "status", skip=1, status=status, **details)
    ends, error = run(stored)
    assert isinstance(error, AAMPushFailed)
    assert {code: row["status"] for code, row in ends.items()} == {"t1": "updated", "t2": "rejected", "t3": "updated"}
    assert ends["t2"]["http_status"] == status
    assert ttls(emulator) == {"t1": 30, "t2": 120, "t3": 30}
    converges(emulator, run, stored)


@pytest.mark.parametrize("kind", ["status", "reset_before", "non_json"])
def test_update_whose_fate_stays_open_is_compared_with_what_aam_has(emulator, run, stored, kind):
    emulator.trouble(PUT, kind, times=3, **({"status": 500} if kind == "status" else {}))
    ends, error = run(stored)
    if kind == "non_json":  # it acted each time
        assert (error, ends["t1"]["status"]) == (None, "updated")
    else:
        assert (error.retryable, ends["t1"]["status"]) == (True, "unknown")
        assert "AAM does not show the update yet" in ends["t1"]["message"]
        assert ttls(emulator)["t1"] == 120
    converges(emulator, run, stored)
    assert ttls(emulator) == {"t1": 30, "t2": 30, "t3": 30}


def test_update_that_cannot_be_looked_at_afterwards_is_unknown(emulator, run, stored):
    emulator.trouble(PUT, "server_error_after", times=3)
    emulator.trouble(GET, "status", status=500, times=3, skip=1)
    ends, error = run(stored)
    assert (ends["t1"]["status"], error.retryable) == ("unknown", True)
    assert "The lookup failed as well" in ends["t1"]["message"]
    assert ends["t1"]["http_status"] == 500
    converges(emulator, run, stored)


def test_update_of_an_object_that_is_gone_meanwhile_can_be_retried(emulator, run, stored):
    emulator.trouble(GET, "status", status=404)
    ends, error = run(stored)
    assert (ends["t1"]["status"], ends["t1"]["http_status"], error.retryable) == ("rejected", 404, True)
    assert "it was deleted after the plan was made" in ends["t1"]["message"]


def test_update_that_somebody_else_has_made_is_not_made_again(emulator, run, stored, quick, monkeypatch):
    from airflow_provider_aam.catalog.applying import push as module

    planned = module.build_plan

    def plan_and_be_late(client, *args, **options):
        plan = planned(client, *args, **options)
        client.traits.update(plan.changes[0].id, {"ttl": 30})
        emulator.clear_stats()
        return plan

    monkeypatch.setattr(module, "build_plan", plan_and_be_late)
    ends, error = run(stored)
    assert (error, ends["t1"]["status"], ends["t2"]["status"]) == (None, "unchanged", "updated")
    sid = next(row["sid"] for row in emulator.objects("traits") if row["integrationCode"] == "t1")
    assert (ends["t1"]["id"], ends["t1"]["message"]) == (sid, "already had these values")
    assert emulator.count(PUT) == 2


# --- delete -----------------------------------------------------------------------------------------------------------

PRUNE = {"prune_scope": {"dataSource": "web"}}


@pytest.mark.parametrize(("kind", "details"), named([*PASSING, *LATER]))
def test_delete_survives_a_passing_trouble(emulator, run, stored, kind, details):
    emulator.trouble(DELETE, kind, **details)
    ends, error = run(stored[:1], **PRUNE)
    assert error is None
    assert {code: row["status"] for code, row in ends.items()} == {"t1": "updated", "t2": "deleted", "t3": "deleted"}
    assert codes(emulator) == ["t1"]
    converges(emulator, run, stored[:1], **PRUNE)


@pytest.mark.parametrize("status", [400, 403, 409])
def test_delete_that_aam_refuses_is_one_rejected_row(emulator, run, stored, status):
    emulator.trouble(DELETE, "status", status=status)
    ends, _ = run(stored[:1], **PRUNE)
    assert {code: row["status"] for code, row in ends.items()} == {"t1": "updated", "t2": "rejected", "t3": "deleted"}
    assert codes(emulator) == ["t1", "t2"]
    converges(emulator, run, stored[:1], **PRUNE)


def test_delete_of_what_is_gone_meanwhile_has_done_its_work(emulator, run, stored):
    emulator.trouble(DELETE, "status", status=404)
    ends, error = run(stored[:1], **PRUNE)
    assert (error, ends["t2"]["status"], ends["t2"]["message"]) == (None, "deleted", "was gone already")


@pytest.mark.parametrize(
    ("kind", "looking", "status"),
    [("reset_before", None, "unknown"), ("reset_after", None, "deleted"), ("reset_after", 500, "unknown")],
)
def test_delete_whose_fate_stays_open_is_looked_up(
    emulator, run, stored, kind, looking, status, connect, push, tmp_path
):
    emulator.trouble(DELETE, kind, times=1)
    if looking:
        emulator.trouble(GET, "status", status=looking, times=None, skip=1)
    once = connect(timeout_s=TIMEOUT_S, max_attempts=1)
    path = tmp_path / "one.jsonl"
    with nullcontext() if status == "deleted" else pytest.raises(AAMPushFailed):
        push(stored[:1], with_client=once, outcome_path=path, max_concurrency=1, **PRUNE)
    assert [row["status"] for row in outcomes_of(path)] == ["updated", status, "deleted"]
    converges(emulator, run, stored[:1], **PRUNE)
    assert codes(emulator) == ["t1"]


# --- folders ----------------------------------------------------------------------------------------------------------

IN_FOLDERS = [trait(1, folder="/A/B"), trait(2, folder="/A"), trait(3, folder="/")]


def folders_of(emulator):
    rows = {row["folderId"]: row for row in emulator.objects("trait_folders")}

    def path(folder):
        return "" if folder == 0 else f"{path(rows[folder]['parentFolderId'])}/{rows[folder]['name']}"

    return sorted(path(folder) for folder in rows)


@pytest.mark.parametrize(("kind", "details"), named(PASSING))
def test_folder_survives_a_passing_trouble(emulator, run, kind, details):
    emulator.trouble(POST_FOLDER, kind, **details)
    ends, error = run(IN_FOLDERS)
    assert error is None
    assert {row["status"] for row in ends.values()} == {"created"}
    assert folders_of(emulator) == ["/A", "/A/B"]
    assert codes(emulator) == ["t1", "t2", "t3"]
    converges(emulator, run, IN_FOLDERS)
    assert folders_of(emulator) == ["/A", "/A/B"]


@pytest.mark.parametrize(("kind", "details"), named([*LATER, *[("status", {"status": s}) for s, _ in REFUSALS]]))
def test_rows_of_a_folder_that_could_not_be_made_are_not_tried(emulator, run, kind, details):
    emulator.trouble(POST_FOLDER, kind, **details)
    ends, error = run(IN_FOLDERS)
    passing = (kind, details) in LATER
    assert error.retryable is passing
    assert {code: row["status"] for code, row in ends.items()} == {
        "/A": "unknown" if passing else "rejected",
        "/A/B": "rejected",
        "t1": "rejected",
        "t2": "rejected",
        "t3": "created",
    }
    assert ends["/A/B"]["message"] == "not tried, because its folder /A could not be created"
    assert ends["t1"]["message"] == "not tried, because its folder /A/B could not be created"
    assert (emulator.count(POST_FOLDER), emulator.count(POST)) == (1, 1)
    if kind == "delay":
        time.sleep(LATE_S)
    converges(emulator, run, IN_FOLDERS)
    assert folders_of(emulator) == ["/A", "/A/B"]


def test_folder_that_somebody_else_makes_meanwhile_is_used(emulator, run, quick, monkeypatch):
    from airflow_provider_aam.catalog.applying import push as module

    planned = module.build_plan

    def plan_and_be_late(*args, **options):
        plan = planned(*args, **options)
        emulator.add("trait_folders", {"name": "A", "parentFolderId": 0})
        return plan

    monkeypatch.setattr(module, "build_plan", plan_and_be_late)
    ends, error = run(IN_FOLDERS)
    assert (error, ends["/A"]["status"], ends["/A/B"]["status"]) == (None, "unchanged", "created")
    ids = {row["name"]: row["folderId"] for row in emulator.objects("trait_folders")}
    assert (ends["/A"]["id"], ends["/A"]["message"]) == (ids["A"], "created by someone else in the meantime")
    assert folders_of(emulator) == ["/A", "/A/B"]


def test_folder_tree_that_cannot_be_read_ends_the_push_with_every_row_noted(emulator, run):
    emulator.trouble(LIST_FOLDERS, "status", status=500, times=3, skip=1)
    ends, error = run(IN_FOLDERS)
    assert error.retryable
    assert {row["status"] for row in ends.values()} == {"rejected"}
    assert len(ends) == 5
    assert writes(emulator) == 0
    converges(emulator, run, IN_FOLDERS)


def test_update_moves_a_trait_into_a_folder_that_is_made_first(emulator, run, stored):
    ends, error = run([trait(1, folder="/A/B")])
    assert (error, ends["t1"]["status"]) == (None, "updated")
    (folder,) = [row["folderId"] for row in emulator.objects("trait_folders") if row["name"] == "B"]
    assert emulator.objects("traits")[0]["folderId"] == folder


# --- troubles that are not about a row --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("details", "retryable"),
    [
        ({"status": 401}, False),
        ({"status": 403, "body": {"error_code": "403003", "message": "Api Key is invalid"}}, False),
        ({"status": 403, "body": {"error_code": "403025", "message": "Profile is not valid"}}, False),
    ],
)
def test_refused_credential_ends_the_push_and_notes_every_row(emulator, run, details, retryable):
    emulator.trouble(POST, "status", times=None, skip=2, **details)
    ends, error = run(traits(8))
    assert (type(error) is AAMPushFailed, error.retryable) == (False, retryable)
    assert [row["status"] for row in ends.values()] == ["created"] * 2 + ["rejected"] * 6
    assert sum("not tried, because the run stopped" in (row["message"] or "") for row in ends.values()) == 5
    assert codes(emulator) == ["t1", "t2"]
    converges(emulator, run, traits(8))


def test_ten_failures_in_a_row_end_the_push(emulator, run):
    emulator.trouble(POST, "status", times=None, skip=2, status=429)
    ends, error = run(traits(30))
    assert error.retryable
    assert "Stopped after 10 consecutive failed writes; AAM seems to be down" in str(error)
    assert emulator.count(POST) == 2 + 10 * 3
    assert [row["status"] for row in ends.values()] == ["created"] * 2 + ["rejected"] * 28
    assert all(row["passing"] for row in list(ends.values())[2:])
    converges(emulator, run, traits(30))
    assert len(codes(emulator)) == 30


def test_single_failures_do_not_end_the_push(emulator, run):
    for number in range(15):
        emulator.trouble(POST, "status", skip=number, status=504)
    ends, error = run(traits(30))
    assert isinstance(error, AAMPushFailed)
    assert [ends[f"t{number}"]["status"] for number in range(1, 31)] == ["unknown", "created"] * 15


def test_full_account_stops_creates_of_that_type_only(emulator, run, stored):
    emulator.configure(limits={"rule_based_traits": 5})
    items = [*stored, *traits(20)[3:], trait(30, traitType="ON_BOARDED_TRAIT", traitRule=None)]
    ends, error = run(items)
    assert not error.retryable
    assert [code for code, row in ends.items() if row["status"] == "created"] == ["t4", "t5", "t30"]
    assert [ends[f"t{n}"]["status"] for n in (1, 2, 3)] == ["updated"] * 3
    assert emulator.count(POST) == 4, "one refusal is enough"
    assert "RESOURCE_LIMIT_EXCEEDED" in ends["t7"]["message"].upper()


def test_full_folder_tree_does_not_stop_traits_elsewhere(emulator, run):
    emulator.configure(limits={"trait_folders": 1})
    ends, _ = run(IN_FOLDERS)
    assert {code: row["status"] for code, row in ends.items()} == {
        "/A": "created",
        "/A/B": "rejected",
        "t1": "rejected",
        "t2": "created",
        "t3": "created",
    }


@pytest.mark.parametrize("died_after", range(0, 26, 2))
def test_push_that_dies_anywhere_is_finished_by_the_next(emulator, push, connect, died_after, web):
    """The connection to AAM is cut after so many requests: the process might as well have been killed."""
    items = [trait(n, folder="/A/B" if n % 2 else "/C") for n in range(1, 11)]
    emulator.add("traits", {**trait(1, dataSource=None, folder=None, ttl=7), "dataSourceId": web, "folderId": 0})
    emulator.trouble("* /v1/*", "reset_after" if died_after % 4 else "reset_before", skip=died_after, times=None)
    dying = connect(max_attempts=1, max_concurrency=4)
    with suppress(AAMError):
        push(items, with_client=dying)
    emulator.clear_trouble()
    push(items)
    assert codes(emulator) == sorted(f"t{n}" for n in range(1, 11))
    assert folders_of(emulator) == ["/A", "/A/B", "/C"]
    emulator.clear_stats()
    push(items)
    assert writes(emulator) == 0


def test_other_rows_go_on_while_a_lost_create_is_waited_for(emulator, push, connect, fake_time, caplog):
    waited_at = []
    fake_time.on_sleep = lambda seconds: waited_at.append(emulator.count(POST)) if seconds else None
    emulator.trouble(POST, "reset_before", times=1)
    with caplog.at_level("INFO"):
        push(traits(5), max_concurrency=1, with_client=connect(max_attempts=1))
    assert codes(emulator) == ["t1", "t2", "t3", "t4", "t5"]
    assert waited_at, "a server that nobody hears any more may still act"
    assert min(waited_at) == 5, "every row was sent before anybody waited"
    assert "no response to its create, and AAM does not show it yet. The other rows go on" in caplog.text
