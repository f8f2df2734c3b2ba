"""The population check: what is judged, what is told, and what is remembered."""

from __future__ import annotations

import json
import logging
from datetime import datetime

import pytest
from fakes import full_after

from airflow_provider_aam.api.errors import (
    AAMArgumentError,
    AAMBadAnswer,
    AAMCheckFailed,
    AAMDestinationError,
)
from airflow_provider_aam.reports.check import ABSENT, GONE
from reports.support import problems_of

LIST = "GET /v1/traits"


def test_populations_within_bounds_pass(add_trait, check):
    sids = [add_trait("a", 5), add_trait("b", 10)]
    receipt = check(sids=sids, minimum=5, maximum=10)
    receipt.require_passed()
    assert receipt.passed
    assert receipt.as_xcom() | {"started_at": "", "finished_at": ""} == {
        "kind": "traits",
        "metric": "uniques30Day",
        "passed": True,
        "checked": 2,
        "offending": 0,
        "new": 0,
        "offenders": [],
        "baseline": None,
        "baseline_uri": None,
        "report_uri": None,
        "started_at": "",
        "finished_at": "",
    }


def test_offenders_come_the_worst_first_and_say_why(add_trait, check):
    sids = [add_trait("low", 4), add_trait("lower", 1), add_trait("fine", 7), add_trait("high", 20)]
    receipt = check(sids=sids, minimum=5, maximum=10)
    assert problems_of(receipt) == {
        "high": ["above the maximum 10"],
        "lower": ["below the minimum 5"],
        "low": ["below the minimum 5"],
    }
    with pytest.raises(AAMCheckFailed, match="3 of 4 traits are out of bounds") as failed:
        receipt.require_passed()
    assert f"high (sid {sids[3]}) 20: above the maximum 10" in failed.value.message
    assert not failed.value.retryable


def test_single_objects_have_bounds_of_their_own_by_code_and_by_id(add_trait, check):
    sids = [add_trait("big", 90), add_trait("small", 4), add_trait("free", 1), add_trait("c", 5)]
    bounds = {"big": {"minimum": 100}, str(sids[1]): {"minimum": 3}, "free": {"minimum": None}}
    assert problems_of(check(sids=sids, minimum=5, bounds=bounds)) == {"big": ["below the minimum 100"]}


def test_bounds_for_something_else_are_refused_with_the_nearest(add_trait, check):
    sid = add_trait("pricing-visit", 5)
    with pytest.raises(AAMArgumentError, match=r"bounds\['pricing-visits'\].* Did you mean pricing-visit\?"):
        check(sids=[sid], bounds={"pricing-visits": {"minimum": 1}})


def test_first_check_makes_the_baseline_and_says_so(add_trait, check, baseline, caplog):
    caplog.set_level(logging.INFO)
    sid = add_trait("a", 7)
    receipt = check(sids=[sid], max_drop=0.1, baseline=baseline)
    assert (receipt.passed, receipt.baseline, receipt.baseline_uri, receipt.new) == (
        True,
        "created",
        f"file://{baseline}",
        0,
    )
    assert f"There was no baseline: file://{baseline} now holds these values" in caplog.text
    written = json.loads(baseline.read_text())
    assert datetime.fromisoformat(written.pop("accepted_at")).tzinfo is not None
    row = {"sid": sid, "code": "a", "name": "Trait a", "value": 7}
    assert written == {"kind": "traits", "metric": "uniques30Day", "populations": [row]}
    assert [path.name for path in baseline.parent.iterdir()] == ["baseline.json"]


def test_first_check_out_of_bounds_makes_no_baseline(add_trait, check, baseline, caplog):
    caplog.set_level(logging.INFO)
    receipt = check(sids=[add_trait("a", 7)], minimum=8, baseline=baseline)
    assert (receipt.passed, receipt.baseline, receipt.baseline_uri) == (False, None, None)
    assert not baseline.exists()
    assert "There is no baseline yet, and values out of bounds do not make one." in caplog.text


