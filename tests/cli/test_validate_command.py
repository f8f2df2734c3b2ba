"""`airflow-aam validate`: every finding as file:line, offline, for editors and hooks."""

from __future__ import annotations

import json
import re
import subprocess
import sys

import pytest
from test_import_cost import WITHOUT_AIRFLOW

from cli.catalogs import SOURCE, trait, write


@pytest.fixture
def validate(airflow_aam, monkeypatch, tmp_path):
    """The command's exit code and lines, in a folder of its own."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments):
        done = airflow_aam("validate", *arguments)
        return done.exit_code, done.stdout.splitlines()

    return run


def test_right_file_has_no_findings_though_what_it_names_is_elsewhere(validate, tmp_path):
    segment = {
        "name": "S",
        "dataSource": "unknown",
        "folder": "/No",
        "integrationCode": "s",
        "segmentRule": "{nowhere}",
    }
    write(tmp_path / "a.json", {"traits": [trait(1), trait(2)], "segments": [segment]})
    assert validate("a.json") == (0, ["no problems in 2 traits, 1 segment"])


def test_each_finding_is_a_line_with_its_place(validate, tmp_path):
    (tmp_path / "traits.csv").write_text(
        "name,traitType,dataSource,folder,integrationCode,traitRule,ttl\n"
        "A,RULE_BASED_TRAIT,web,/,a,c_page == 1,30\n"
        "B,RULE_BASED_TRAIT,web,/,b,c_page = 1,x\n"
        "C,RULE_BASED_TRAIT,,/,a,c_page == 1,30\n"
    )
    code, lines = validate("traits.csv")
    assert code == 1
    assert [re.match(r"traits\.csv:(\d+): (\w+)", line).groups() for line in lines[:-1]] == [  # type: ignore[union-attr]
        ("3", "traitRule"),
        ("3", "ttl"),
        ("4", "dataSource"),
    ]
    assert lines[-1] == "3 problems in 3 traits"


def test_file_that_cannot_be_read_does_not_hide_the_findings_of_others(validate, tmp_path):
    write(tmp_path / "aam" / "a.json", {"traits": [trait(1, ttl=-1)]})
    write(tmp_path / "aam" / "deep" / "b.json", {"traits": [trait(2, ttl=-1)]})
    write(tmp_path / "aam" / "c.json", {"traits": [trait(3)]})
    (tmp_path / "aam" / "d.yaml").write_text("traits: [\n")
    (tmp_path / "aam" / "e.txt").write_text("-")
    (tmp_path / "aam" / ".hidden").write_text("-")
    code, lines = validate("aam")
    places = [line.split(": ")[0].split(":")[0] for line in lines[:-1]]
    assert (code, sorted(places)) == (
        1,
        ["aam/.hidden", "aam/a.json", "aam/d.yaml", "aam/deep/b.json", "aam/e.txt"],
    )
    assert lines[-1] == "5 problems in 3 traits"


def test_files_are_checked_alone_and_a_folder_as_one_catalog(validate, tmp_path):
    for name in ("a", "b"):
        write(tmp_path / "aam" / f"{name}.json", {"dataSources": [SOURCE]})
    assert validate("aam/a.json", "aam/b.json")[0] == 0
    code, lines = validate("aam")
    assert code == 1
    assert re.match(
        r"aam/b\.json:\d+: integrationCode: “web” is a duplicate \(first used at aam/a\.json:\d+\)$", lines[0]
    )
    assert validate("aam", "aam/a.json") == (1, [lines[0], "1 problem in 3 data sources"])


def test_kind_is_told_where_names_do_not(validate, tmp_path):
    (tmp_path / "x.csv").write_text("name,integrationCode\nA,a\n")
    assert "which kind of object it holds is not clear" in validate("x.csv")[1][0]
    assert validate("x.csv", "--kind", "data-sources") == (0, ["no problems in 1 data source"])
    assert validate("x.csv", "--kind", "traids") == (2, [])


def test_findings_for_programs(airflow_aam, tmp_path):
    path = write(tmp_path / "a.json", {"traits": [trait(1), trait(2, ttl=-1)]})
    done = airflow_aam("validate", path, "--json")
    document = json.loads(done.stdout)
    assert (done.exit_code, document["ok"], document["objects"]) == (1, False, {"traits": 2})
    assert [text.split(":")[0] for text in document["findings"]] == [str(path)]


def test_missing_file_is_no_finding(validate):
    assert validate("nowhere.yaml") == (2, [])


def test_neither_airflow_nor_rich_is_imported(tmp_path):
    path = write(tmp_path / "a.json", {"traits": [trait(1)]})
    code = (
        f"{WITHOUT_AIRFLOW}from airflow_provider_aam.cli import app\n"
        f"app(['validate', {str(path)!r}], standalone_mode=False)\n"
        "assert not {'airflow', 'rich'} & {name.split('.')[0] for name in sys.modules}\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "no problems in 1 trait\n"), done.stderr


def test_warning_is_said_and_changes_no_exit_code(airflow_aam, tmp_path):
    path = write(tmp_path / "a.json", {"traits": [trait(1), {"dataSource": "web", "integrationCode": "t", "ttl": 7}]})
    done = airflow_aam("validate", path)
    assert (done.exit_code, done.stdout) == (0, "no problems in 2 traits\n")
    assert done.stderr.startswith(
        "warning: 1 row of traits can only update a trait that AAM has; a new one needs more (f"
    )
    assert "name, traitType, folder (or folderId)" in done.stderr
    (warning,) = json.loads(airflow_aam("validate", path, "--json").stdout)["warnings"]
    assert f"warning: {warning}\n" == done.stderr


def test_reference_that_stands_twice_in_a_rule_is_a_finding(validate, tmp_path):
    segment = {"name": "S", "dataSource": "web", "folder": "/", "integrationCode": "s", "segmentRule": "{a} AND 1T"}
    twice = {**segment, "integrationCode": "t", "segmentRule": "{a} AND 1T AND {a}"}
    path = write(tmp_path / "a.json", {"segments": [segment, twice]})
    code, lines = validate(path)
    assert code == 1
    finding, summary = lines
    assert finding.partition(": ")[2] == "segmentRule: “{a}” appears twice in one chain of AND: name it once"
    assert summary == "1 problem in 2 segments"
