"""Trait memberships as a task of a DAG in a real Airflow: files that AAM takes, or one clear refusal."""

from __future__ import annotations

import gzip
import json
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from keep import Keep
from operator_checks import arguments_of, failure_of
from upath import UPath

from airflow_provider_aam.compat import AIRFLOW_V_3_0_PLUS, Asset
from airflow_provider_aam.files.scratch import scratch_folder
from airflow_provider_aam.operators.members import (
    AAMJoinTraitMembersOperator,
    AAMPlanTraitMembersOperator,
    AAMPushIdSyncOperator,
    AAMPushTraitMembersOperator,
)
from airflow_provider_aam.stream.operations import Rejected
from airflow_provider_aam.stream.tally import tallying

DAY = datetime(2026, 1, 2, tzinfo=UTC)
NAME = f"ftp_dpm_{{}}_{int(DAY.timestamp())}.sync.gz"
DATE = "logical_date" if AIRFLOW_V_3_0_PLUS else "execution_date"


@pytest.fixture(autouse=True)
def _connection(emulator, monkeypatch) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_AAM_DEFAULT", emulator.connection_json("oauth_server_to_server", max_attempts=1))


@pytest.fixture
def account(emulator) -> dict[str, Any]:
    """A data source of customer ids, two onboarded traits of it, and a trait that AAM's inbound files cannot set."""
    source = emulator.add("data_sources", {"name": "CRM", "integrationCode": "crm"})["dataSourceId"]
    rows = [("gold", "ON_BOARDED_TRAIT"), ("silver", "ON_BOARDED_TRAIT"), ("seen", "RULE_BASED_TRAIT")]
    traits = [
        {"name": code.title(), "integrationCode": code, "traitType": kind, "dataSourceId": source}
        for code, kind in rows
    ]
    return {"source": source} | {row["integrationCode"]: row["sid"] for row in emulator.add("traits", traits)}


def rows_in(folder: Path, *pairs: tuple[str, object]) -> str:
    path = folder / "rows.jsonl"
    path.write_text("".join(json.dumps({"user": user, "trait": trait}) + "\n" for user, trait in pairs))
    return str(path)


def test_task_writes_files_and_returns_the_receipt(account, run, tmp_path):
    source = rows_in(tmp_path, ("u1", "gold"), ("u2", "silver"), ("u1", "silver"), ("u1", "gold"))
    asset = Asset("aam://account/members")

    def build() -> None:
        push = AAMPushTraitMembersOperator(
            task_id="push",
            source=source,
            data_source="crm",
            traits_are="integrationCode",
            destination=f"file://{tmp_path}/date={{{{ ds }}}}",
            outlets=[asset],
        )
        Keep(task_id="keep", value=push.output, path=str(tmp_path / "receipt.json"))

    for _ in range(2):
        assert run(build, **{DATE: DAY}).state == "success"
    receipt = json.loads((tmp_path / "receipt.json").read_text())
    (path,) = (tmp_path / "date=2026-01-02").iterdir()
    assert path.name == NAME.format(account["source"])
    gold, silver = (f"d_sid={sid}" for sid in (account["gold"], account["silver"]))
    assert gzip.decompress(path.read_bytes()).decode() == f"u1\t{gold},{silver}\nu2\t{silver}\n"
    assert [file["uri"] for file in receipt["files"]] == [f"file://{path}"]
    assert (receipt["rows"], receipt["items"], receipt["duplicates"], receipt["rejected"]) == (4, 3, 1, 0)


def test_format_of_ids_can_be_said(account, tmp_path):
    """Where AAM's settings of a data source are misread: 38 digits are ids of AAM, and a customer's word is not."""
    task = AAMPushTraitMembersOperator(
        task_id="push",
        source=rows_in(tmp_path, ("9" * 38, "gold"), ("crm-1", "gold")),
        data_source="crm",
        id_format="aam",
        traits_are="integrationCode",
        destination=f"{tmp_path}/out",
        batch_time=DAY,
    )
    assert "1 of 2 rows were rejected (max_rejected=0): BAD_ID 1." in str(failure_of(task))


def test_everything_that_aam_would_drop_is_refused_at_once(account, tmp_path):
    other = rows_in(tmp_path, ("u1", "gold"), ("u2", "seen"), ("u3", "platinum"))
    task = AAMPushTraitMembersOperator(
        task_id="push",
        source=other,
        data_source="crm",
        traits_are="integrationCode",
        destination=f"{tmp_path}/out",
        batch_time=DAY,
    )
    message = failure_of(task, dag_run=None)
    assert "2 problems" in message
    assert "“Seen” is a RULE_BASED_TRAIT" in message
    assert "platinum" in message
    assert not (tmp_path / "out").exists()


def test_codes_where_sids_are_expected_are_named_with_what_to_say(account, tmp_path):
    source = rows_in(tmp_path, ("u1", "gold"), ("u2", account["silver"]))
    task = AAMPushTraitMembersOperator(
        task_id="push", source=source, data_source="crm", destination=f"{tmp_path}/out", batch_time=DAY
    )
    said = "“gold” is not a sid; for integration codes say traits_are='integrationCode'"
    assert said in failure_of(task, dag_run=None)