@pytest.mark.parametrize(
    ("before", "after", "bounds", "problem"),
    [
        (100, 80, {"max_drop": 0.2}, None),
        (100, 79, {"max_drop": 0.2}, "dropped by 21%, max_drop is 20%"),
        (100, 130, {"max_rise": 0.3}, None),
        (100, 131, {"max_rise": 0.3}, "rose by 31%, max_rise is 30%"),
        (100, 0, {"max_rise": 0.3}, None),
        (0, 5, {"max_rise": 0.3, "max_drop": 0.1}, None),
        (100, 100, {"max_rise": 0, "max_drop": 0}, None),
        (3, 2, {"max_drop": 0}, "dropped by 33.33%, max_drop is 0%"),
    ],
)
def test_change_since_the_baseline(emulator, add_trait, check, baseline, before, after, bounds, problem):
    sid = add_trait("a", before)
    check(sids=[sid], baseline=baseline)
    emulator.set_metrics(sid, {"uniques30Day": after})
    receipt = check(sids=[sid], baseline=baseline, **bounds)
    assert problems_of(receipt) == ({} if problem is None else {"a": [problem]})
    assert receipt.baseline == ("updated" if problem is None else "kept")
    assert json.loads(baseline.read_text())["populations"][0]["value"] == (after if problem is None else before)


def test_baseline_stays_when_it_shall(emulator, add_trait, check, baseline, caplog):
    caplog.set_level(logging.INFO)
    sid = add_trait("a", 10)
    check(sids=[sid], baseline=baseline)
    written = baseline.read_bytes()
    emulator.set_metrics(sid, {"uniques30Day": 9})
    assert check(sids=[sid], max_drop=0.5, baseline=baseline, update_baseline=False).baseline == "kept"
    assert baseline.read_bytes() == written
    assert f"The baseline file://{baseline} stays as it was accepted at 20" in caplog.text


@pytest.mark.parametrize("older", [True, False])
def test_baseline_that_breaks_off_leaves_the_older_one_or_none(emulator, add_trait, check, baseline, older):
    sid = add_trait("a", 10)
    if older:
        check(sids=[sid], baseline=baseline)
    held = {baseline.name: baseline.read_bytes()} if older else {}
    emulator.set_metrics(sid, {"uniques30Day": 9})
    with full_after(64), pytest.raises(OSError, match="File too large"):
        check(sids=[sid], baseline=baseline)
    assert {path.name: path.read_bytes() for path in baseline.parent.iterdir()} == held


def test_new_objects_are_counted_and_judged_without_a_share(add_trait, check, baseline):
    add_trait("a", 10)
    check(search="Trait", baseline=baseline)
    add_trait("b", 99_999)
    receipt = check(search="Trait", max_rise=0.1, baseline=baseline)
    assert (receipt.passed, receipt.new, receipt.baseline) == (True, 1, "updated")
    assert len(json.loads(baseline.read_text())["populations"]) == 2


@pytest.mark.parametrize("how_many", [1, 60], ids=["few", "many"])
def test_objects_that_are_gone_are_offenders(client, add_trait, check, baseline, how_many):
    sids = [add_trait(f"c{number}", 10) for number in range(how_many)]
    add_trait("left", 10)
    check(search="Trait", baseline=baseline)
    for sid in sids:
        client.traits.delete(sid)
    receipt = check(search="Trait", baseline=baseline)
    assert problems_of(receipt) == {f"c{number}": [GONE] for number in range(how_many)}
    assert receipt.as_xcom()["offenders"][0] == {
        "sid": sids[0],
        "integrationCode": "c0",
        "name": "Trait c0",
        "value": None,
        "baseline": 10,
        "change": None,
        "problems": [GONE],
    }


def test_objects_that_only_left_the_selection_are_none(add_trait, check, baseline, caplog):
    caplog.set_level(logging.INFO)
    first, second = add_trait("a", 10), add_trait("b", 10)
    check(sids=[first, second], baseline=baseline)
    assert check(sids=[second], baseline=baseline).passed
    assert "1 traits of the baseline are no longer in the selection." in caplog.text
    assert [row["sid"] for row in json.loads(baseline.read_text())["populations"]] == [second]


def test_named_objects_that_do_not_exist_are_offenders(add_trait, check):
    sid = add_trait("a", 10)
    assert problems_of(check(sids=[sid, 77], minimum=1)) == {77: [ABSENT]}
    assert problems_of(check(codes=["a", "b"], minimum=1)) == {"b": [ABSENT]}


def test_receipt_holds_a_hundred_offenders_and_the_report_all(emulator, check, tmp_path, caplog):
    caplog.set_level(logging.INFO)
    emulator.seed(traits=130)
    receipt = check(folder="/", minimum=10**9, report=tmp_path / "all.jsonl")
    xcom = receipt.as_xcom()
    assert (xcom["checked"], xcom["offending"], len(xcom["offenders"])) == (130, 130, 100)
    assert xcom["report_uri"] == f"file://{tmp_path}/all.jsonl"
    rows = [json.loads(line) for line in (tmp_path / "all.jsonl").read_text().splitlines()]
    assert rows[:100] == xcom["offenders"]
    assert len(rows) == 130
    assert receipt.as_asset_extra()["report_uri"] == xcom["report_uri"]
    table = [record.getMessage() for record in caplog.records if record.name.endswith("reports.check")]
    assert table[51] == "… and 80 more, 80 of them out of bounds"
    assert "and 125 more: see the table above" in table[-1]


