"""`airflow-aam export`: the account as files, the same bytes each time."""

from __future__ import annotations

import json

import pytest


@pytest.fixture
def account(emulator, monkeypatch, tmp_path):
    monkeypatch.setenv("AIRFLOW_CONN_AAM_DEFAULT", emulator.connection_json("oauth_server_to_server"))
    monkeypatch.chdir(tmp_path)
    emulator.reset("account")
    return emulator


def test_plan_of_an_export_changes_nothing(account, airflow_aam, tmp_path):
    first = airflow_aam("export", "out", "--json")
    receipt = json.loads(first.stdout)
    assert (first.exit_code, receipt["objects"]["segments"]) == (0, len(account.objects("segments")))
    assert sorted(receipt["files"]) == sorted(path.name for path in (tmp_path / "out").iterdir())
    assert json.loads(airflow_aam("export", "again", "--json").stdout)["sha256"] == receipt["sha256"]
    assert airflow_aam("validate", "out").exit_code == 0
    assert airflow_aam("plan", "out").exit_code == 0


def test_only_the_named_kinds_are_written(account, airflow_aam, tmp_path):
    done = airflow_aam("export", "out", "--kinds", "trait-folders,traits")
    assert done.exit_code == 0
    assert [line.split()[0] for line in done.stdout.splitlines()[:-1]] == ["trait-folders.yaml", "traits.yaml"]
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["trait-folders.yaml", "traits.yaml"]


@pytest.mark.parametrize("kinds", ["traids,traits", ""])
def test_unknown_kind_is_refused_before_adobe_is_asked(account, airflow_aam, tmp_path, kinds):
    done = airflow_aam("export", "out", "--kinds", kinds)
    assert (done.exit_code, done.stdout) == (2, "")
    assert "known are dataSources" in done.stderr
    assert account.requests == []
    assert not (tmp_path / "out").exists()


def test_folder_that_cannot_be_made_is_told(account, airflow_aam, tmp_path):
    (tmp_path / "file").write_text("")
    done = airflow_aam("export", "file/out")
    assert (done.exit_code, done.stdout) == (2, "")
    assert "file" in done.stderr
    assert "Traceback" not in done.stderr


def test_link_in_the_folder_is_replaced_and_not_written_through(account, airflow_aam, tmp_path):
    outside = tmp_path / "bashrc"
    outside.write_text("mine")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "traits.yaml").symlink_to(outside)
    assert airflow_aam("export", "out", "--kinds", "traits").exit_code == 0
    assert outside.read_text() == "mine"
    assert not (tmp_path / "out" / "traits.yaml").is_symlink()