def test_several_sids_in_one_text_are_named_with_what_to_say(account, tmp_path):
    source = rows_in(tmp_path, ("u1", "401|402|403"))
    task = AAMPushTraitMembersOperator(
        task_id="push", source=source, data_source="crm", destination=f"{tmp_path}/out", batch_time=DAY
    )
    said = "“401|402|403” is not a sid; for several in one text say trait_separator='|'"
    assert said in failure_of(task, dag_run=None)


def test_arguments_that_cannot_be_are_named_together(tmp_path):
    task = AAMPushTraitMembersOperator(
        task_id="push",
        source="x.csv",
        data_source=1,
        destination=str(tmp_path),
        mode="replace",
        clear_users=True,
        max_rejected=-1,
    )
    message = failure_of(task)
    assert "3 problems" in message
    assert "mode is 'replace'; expected 'sync' or 'overwrite'" in message


def test_a_task_that_airflow_kills_leaves_no_files_on_the_worker(tmp_path):
    task = AAMPushTraitMembersOperator(task_id="push", source="x.csv", data_source=1, destination=str(tmp_path))
    with scratch_folder() as folder:
        (folder / "spilled").touch()
        task.on_kill()
        assert folder.exists() is not AIRFLOW_V_3_0_PLUS
    assert not folder.exists()


@pytest.mark.skipif(AIRFLOW_V_3_0_PLUS, reason="Airflow 3 raises no error in a task that it kills")
def test_rejects_of_a_task_that_airflow_2_kills_are_written(tmp_path):
    task = AAMPushTraitMembersOperator(task_id="push", source="x.csv", data_source=1, destination=str(tmp_path))
    rejects = UPath("memory://bucket/rejects.jsonl")
    rejects.parent.mkdir(parents=True, exist_ok=True)
    with suppress(KeyboardInterrupt), tallying(rejects) as tally:
        tally.reject([Rejected(place="rows.jsonl:1", row=None, code="UNREADABLE", reason="x")])
        task.on_kill()
        raise KeyboardInterrupt
    assert "rows.jsonl:1" in rejects.read_text()


def test_a_dry_run_writes_nothing(account, tmp_path):
    task = AAMPushTraitMembersOperator(
        task_id="push",
        source=rows_in(tmp_path, ("u1", account["gold"])),
        data_source="crm",
        destination=f"{tmp_path}/out",
        batch_time=DAY,
        dry_run=True,
    )
    receipt = task.execute({"dag_run": None})
    assert (receipt["users"], receipt["files"]) == (1, [])
    assert not (tmp_path / "out").exists()


def test_global_device_sources_need_a_target(account, tmp_path):
    task = AAMPushTraitMembersOperator(
        task_id="push",
        source=rows_in(tmp_path, ("97987bca-ae59-4c7d-94ba-ee4f19ab8c21", account["gold"])),
        data_source=20914,
        destination=f"{tmp_path}/out",
        batch_time=DAY,
    )
    assert "name the data source that owns them as target_data_source" in failure_of(task, dag_run=None)
    task.data_source, task.target_data_source = "20914", "crm"
    receipt = task.execute({"dag_run": None})
    assert f"ftp_dpm_20914_{account['source']}_" in receipt["files"][0]["uri"]


def test_what_shares_cannot_have_is_named(tmp_path):
    plan = AAMPlanTraitMembersOperator(
        task_id="plan",
        source="x.csv",
        data_source=1,
        destination=str(tmp_path),
        shares=2000,
        max_rejected=3,
        rejects_path="rejects.jsonl",
        previous=str(tmp_path),
        dry_run=True,
    )
    message = failure_of(plan)
    assert "5 problems" in message
    assert "max_rejected is for the task that joins the shares" in message
    assert "previous cannot be shared" in message
    assert "shares is 2000; it must be 1,024 or less" in message


def test_a_set_whose_shares_are_missing_fails(tmp_path):
    task = AAMJoinTraitMembersOperator(task_id="join", receipts=[], destination=f"{tmp_path}/out")
    message = failure_of(task)
    assert "Nothing was uploaded" in message
    assert "expected the receipts of all shares, found none" in message
    assert not (tmp_path / "out").exists()


def test_arguments_of_an_id_sync_that_cannot_be_are_named_together(tmp_path):
    task = AAMPushIdSyncOperator(
        task_id="push",
        ids={"gaid": 20914, "crm_id": "crm"},
        family="adobe",
        id_formats={"crm_id": "mail", "mail": "ecid"},
        destination=str(tmp_path),
    )
    message = failure_of(task)
    assert "4 problems" in message
    assert "give either source, or sql with sql_conn_id" in message
    assert "family is 'adobe'; expected 'adobe_id' or 'c2c_id'" in message
    assert "id_formats: 'mail' is not a column of ids" in message
    assert "id_formats of 'crm_id' is 'mail'; expected 'customer' or 'aam' or 'ecid'" in message


@pytest.mark.parametrize("operator", [AAMPushTraitMembersOperator, AAMJoinTraitMembersOperator, AAMPushIdSyncOperator])
def test_every_argument_is_documented(operator):
    described = operator.__doc__ or ""
    for name in arguments_of(operator):
        assert f":param {name}:" in described, name
