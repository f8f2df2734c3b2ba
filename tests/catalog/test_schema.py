"""The published JSON Schema says what the models say, and editors can use it."""

from __future__ import annotations

import importlib.util
import json
from importlib.resources import files
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft202012Validator

from airflow_provider_aam.catalog.check import check_rows
from airflow_provider_aam.catalog.kinds import TRAITS
from airflow_provider_aam.catalog.schema import DIALECT, render_schema
from catalog.support import rows_of, trait

ROOT = Path(__file__).parents[2]
SCHEMA = json.loads(files("airflow_provider_aam.catalog.schemas").joinpath("traits.schema.json").read_text("utf-8"))
VALIDATOR = Draft202012Validator(SCHEMA)


@pytest.fixture(scope="module")
def docs():
    spec = importlib.util.spec_from_file_location("docs", ROOT / "scripts" / "docs.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_schema_is_a_schema():
    Draft202012Validator.check_schema(SCHEMA)
    assert SCHEMA["$schema"] == DIALECT
    assert set(SCHEMA["$defs"]["row"]["properties"]) == set(TRAITS.model.columns())
    assert all(column["description"] for column in SCHEMA["$defs"]["row"]["properties"].values())


def test_generated_files_are_current(docs):
    assert docs.stale() == [], "run: make docs"


def test_docs_script_writes_what_is_stale_once(docs, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(docs, "ROOT", tmp_path)
    monkeypatch.setattr("sys.argv", ["docs.py", "--check"])
    assert docs.main() == 1
    monkeypatch.setattr("sys.argv", ["docs.py"])
    assert docs.main() == 0
    assert (tmp_path / docs.SCHEMAS / "traits.schema.json").read_text("utf-8") == render_schema(TRAITS)
    assert "stale" in capsys.readouterr().out
    assert docs.main() == 0
    assert capsys.readouterr().out == ""


def test_example_of_the_dags_is_valid():
    assert VALIDATOR.is_valid(yaml.safe_load((ROOT / "dags" / "traits.yaml").read_text("utf-8")))


VALID = [
    trait(),
    trait(dataSource=None, dataSourceId=7, folder=None, folderId=0),
    trait(integrationCode=7, ttl="90", name=1.5, description="", traitRule=""),
    {"sid": 7, "ttl": 3},
    trait(traitType="ALGO_TRAIT", algoModelId=3, accuracy=0.19),
]
INVALID = [
    5,
    {},
    trait(name=None),
    trait(name=""),
    trait(name="x" * 256),
    trait(name=["a"]),
    trait(dataSource=None),
    trait(dataSourceId=7),
    trait(folder="Web"),
    trait(folderId=7),
    trait(traitType="SEGMENT"),
    trait(status="PAUSED"),
    trait(ttl=-1),
    trait(ttl="soon"),
    trait(ttl=1.5),
    trait(ttl=True),
    trait(traitrule="x"),
    {"sid": 0},
]


@pytest.mark.parametrize("row", VALID)
def test_valid_rows_are_valid_to_schema_and_check(row):
    match_on = "sid" if "sid" in row else "integrationCode"
    row = row if match_on == "sid" else {"integrationCode": "x", **row}
    assert [*VALIDATOR.iter_errors([row])] == [*VALIDATOR.iter_errors({"traits": [row]})] == []
    assert check_rows(rows_of([row]), TRAITS, match_on=match_on)[1] == []


@pytest.mark.parametrize("row", INVALID)
def test_invalid_rows_are_invalid_to_both(row):
    assert not VALIDATOR.is_valid([row])
    assert not VALIDATOR.is_valid({"traits": [row]})
    if isinstance(row, dict):
        assert check_rows(rows_of([row]), TRAITS, match_on="sid" if "sid" in row else "integrationCode")[1]


@pytest.mark.parametrize(
    ("document", "valid"),
    [
        ([], True),
        ({"traits": []}, True),
        ({"$schema": "s", "x-defaults": {"a": 1}, "traits": []}, True),
        ({"traits": {}}, False),
        ({"segments": [], "traits": []}, False),
        ({}, False),
        ("text", False),
    ],
)
def test_document_shapes(document, valid):
    assert VALIDATOR.is_valid(document) is valid


def test_page_for_users_lists_every_column_as_the_model_has_it():
    page = (ROOT / "docs" / "push.md").read_text("utf-8")
    for name, column in SCHEMA["$defs"]["row"]["properties"].items():
        assert f"| `{name}` | {column['description']} |\n" in page
