"""What an approver sees: all that a plan writes, nothing forged, and no plan file that says one and does another."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from airflow_provider_aam.api.errors import AAMPlanRefused, AAMSourceError
from airflow_provider_aam.catalog.applying.push import apply_saved
from airflow_provider_aam.catalog.kinds import MAPPINGS
from airflow_provider_aam.catalog.plan.plan import Change, FieldChange, Plan
from airflow_provider_aam.catalog.plan.render import render_change, render_plan
from airflow_provider_aam.catalog.plan.summary import render_changes, summarise
from airflow_provider_aam.catalog.plan.values import said_change
from airflow_provider_aam.catalog.planning.delete import named_by_rows, plan_deletes
from airflow_provider_aam.catalog.planning.guards import Guards
from catalog.support import rows_of

LONG = "{web:a} AND ({web:b} OR {web:c}) AND FREQUENCY([{web:d}, {web:e}] <= 7D) >= 3 AND NOT {web:f}"
HOSTILE = "x\n::error::y\x1b[31m\u202e\x9b2J\u2028\u200b z"


def a_plan(*changes, source="traits.yaml", warnings=()):
    return Plan(
        source=source,
        match_on=None,
        created_at="2026-01-02T00:00:00+00:00",
        account={"base_url": "https://aam.adobe.io", "pid": 1099},
        changes=changes,
        warnings=warnings,
    )


def update(*fields, label="web/t1 “One”", kind="trait"):
    return Change(action="update", kind=kind, label=label, key={}, id=7, fields=fields)


def test_long_texts_show_what_differs_and_the_words_around_it():
    assert said_change(LONG, f"{LONG} AND NOT {{web:returns}}") == (
        "“… >= 3 AND NOT {web:f}” → “… >= 3 AND NOT {web:f} AND NOT {web:returns}”"
    )
    assert said_change(LONG, LONG.replace("web:b", "web:z").replace(">= 3", ">= 4")) == (
        "“{web:a} AND ({web:b} OR {web:c}) AND … {web:e}] <= 7D) >= 3 AND NOT {web:f}” → "
        "“{web:a} AND ({web:z} OR {web:c}) AND … {web:e}] <= 7D) >= 4 AND NOT {web:f}”"
    )


@given(st.text(max_size=300), st.text(max_size=20), st.text(max_size=20), st.text(max_size=300))
def test_two_values_that_differ_look_different(head, one, other, tail):
    if one != other:
        before, _, after = said_change(head + one + tail, head + other + tail).partition("” → “")
        assert before.removeprefix("“") != after.removesuffix("”")


@pytest.mark.parametrize(
    ("before", "after"),
    [("a\nb", "a\\nb"), ("caf\u00e9", "cafe\u0301"), ("web", "web\ufe0f"), ("a b", "a\u00a0b"), ("ab", "a\u200bb")],
)
def test_values_that_differ_only_by_what_cannot_be_seen_look_different(before, after):
    one, _, other = said_change(before, after).partition(" → ")
    assert one != other
    assert one.isprintable()
    assert (one + other).isascii() or "\\" in one + other


def test_a_change_that_is_too_long_is_left_out_of_the_summary_and_that_is_said():
    rule = FieldChange("traitRule", None, " OR ".join(f'c == "{n}"' for n in range(900)))
    said = summarise(a_plan(update(FieldChange("ttl", 30, 14)), update(rule)), "s3://bucket/plan.json")
    assert "- `~ trait web/t1 “One”: ttl: 30 → 14`" in said
    assert "… and 1 more that do not fit here: read them in the full plan before you approve." in said
    assert 'c == "0"' not in said


def test_summary_names_the_account_and_nothing_breaks_out_of_it():
    plan = a_plan(update(FieldChange("name", "a`b  c", "a'b c"), label="` **x** <b>"), source="a`b")
    said = summarise(plan, "s3://bucket/`plan`.json").splitlines()
    assert said[0] == "**1 change** to AAM account 1099 (aam.adobe.io), from `` a`b ``. 0 objects already match."
    assert r"- `` ~ trait ` **x** <b>: name: “a`b\x20 c” → “a'b c” ``" in said
    assert said[-1] == "Full plan: `` s3://bucket/`plan`.json ``"


def test_text_that_cannot_be_seen_stays_on_its_line():
    change = update(FieldChange("description", HOSTILE, "b"), label=HOSTILE)
    plan = a_plan(change, source=HOSTILE, warnings=(HOSTILE,))
    assert all(line.isprintable() for line in [*render_plan(plan), *render_changes(plan)])
    assert all(line.isprintable() for line in summarise(plan, HOSTILE).splitlines())


def test_new_objects_are_said_without_what_is_empty_or_what_aam_gives_anyway():
    given = {"name": "One", "integrationCode": "t1", "description": "", "ttl": 120, "status": "ACTIVE", "comments": "c"}
    fields = tuple(FieldChange(name, None, value) for name, value in given.items())
    made = Change(action="create", kind="trait", label="web/t1 “One”", key={}, fields=fields)
    assert render_change(made) == "+ trait web/t1 “One”: comments “c”"
    other = msgspec.structs.replace(made, label="web/t2 “Two”")
    assert render_change(other) == "+ trait web/t2 “Two”: name “One”; integrationCode “t1”; comments “c”"


EDITS = {
    "an id in a path": lambda change: change["within"].update(destinationId="../../v1/segments/4011501?x="),
    "an id of text": lambda change: change.update(id="../traits/7"),
    "no id": lambda change: change.update(id=None),
    "another place": lambda change: change.update(within={"pid": 7}),
    "no place": lambda change: change.update(within={}),
    "an unknown kind": lambda change: change.update(kind="user"),
    "an unknown field": lambda change: change["fields"].append({"field": "pid", "before": None, "after": 7}),
    "an unseen field": lambda change: change.update(resent={"url": "https://evil.example"}),
    "an unknown word": lambda change: change.update(force=True),
    "a deep value": lambda change: change["fields"].append({"field": "url", "before": None, "after": {"a": 1}}),
    "a wrong reference": lambda change: change["fields"].append({"field": "sid", "before": None, "after": "../7"}),
}


@pytest.mark.parametrize("edit", EDITS.values(), ids=EDITS)
def test_edited_plan_is_one_clear_error_and_nothing_changes(emulator, client, web, edit):
    destination, mapping = mapped(emulator, web)
    row = {"destinationId": destination, "destinationMappingId": mapping}
    named = named_by_rows(MAPPINGS, rows_of([row]), source="ids")
    now = datetime(2026, 1, 2, tzinfo=UTC)
    plan = plan_deletes(client, named, unmap=False, guards=Guards(), source="ids", now=now).plan
    document = json.loads(plan.to_json())
    assert Plan.from_json(plan.to_json()) == plan
    edit(document["changes"][0])
    with pytest.raises(AAMSourceError, match=r"^not a plan .*Plan again\.$"):
        Plan.from_json(json.dumps(document).encode())
    assert (len(emulator.objects("mappings")), len(emulator.objects("segments"))) == (1, 1)


def test_create_whose_key_is_another_object_s_is_refused():
    fields = (FieldChange("name", None, "Mine"), FieldChange("dataSourceId", None, 7))
    made = Change(action="create", kind="trait", label="x", key={"dataSourceId": 7, "name": "Theirs"}, fields=fields)
    with pytest.raises(AAMSourceError, match="change 0 has a key of another object"):
        Plan.from_json(a_plan(made).to_json())


@pytest.mark.parametrize("account", [{}, {"base_url": "https://aam.adobe.io"}])
def test_plan_that_does_not_say_its_account_is_refused(client, web, emulator, account):
    plan = msgspec.structs.replace(a_plan(), account=account)
    with pytest.raises(AAMPlanRefused, match="does not say which account"):
        apply_saved(client, plan)
    other = msgspec.structs.replace(a_plan(), account={"base_url": client.base_url, "pid": 7})
    host = client.base_url.partition("://")[2]
    with pytest.raises(AAMPlanRefused) as refused:
        apply_saved(client, other)
    assert str(refused.value) == (
        f"Plan refused: it was made for AAM account 7 ({host}), but this Connection reaches AAM account 1099 ({host}). "
        "Nothing was changed in AAM. Apply it with the Connection that it was made with."
    )


def test_values_that_nobody_sees_are_not_written(emulator, client, plan_all, web):
    destination, _ = mapped(emulator, web)
    row = {"destinationId": destination, "sid": segment(emulator), "startDate": "2026-03-01", "traitAlias": "new"}
    (change,) = (plan := plan_all({"mappings": [row]})).changes
    assert change.resent == {"startDate": "2026-03-01"}
    edited = msgspec.structs.replace(change, resent={"startDate": "2029-01-01"}, held={"priority": 9})
    apply_saved(client, msgspec.structs.replace(plan, changes=(edited,)))
    (stored,) = emulator.objects("mappings")
    assert (stored["traitAlias"], str(stored["startDate"])[:4], stored.get("priority")) == ("new", "2026", None)


def mapped(emulator, web):
    segment = emulator.add("segments", {"name": "S", "dataSourceId": web, "folderId": 0, "segmentRule": "1T"})
    given = {"name": "D", "destinationType": "PUSH", "serializationEnabled": True}
    destination = emulator.add("destinations", given)["destinationId"]
    given = {"destinationId": destination, "sid": segment["sid"], "startDate": "2026-03-01", "traitAlias": "old"}
    return destination, emulator.add("mappings", given)["destinationMappingId"]


def segment(emulator):
    return emulator.objects("segments")[0]["sid"]