def test_table_is_aligned_with_the_worst_on_top(emulator, add_trait, check, baseline, caplog):
    sids = [add_trait("fine", 1000), add_trait("moved", 1000), add_trait("bad", 1000), add_trait(None, 12)]
    check(sids=sids, baseline=baseline)
    emulator.set_metrics(sids[1], {"uniques30Day": 900})
    emulator.set_metrics(sids[2], {"uniques30Day": 400})
    caplog.clear()
    caplog.set_level(logging.INFO)
    check(sids=sids, max_drop=0.5, baseline=baseline, bounds={sids[0]: {"max_drop": 1}})
    lines = [record.getMessage() for record in caplog.records if record.name.endswith("reports.check")][:5]
    assert [line.split() for line in lines[:3]] == [
        ["sid", "code", "name", "uniques30Day", "baseline", "change", "problem"],
        [
            str(sids[2]),
            "bad",
            "Trait",
            "bad",
            *["400", "1,000", "-60.0%", "dropped", "by", "60%,", "max_drop", "is", "50%"],
        ],
        [str(sids[1]), "moved", "Trait", "moved", "900", "1,000", "-10.0%", "ok"],
    ]
    assert lines[0].index("problem") == lines[1].index("dropped") == lines[2].index("ok")


def test_long_names_do_not_break_the_table(add_trait, check, caplog):
    caplog.set_level(logging.INFO)
    check(sids=[add_trait("x", 1, name="n" * 30 + "\n" + "m" * 30)], minimum=0)
    assert f"  {'n' * 30} {'m' * 8}…  " in caplog.text


def test_segments_have_their_own_metric(emulator, check):
    emulator.seed(segments=1)
    (segment,) = emulator.objects("segments")
    emulator.set_metrics(segment["sid"], {"totalUniques30Day": 3, "instantUniques30Day": 2})
    assert check(kind="segments", sids=[segment["sid"]], minimum=3).passed
    assert not check(kind="segments", sids=[segment["sid"]], metric="instantUniques30Day", minimum=3).passed


@pytest.mark.parametrize("value", ["x", None, -1, 1.5])
def test_figure_that_is_no_number_is_an_error_and_not_zero(emulator, add_trait, check, baseline, value):
    sid = add_trait("a", 5)
    emulator.trouble(LIST, "status", status=200, body=[{"sid": sid, "uniques30Day": value}])
    with pytest.raises(AAMBadAnswer, match=rf"no uniques30Day for 1 of 1, like sid {sid}.*nothing was judged"):
        check(search="Trait", maximum=10, baseline=baseline)
    assert not baseline.exists()


# --- the baseline file ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("content", [b"", b"[]", b"\xff", b'{"kind": "traits"}'])
def test_foreign_file_as_baseline_is_refused_and_kept(emulator, add_trait, check, tmp_path, content):
    (tmp_path / "a.json").write_bytes(content)
    sid = add_trait("a", 1)
    emulator.clear_stats()
    with pytest.raises(AAMArgumentError, match="is not a file of a population check"):
        check(sids=[sid], baseline=tmp_path / "a.json")
    assert (tmp_path / "a.json").read_bytes() == content
    assert emulator.count() == 0


def test_baseline_of_another_metric_is_refused(add_trait, check, baseline):
    sid = add_trait("a", 1)
    check(sids=[sid], baseline=baseline)
    with pytest.raises(
        AAMArgumentError, match="holds uniques30Day of traits, this check is about uniques7Day of traits"
    ):
        check(sids=[sid], metric="uniques7Day", baseline=baseline)


def test_folder_as_baseline_is_refused(add_trait, check, tmp_path):
    with pytest.raises(AAMDestinationError, match="cannot be read: IsADirectoryError"):
        check(sids=[add_trait("a", 1)], baseline=tmp_path)


def test_ids_that_aam_sends_as_text_are_numbers(emulator, add_trait, check, baseline):
    sid = add_trait("a", 5)
    emulator.trouble(LIST, "status", status=200, body=[{"sid": str(sid), "uniques30Day": "6", "name": "A"}])
    check(search="A", baseline=baseline)
    (row,) = json.loads(baseline.read_text())["populations"]
    assert row == {"sid": sid, "code": None, "name": "A", "value": 6}
