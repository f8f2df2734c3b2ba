"""A saved plan meets the account as it is by now: refused with all that has changed, or only what is left is done."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from airflow_provider_aam.api.errors import AAMPlanRefused
from airflow_provider_aam.catalog.applying.push import apply_saved, make_plan
from airflow_provider_aam.catalog.kinds import TRAITS
from airflow_provider_aam.catalog.planning.options import PlanOptions
from catalog.support import OtherAAM, TinyAAM, only, outcomes_of, rows_of, trait, writes

HEAD = (
    "Plan refused: the account has changed since the plan was made. Nothing was changed in AAM. Plan again "
    "(account.yaml, planned 2026-01-02T00:00:00+00:00), and have the new plan approved.\n  "
)


@pytest.fixture
def existing(emulator, web):
    """``existing(number, **fields)`` puts a trait like ``trait(number)`` into AAM."""

    def add(number=1, **more):
        fields = {"dataSourceId": web, "folderId": 0, **trait(number, dataSource=None, folder=None), **more}
        return emulator.add("traits", fields)["sid"]

    return add


@pytest.fixture
def add_segment(emulator, web):
    def add(rule):
        fields = {"name": "S", "integrationCode": "s", "dataSourceId": web, "folderId": 0, "segmentRule": rule}
        return emulator.add("segments", fields)["sid"]

    return add


@pytest.fixture
def refused(emulator, client):
    """What the refusal of a plan says after the verdict; nothing was written."""

    def apply(plan):
        before = writes(emulator)
        with pytest.raises(AAMPlanRefused) as raised:
            apply_saved(client, plan)
        assert writes(emulator) == before
        head, text = str(raised.value)[: len(HEAD)], str(raised.value)[len(HEAD) :]
        assert head == HEAD
        return text.split("\n  ")

    return apply


def segment_row(rule):
    return {"name": "S", "integrationCode": "s", "dataSource": "web", "folderId": 0, "segmentRule": rule}


def edit(client, collection, object_id, **fields):
    """What somebody does in AAM's UI meanwhile."""
    objects = client.collection(collection)
    objects.replace(object_id, {**objects.get(object_id), **fields})


def test_every_field_that_is_neither_as_before_nor_as_after_is_named(client, plan_all, existing, refused):
    sid = existing(name="Old", ttl=90, comments="a")
    plan = plan_all({"traits": [trait(ttl=7, comments="b")]})
    edit(client, "traits", sid, name="Theirs", ttl=30)
    said = f"trait web/t1 “Old” ({sid}) has changed: name is 'Theirs', was 'Old', ttl is 30, was 90"
    assert refused(plan) == [said]


def test_fields_that_are_as_before_or_as_after_are_no_change(emulator, client, plan_all, existing):
    sid = existing(name="Old", ttl=90, description=None)
    plan = plan_all({"traits": [trait(ttl=7, description="d")]})
    edit(client, "traits", sid, ttl=7, comments="of no matter")
    assert apply_saved(client, plan).outcomes["updated"] == 1
    (stored,) = emulator.objects("traits")
    assert {name: stored[name] for name in ("name", "ttl", "description", "comments")} == {
        "name": "Trait 1",
        "ttl": 7,
        "description": "d",
        "comments": "of no matter",
    }


def test_updated_object_that_is_gone_is_named_and_a_deleted_one_is_what_was_wanted(
    emulator, client, plan_all, existing, refused
):
    kept, doomed = existing(1), existing(2)
    plan = plan_all({"traits": [trait(1, ttl=7)]}, prune_scope={"dataSource": "web"})
    assert plan.counts()["delete"] == 1
    client.collection("traits").delete(doomed)
    assert apply_saved(client, plan).outcomes["deleted"] == 0
    client.collection("traits").delete(kept)
    assert refused(plan) == [f"trait web/t1 “Trait 1” ({kept}) is gone"]


def test_beyond_a_hundred_changes_are_counted(client, plan_all, existing, refused):
    sids = [existing(number) for number in range(101)]
    plan = plan_all({"traits": [trait(number, ttl=7) for number in range(101)]})
    client.collection("traits").bulk_delete(sids)
    *named, last = refused(plan)
    assert (len(named), last) == (100, "… and 1 more")


def test_names_of_others_stay_in_one_line(client, plan_all, existing, refused):
    sid = existing(name="a\u202eb")
    plan = plan_all({"traits": [{"sid": sid, "ttl": 7}]})
    client.collection("traits").delete(sid)
    assert refused(plan) == [rf"trait web/t1 “a\u202eb” ({sid}) is gone"]


def test_what_new_and_changed_objects_refer_to_and_is_gone_is_named(
    emulator, client, plan_all, existing, add_segment, refused
):
    used = existing(1)
    folder = emulator.add("trait_folders", {"name": "F", "parentFolderId": 0})["folderId"]
    segment = add_segment("888T")  # gone before the plan was made: nothing that the plan does
    rows = {"traits": [trait(2, folder="/F")], "segments": [segment_row(f"888T OR {used}T")]}
    plan = plan_all(rows)
    client.collection("traits").delete(used)
    client.collection("trait_folders").delete(folder)
    assert refused(plan) == [
        f"trait web/t2 “Trait 2”: its folder {folder} is gone",
        f"segment web/s “S” ({segment}): trait {used} of its rule is gone",
    ]


def test_what_an_earlier_run_has_done_is_told_and_not_done_again(emulator, client, plan_all, existing, tmp_path):
    updated = existing(1)
    plan = plan_all({"traits": [trait(1, ttl=7), trait(2)]})
    apply_saved(client, plan)
    emulator.clear_stats()
    apply_saved(client, plan, outcome_path=tmp_path / "o.jsonl")
    made = only(emulator, "traits", integrationCode="t2")["sid"]
    said = {(row["status"], row["id"], row["message"]) for row in outcomes_of(tmp_path / "o.jsonl")}
    assert said == {("unchanged", each, "already done by an earlier run") for each in (updated, made)}
    assert writes(emulator) == 0


def test_what_is_done_may_lose_what_it_refers_to():
    tiny = TinyAAM()
    tiny.folders = [{"folderId": 5, "name": "F", "parentFolderId": 0}]
    with OtherAAM(tiny) as aam:
        rows = {TRAITS: rows_of([trait(folder="/F")])}
        plan = make_plan(aam.client, rows, PlanOptions(), source="t.yaml", now=datetime(2026, 1, 2, tzinfo=UTC))
        tiny.folders = []
        with pytest.raises(AAMPlanRefused, match=r"trait web/t1 “Trait 1”: its folder 5 is gone$"):
            apply_saved(aam.client, plan)
        tiny.traits[1] = {"sid": 1, **plan.changes[0].after()}
        assert apply_saved(aam.client, plan).outcomes["unchanged"] == 1
