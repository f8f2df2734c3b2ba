"""What users of the wheel have next to their Airflow: the provider, the commands, the examples, the emulator."""

from __future__ import annotations

import json
from pathlib import Path

import airflow_provider_aam

DAGS = Path(__file__).parents[2] / "dags"
WATCHING = {"aam_on_drift", "aam_on_growth"}
"""Airflow 2.11 starts no DAG by an event, so these files have none there."""

PARSE = """
import json, sys
try:
    from airflow.dag_processing.dagbag import DagBag
except ImportError:
    from airflow.models import DagBag
bag = DagBag(dag_folder=sys.argv[1])
print(json.dumps([sorted(bag.dags), bag.import_errors]))
"""

USERS_TESTS = """
from urllib.request import urlopen

def test_of_mine_that_needs_nothing():
    assert True

def test_of_mine_with_the_emulator(aam_emulator):
    assert urlopen(aam_emulator.url + "/docs").status == 200
"""


def test_airflow_lists_the_provider(plain):
    listed = json.loads(plain.run("airflow", "providers", "list", "--output", "json"))
    ours = [each for each in listed if each["package_name"] == "airflow-provider-aam"]
    assert [each["version"] for each in ours] == [airflow_provider_aam.__version__]
    # Airflow 2.11 knows no name in a list; --full shows what both were told.
    (told,) = json.loads(plain.run("airflow", "providers", "get", "airflow-provider-aam", "--full", "--output", "json"))
    assert told["connection-types"][0]["connection-type"] == "aam"


def test_example_dags_have_no_import_error(plain):
    head, *_ = plain.run("airflow-aam", "docs", "example").splitlines()
    folder = head.removeprefix("Example DAGs and their catalog files, in ").removesuffix(":")
    assert Path(folder).is_relative_to(plain.folder / "venv")
    *_, printed = plain.run("python", "-c", PARSE, folder).splitlines()
    expected = {file.stem for file in DAGS.glob("*.py")} - (WATCHING if plain.line == "2.11" else set())
    assert json.loads(printed) == [sorted(expected), {}]


def test_the_command_names_its_commands(plain):
    shown = plain.run("airflow-aam", "--help")
    assert "validate" in shown
    assert "emulator" in shown


def test_the_emulator_gives_a_token_and_every_list(complete):
    with complete.emulator() as connection:
        found = json.loads(complete.run("airflow-aam", "doctor", "--json", AIRFLOW_CONN_AAM_DEFAULT=connection))
    states = {step["step"]: step["state"] for step in found["steps"]}
    assert (states["Token"], states["Read segments"]) == ("green", "green")


def test_the_pytest_plugin_leaves_other_tests_alone(complete):
    complete.install("pytest")
    (complete.folder / "test_mine.py").write_text(USERS_TESTS)
    assert "2 passed" in complete.run("pytest", "-W", "error", "test_mine.py")
