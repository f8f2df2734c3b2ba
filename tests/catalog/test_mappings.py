"""Segments mapped to destinations: what identifies a mapping, and dates that AAM answers a day early."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from airflow_provider_aam.api.errors import AAMBadAnswer, AAMPlanRefused, AAMPushFailed, AAMSourceError
from airflow_provider_aam.catalog.applying.push import apply_saved, make_plan, push
from airflow_provider_aam.catalog.exporting.export import export_catalog
from airflow_provider_aam.catalog.kinds import DESTINATIONS, MAPPINGS
from airflow_provider_aam.catalog.planning.options import PlanOptions
from catalog.support import OtherAAM, rows_of

URL = {"name": "Plain", "destinationType": "PUSH"}
SERIAL = {
    "name": "Serial",
    "destinationType": "PUSH",
    "serializationEnabled": True,
    "urlFormatString": "http://x.example/?d=%ALIAS%",
    "delimiter": ",",
}
COOKIE = {
    "name": "Cookie",
    "destinationType": "ADS",
    "adServerTypeID": 1,
    "cookieName": "c",
    "cnameDomain": "x.example",
    "maxSize": 2048,
    "ttl": 30,
    "domainRestrictions": "INCLUSION",
    "siteIDs": ["x.example"],
    "formatType": "KEY_VALUE",
    "keySeparator": "=",
    "valueSeparator": ",",
    "serializationEnabled": False,
}


@pytest.fixture(autouse=True)
def segment(emulator, web):
    emulator.add("partner_sites", {"url": "x.example"})
    trait = emulator.add("traits", {"name": "T", "dataSourceId": web, "folderId": 0, "traitType": "ON_BOARDED_TRAIT"})
    fields = {"name": "S", "integrationCode": "s", "dataSourceId": web, "folderId": 0}
    return emulator.add("segments", {**fields, "segmentRule": f"{trait['sid']}T"})["sid"]


def mapping(**more):
    row = {"destination": "Serial", "segment": "s", "startDate": "2026-01-31", "traitAlias": "a", **more}
    return {name: value for name, value in row.items() if value is not None}


def counts(receipt):
    return {status: count for status, count in receipt.outcomes.items() if count}


def test_one_segment_is_mapped_several_times_by_different_aliases(emulator, push_all, plan_all):
    rows = {"destinations": [SERIAL], "mappings": [mapping(), mapping(traitAlias="b"), mapping(traitAlias="c")]}
    assert counts(push_all(rows)) == {"created": 4}
    assert plan_all(rows).changes == ()
    rows["mappings"][2]["traitAlias"] = "d"
    (change,) = plan_all(rows).changes
    assert [(field.field, field.before, field.after) for field in change.fields] == [("traitAlias", "c", "d")]
    push_all(rows)
    assert sorted(row["traitAlias"] for row in emulator.objects("mappings")) == ["a", "b", "d"]
    less = {"mappings": [mapping(traitAlias="d"), mapping(traitAlias="a")]}
    assert counts(push_all(less, prune_scope={"kinds": ["mappings"]})) == {"unchanged": 2, "deleted": 1}
    assert sorted(row["traitAlias"] for row in emulator.objects("mappings")) == ["a", "d"]


def test_two_new_aliases_beside_an_old_one_take_nothing_away(emulator, push_all, plan_all):
    push_all({"destinations": [SERIAL], "mappings": [mapping()]})
    rows = {"mappings": [mapping(traitAlias="b"), mapping(traitAlias="c")]}
    assert counts(push_all(rows)) == {"created": 2}
    assert sorted(row["traitAlias"] for row in emulator.objects("mappings")) == ["a", "b", "c"]
    assert plan_all(rows).changes == ()


def test_row_that_says_more_finds_its_mapping_first(push_all, plan_all):
    push_all({"destinations": [SERIAL], "mappings": [mapping(priority=1), mapping(traitAlias="b")]})
    rows = {"mappings": [mapping(traitAlias=None, priority=1), mapping(priority=5)]}
    changed = {change.id: change.after() for change in plan_all(rows).changes}
    assert sorted(changed.values(), key=str) == [{"priority": 1}, {"priority": 5}]


def test_one_mapping_written_in_two_ways_stands_twice(plan_all, segment, push_all):
    push_all({"destinations": [SERIAL]})
    with pytest.raises(AAMSourceError, match=r"“web:s” is a duplicate \(first used at source list, row 1\)"):
        plan_all({"mappings": [mapping(), mapping(segment="web:s")]})
    with pytest.raises(AAMSourceError, match="is a duplicate"):
        plan_all({"mappings": [mapping(), mapping()]})


def test_mapping_is_found_by_its_id(emulator, push_all, plan_all):
    push_all({"destinations": [SERIAL], "mappings": [mapping()]})
    key = emulator.objects("mappings")[0]["destinationMappingId"]
    rows = {"mappings": [{"destinationMappingId": key, "traitAlias": "z"}]}
    (change,) = plan_all(rows).changes
    assert (change.key, [*change.within]) == ({}, ["destinationId"])
    push_all(rows)
    assert emulator.objects("mappings")[0]["traitAlias"] == "z"


def test_dates_that_aam_answers_a_day_early_stay_as_they_were_sent(emulator, push_all, plan_all):
    emulator.configure(mapping_dates_shift_days=1)
    rows = {"destinations": [SERIAL], "mappings": [mapping()]}
    push_all(rows)
    assert plan_all(rows).changes == ()
    for priority in (1, 2, 3):
        rows["mappings"] = [mapping(priority=priority)]
        assert counts(push_all(rows)) == {"updated": 1, "unchanged": 1}
        assert emulator.objects("mappings")[0]["startDate"] == "2026-01-31"
    rows["mappings"] = [mapping(priority=3, startDate="2026-02-15")]
    assert counts(push_all(rows)) == {"updated": 1, "unchanged": 1}
    assert emulator.objects("mappings")[0]["startDate"] == "2026-02-15"
    assert plan_all(rows).changes == ()


def test_end_date_is_set_and_taken_away(emulator, push_all, plan_all):
    rows = {"destinations": [SERIAL], "mappings": [mapping(endDate="2026-03-01")]}
    push_all(rows)
    assert emulator.objects("mappings")[0]["endDate"] == "2026-03-01"
    rows["mappings"] = [mapping(endDate="")]
    push_all(rows)
    assert not emulator.objects("mappings")[0]["endDate"]
    assert plan_all(rows).changes == ()


@pytest.mark.parametrize(
    ("destination", "more", "said"),
    [
        (URL, {}, "url is missing: a URL destination that is not serialized needs it"),
        (SERIAL, {"traitAlias": None}, "traitAlias is missing: a serialized URL destination needs it"),
        (COOKIE, {}, "valueAlias is missing: a cookie destination with keys and values needs it"),
    ],
)
@pytest.mark.parametrize("exists", [True, False], ids=["destination exists", "destination is new"])
def test_what_the_destination_needs_is_told_before_anything_is_written(
    emulator, push_all, plan_all, destination, more, said, exists
):
    rows = {"destinations": [destination]}
    if exists:
        push_all(rows)
        rows = {}
    with pytest.raises(AAMSourceError) as refused:
        plan_all({**rows, "mappings": [mapping(destination=destination["name"], **more)]})
    (finding,) = refused.value.findings
    assert finding.endswith(said)


def test_cookie_destination_names_its_sites_by_address(emulator, push_all, plan_all):
    rows = {
        "destinations": [COOKIE],
        "mappings": [mapping(destination="Cookie", valueAlias="v"), mapping(destination="Cookie", valueAlias="w")],
    }
    push_all(rows)
    site = emulator.objects("partner_sites")[0]["siteId"]
    assert emulator.objects("destinations")[0]["siteIDs"] == [site]
    assert plan_all(rows).changes == ()
    for unknown, said in (("y.example", "AAM has no partner site “y.example”."), (site + 1, "no partner site")):
        with pytest.raises(AAMSourceError, match=said):
            plan_all({"destinations": [{**COOKIE, "siteIDs": [unknown]}]})
    assert plan_all({"destinations": [{**COOKIE, "siteIDs": [site]}]}).changes == ()


def test_mapping_whose_answer_is_lost_is_made_once(emulator, push_all, plan_all):
    rows = {"destinations": [SERIAL], "mappings": [mapping(), mapping(traitAlias="b")]}
    emulator.trouble("POST /v1/destinations/{destinationId}/mappings", "reset_after", times=2)
    assert counts(push_all(rows)) == {"created": 3}
    assert sorted(row["traitAlias"] for row in emulator.objects("mappings")) == ["a", "b"]


def test_segment_of_that_code_in_two_data_sources_must_be_told_apart(emulator, push_all, plan_all, segment):
    other = emulator.add("data_sources", {"name": "App", "integrationCode": "app"})["dataSourceId"]
    rule = emulator.objects("segments")[0]["segmentRule"]
    row = {"name": "S", "integrationCode": "s", "dataSourceId": other, "folderId": 0, "segmentRule": rule}
    twin = emulator.add("segments", row)["sid"]
    push_all({"destinations": [SERIAL]})
    with pytest.raises(AAMSourceError) as refused:
        plan_all({"mappings": [mapping()]})
    assert f"“s” means 2 segments ({segment}, {twin}): write data source:code, or give the sid" in str(refused.value)
    push_all({"mappings": [mapping(segment="app:s")]})
    assert emulator.objects("mappings")[0]["sid"] == twin


def test_destination_of_a_type_that_the_api_does_not_create_has_to_be_there(emulator, plan_all):
    rows = {"destinations": [{"name": "Partner", "destinationType": "S2S", "description": "d"}]}
    with pytest.raises(AAMSourceError, match="destinationType: AAM's API creates no S2S destination, and AAM has none"):
        plan_all(rows)
    emulator.add("destinations", {"name": "Partner", "destinationType": "S2S"})
    assert [change.after() for change in plan_all(rows).changes] == [{"description": "d"}]
    rows["destinations"][0]["destinationType"] = "PUSH"
    (warning,) = plan_all(rows).warnings
    assert "AAM has destinationType 'S2S' and keeps it" in warning


def test_refused_mapping_is_one_rejected_row(emulator, push_all):
    emulator.trouble("POST /v1/destinations/{destinationId}/mappings", "status", status=400)
    with pytest.raises(AAMPushFailed, match="2 created, 1 rejected"):
        push_all({"destinations": [SERIAL], "mappings": [mapping(), mapping(traitAlias="b")]}, max_concurrency=1)
    assert [row["traitAlias"] for row in emulator.objects("mappings")] == ["b"]


class LowerCaseAAM:
    """One data source, segment and URL destination; aliases are stored in lower case. `lost`: what creates answer."""

    def __init__(self) -> None:
        self.mappings: list[dict[str, Any]] = []
        self.lost: list[int] = []
        self.hidden: str | None = None

    def __call__(self, method: str, path: str, _query: dict[str, str], body: Any) -> Any:
        destination = {"destinationId": 5, "name": "Serial", "destinationType": "PUSH", "serializationEnabled": True}
        lists = {
            "/v1/datasources": [{"dataSourceId": 7, "name": "Web", "integrationCode": "web"}],
            "/v1/segments": [{"sid": 9, "name": "S", "integrationCode": "s", "dataSourceId": 7, "segmentRule": "1T"}],
            "/v1/destinations": [destination],
            "/v1/destinations/5/mappings": self.mappings,
        }
        if method == "POST" and not path.endswith("/mappings"):
            return 201, {"destinationId": 6, **body}
        if method == "POST":
            new = {**body, "traitAlias": body["traitAlias"].lower(), "destinationMappingId": 70 + len(self.mappings)}
            self.mappings.append(new)
            return self.lost.pop() if self.lost else 201, new
        if path == "/v1/users/self":
            return {"pid": 1}
        if path == "/v1/destinations/5":
            shown = [{name: each[name] for name in each if name != self.hidden} for each in self.mappings]
            return {**destination, "mappings": shown}
        found = lists.get(path)
        return found if found is None or "mappings" in path else {"total": len(found), "page": 0, "list": found}


def test_alias_that_aam_stores_otherwise_is_said_and_never_mapped_twice():
    server = LowerCaseAAM()
    catalog = {MAPPINGS: rows_of([mapping(traitAlias="A"), mapping(traitAlias="b")])}
    with OtherAAM(server) as aam:
        plan = make_plan(aam.client, catalog, PlanOptions(), source="m.yaml", now=datetime(2026, 1, 2, tzinfo=UTC))
        with pytest.raises(AAMPushFailed, match="AAM created it, but stored traitAlias “a”: write that"):
            apply_saved(aam.client, plan)
        assert sorted(each["traitAlias"] for each in server.mappings) == ["a", "b"]
        with pytest.raises(AAMPlanRefused) as refused:
            apply_saved(aam.client, plan)
        assert "mapping Serial ← s exists by now and differs: traitAlias is 'a'" in str(refused.value)
        assert str(refused.value).count("differs") == 1
    assert len(server.mappings) == 2


def test_lost_mapping_that_aam_stored_with_another_alias_is_not_sent_again():
    server = LowerCaseAAM()
    server.lost = [502]
    with OtherAAM(server) as aam, pytest.raises(AAMPushFailed) as failed:
        push(aam.client, {MAPPINGS: rows_of([mapping(traitAlias="A")])}, PlanOptions(), source="m.yaml")
    assert "mapping 70 is new, with another traitAlias; it may be this." in str(failed.value)
    assert len(server.mappings) == 1


def test_lost_mapping_is_not_sent_again_beside_what_else_the_plan_creates():
    server = LowerCaseAAM()
    server.lost = [502]
    catalog = {DESTINATIONS: rows_of([{**SERIAL, "name": "New"}]), MAPPINGS: rows_of([mapping(traitAlias="A")])}
    with OtherAAM(server) as aam, pytest.raises(AAMPushFailed) as failed:
        push(aam.client, catalog, PlanOptions(), source="account.yaml")
    assert "mapping 70 is new, with another traitAlias; it may be this." in str(failed.value)
    assert len(server.mappings) == 1


def test_mappings_that_do_not_say_their_destination_are_found_again():
    server = LowerCaseAAM()
    server.hidden = "destinationId"
    catalog = {MAPPINGS: rows_of([mapping(traitAlias="a")])}
    with OtherAAM(server) as aam:
        assert push(aam.client, catalog, PlanOptions(), source="m.yaml").outcomes["created"] == 1
        assert push(aam.client, catalog, PlanOptions(), source="m.yaml").outcomes["unchanged"] == 1
    assert len(server.mappings) == 1


def test_mappings_that_do_not_say_their_segment_are_no_ground_for_a_plan():
    server = LowerCaseAAM()
    server.hidden = "sid"
    catalog = {MAPPINGS: rows_of([mapping(traitAlias="a")])}
    with OtherAAM(server) as aam:
        push(aam.client, catalog, PlanOptions(), source="m.yaml")
        with pytest.raises(AAMBadAnswer, match="AAM shows 1 mappings and the sid of none"):
            push(aam.client, catalog, PlanOptions(), source="m.yaml")
    assert len(server.mappings) == 1


def test_alias_that_aam_echoes_as_urls_converges(emulator, push_all, plan_all, client, tmp_path):
    row = mapping(traitAlias="one")
    push_all({"destinations": [SERIAL], "mappings": [row]})
    (stored,) = emulator.objects("mappings")
    assert (stored["url"], stored["secureUrl"]) == ("one", "one")
    for old in ({}, {"url": "one", "secureUrl": "one"}, {"url": "http://else.example/"}):
        again = {**row, **old, "traitAlias": f"two {len(old)}"}
        assert push_all({"mappings": [again]}).outcomes["updated"] == 1
        assert plan_all({"mappings": [again]}).changes == ()
        (stored,) = emulator.objects("mappings")
        by_id = {**again, "destinationMappingId": stored["destinationMappingId"], "url": "http://third.example/"}
        assert plan_all({"mappings": [by_id]}).changes == ()
    export_catalog(client, tmp_path, kinds=["mappings"])
    assert "rl:" not in (tmp_path / "mappings.yaml").read_text(encoding="utf-8")


def test_destination_that_does_not_show_its_mappings_has_none():
    server = LowerCaseAAM()

    def without_mappings(method, path, query, body):
        answer = server(method, path, query, body)
        if path == "/v1/destinations/5":
            return {name: value for name, value in answer.items() if name != "mappings"}
        return answer

    catalog = {MAPPINGS: rows_of([mapping(traitAlias="a")])}
    with OtherAAM(without_mappings) as aam:
        plan = make_plan(aam.client, catalog, PlanOptions(), source="m.yaml", now=datetime(2026, 1, 2, tzinfo=UTC))
    assert [change.action for change in plan.changes] == ["create"]
