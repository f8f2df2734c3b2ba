"""The published JSON Schemas say what the models say, and editors can use them."""

from __future__ import annotations

import importlib.util
import json
from importlib.resources import files
from pathlib import Path

import pytest
import yaml
from hypothesis import given as over
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from airflow_provider_aam.catalog.checking.schema import DIALECT, render_catalog_schema, render_schema
from airflow_provider_aam.catalog.kinds import KINDS, TRAITS
from catalog.drafting import faults
from catalog.support import trait
from catalog.test_drafts_activation import ADS, MAPPING, PUSH, SERIALIZED
from catalog.test_drafts_audiences import MODEL, SEGMENT, SIGNAL

ROOT = Path(__file__).parents[2]


def published(name: str) -> dict:
    return json.loads(files("airflow_provider_aam.catalog.schemas").joinpath(f"{name}.schema.json").read_text("utf-8"))


CATALOG = Draft202012Validator(published("catalog"))
VALIDATORS = {key: Draft202012Validator(published(kind.resource.name)) for key, kind in KINDS.items()}


@pytest.fixture(scope="module")
def docs():
    spec = importlib.util.spec_from_file_location("docs", ROOT / "scripts" / "docs.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_schema_is_a_schema(kind):
    schema = VALIDATORS[kind.key].schema
    Draft202012Validator.check_schema(schema)
    assert schema["$schema"] == DIALECT
    assert set(schema["$defs"]["row"]["properties"]) == set(kind.model.columns())
    assert all(column["description"] for column in schema["$defs"]["row"]["properties"].values())
    assert schema["$defs"]["row"] == CATALOG.schema["$defs"][kind.key]


def test_default_of_aam_is_told():
    column = VALIDATORS["traits"].schema["$defs"]["row"]["properties"]["ttl"]
    assert column["description"].endswith("AAM's default: 120")


def test_generated_files_are_current(docs):
    assert docs.stale() == [], "run: make docs"


def test_docs_script_writes_what_is_stale_once(docs, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(docs, "ROOT", tmp_path)
    monkeypatch.setattr("sys.argv", ["docs.py", "--check"])
    assert docs.main() == 1
    monkeypatch.setattr("sys.argv", ["docs.py"])
    assert docs.main() == 0
    assert (tmp_path / docs.SCHEMAS / "traits.schema.json").read_text("utf-8") == render_schema(TRAITS)
    catalog = (tmp_path / docs.SCHEMAS / "catalog.schema.json").read_text("utf-8")
    assert catalog == render_catalog_schema(KINDS.values())
    assert "stale" in capsys.readouterr().out
    assert docs.main() == 0
    assert capsys.readouterr().out == ""


def test_example_of_the_dags_is_valid():
    document = yaml.safe_load((ROOT / "dags" / "traits.yaml").read_text("utf-8"))
    assert VALIDATORS["traits"].is_valid(document)
    assert CATALOG.is_valid(document)


VALID = [
    ("traits", trait()),
    ("traits", trait(dataSource=None, dataSourceId=7, folder=None, folderId=0)),
    ("traits", trait(integrationCode=7, ttl="90", name=1.5, description="", traitRule="")),
    ("traits", trait(integrationCode="", status=" inactive")),
    ("traits", {"sid": 7, "ttl": 3}),
    ("traits", trait(traitType="ALGO_TRAIT", algoModelId=3, accuracy=0.19)),
    ("traits", trait(traitType="ALGO_TRAIT", model="M", customerTraitType="L")),
    ("dataSources", {"name": "Web"}),
    ("dataSources", {"name": "Web", "inboundS2S": True, "outboundS2S": "No", "integrationCode": ""}),
    ("dataSources", {"name": "Web", "containerIds": "1, 2", "dataExportRestrictions": ["PII"]}),
    ("dataSources", {"name": "Web", "containerIds": 1, "dataExportRestrictions": "pii,onsite_personalization"}),
    ("traitTypes", {"name": 2026}),
    ("traitFolders", {"path": "/a/b/c/d/e"}),
    ("traitFolders", {"path": "/All Traits/a/b/c/d/e/"}),
    ("traitFolders", {"name": 2026, "parentFolder": "/"}),
    ("traitFolders", {"folderId": 5, "name": "x"}),
    ("segmentFolders", {"path": " /a/b/c/d/e/f"}),
    ("segments", SEGMENT),
    ("segments", {"sid": "7", "status": "INACTIVE"}),
    ("models", MODEL),
    ("models", {**MODEL, "dataSources": "web, 7", "excludedTraits": [7, "a"]}),
    ("models", {**MODEL, "dataSources": 7, "excludedTraits": []}),
    ("derivedSignals", SIGNAL),
    ("destinations", PUSH),
    ("destinations", SERIALIZED),
    ("destinations", {**ADS, "destinationType": "ADS"}),
    ("destinations", {**PUSH, "cookieName": "", "siteIDs": [], "endDate": ""}),
    ("mappings", MAPPING),
    ("mappings", {**MAPPING, "endDate": " 2026-02-01 ", "traitType": "segment", "priority": "3"}),
]
INVALID = [
    ("traits", {}),
    ("traits", trait(name=None)),
    ("traits", trait(name="")),
    ("traits", trait(name=" ")),
    ("traits", trait(name="x" * 256)),
    ("traits", trait(name=["a"])),
    ("traits", trait(dataSource=None)),
    ("traits", trait(dataSourceId=7)),
    ("traits", trait(folder="Web")),
    ("traits", trait(folder=7)),
    ("traits", trait(folderId=7)),
    ("traits", trait(traitType="SEGMENT")),
    ("traits", trait(traitRule=None)),
    ("traits", trait(model="M")),
    ("traits", trait(traitType="ALGO_TRAIT")),
    ("traits", trait(status="PAUSED")),
    ("traits", trait(ttl=-1)),
    ("traits", trait(ttl="soon")),
    ("traits", trait(ttl=1.5)),
    ("traits", trait(ttl=True)),
    ("traits", trait(traitrule="x")),
    ("traits", {"sid": 0}),
    ("dataSources", {"integrationCode": "web"}),
    ("dataSources", {"name": "Web", "inboundS2S": 1}),
    ("dataSources", {"name": "Web", "inboundS2S": "maybe"}),
    ("dataSources", {"name": "Web", "containerIds": "a"}),
    ("dataSources", {"name": "Web", "containerIds": [0]}),
    ("dataSources", {"name": "Web", "dataExportRestrictions": [""]}),
    ("traitTypes", {"name": "a", "description": "b"}),
    ("traitFolders", {}),
    ("traitFolders", {"name": "x"}),
    ("traitFolders", {"path": "/a", "name": "a"}),
    ("traitFolders", {"path": "/a/b/c/d/e/f"}),
    ("traitFolders", {"name": "a/b", "parentFolder": "/"}),
    ("segmentFolders", {"path": "/"}),
    ("segmentFolders", {"path": "/a", "parentFolderId": 0}),
    ("segments", {**SEGMENT, "mergeRule": "a", "mergeRuleDataSourceId": 1}),
    ("segments", {**SEGMENT, "segmentRule": ["1T"]}),
    ("segments", {**SEGMENT, "traitType": "SEGMENT"}),
    ("models", {**MODEL, "dataSources": [0]}),
    ("models", {**MODEL, "dataSources": [""]}),
    ("models", {**MODEL, "excludedTraits": True}),
    ("models", {**MODEL, "sid": 7}),
    ("derivedSignals", {**SIGNAL, "targetKey": ""}),
    ("destinations", {"name": "x"}),
    ("destinations", {**PUSH, "cookieName": "c"}),
    ("destinations", {**PUSH, "urlFormatString": "http://x.example"}),
    ("destinations", {**ADS, "destinationType": "ADS", "delimiter": ","}),
    ("destinations", {"name": "c", "destinationType": "ADS"}),
    ("destinations", {**PUSH, "startDate": "31.01.2026"}),
    ("mappings", {**MAPPING, "startDate": ""}),
    ("mappings", {**MAPPING, "startDate": 20260131}),
    ("mappings", {**MAPPING, "destinationId": 4}),
    ("mappings", {**MAPPING, "traitType": "FOLDER"}),
]


@pytest.mark.parametrize(("key", "row"), VALID)
def test_valid_rows_are_valid_to_schema_and_draft(key, row):
    assert [*VALIDATORS[key].iter_errors([row])] == [*VALIDATORS[key].iter_errors({key: [row]})] == []
    assert [*CATALOG.iter_errors({key: [row]})] == []
    assert faults(KINDS[key].model, row, id_field=KINDS[key].id_field) == []


@pytest.mark.parametrize(("key", "row"), INVALID)
def test_invalid_rows_are_invalid_to_both(key, row):
    assert not VALIDATORS[key].is_valid([row])
    assert not VALIDATORS[key].is_valid({key: [row]})
    assert not CATALOG.is_valid({key: [row]})
    assert faults(KINDS[key].model, row, id_field=KINDS[key].id_field)


VALUES = st.one_of(
    st.booleans(),
    st.integers(-1, 300),
    st.sampled_from(["", "/a/b", "web", "active", "ADS", "PUSH", "yes", "2026-01-31", "7", "x" * 256, "%ALIAS%"]),
    st.lists(st.sampled_from([0, 7, "7", "web", ""]), max_size=2),
    st.none(),
)


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_what_a_draft_takes_no_editor_marks(kind):
    """The other way does not hold: rules, real days of a month and the order of dates are beyond a schema."""
    row = VALIDATORS[kind.key].evolve(schema={**VALIDATORS[kind.key].schema["$defs"]["row"], "allOf": []})

    @over(st.dictionaries(st.sampled_from(kind.model.columns()), VALUES, max_size=3))
    def check(values):
        said = {name: value for name, value in values.items() if value is not None}
        wrong = {text.partition(":")[0].partition(".")[0] for text in faults(kind.model, said, id_field="")}
        for name, value in values.items():
            if name not in wrong:
                assert row.is_valid({name: value})

    check()


@pytest.mark.parametrize("document", [5, "text", [5], {"traits": {}}, {"traits": [5]}, {"other": []}])
def test_documents_of_the_wrong_shape(document):
    assert not VALIDATORS["traits"].is_valid(document)
    assert not CATALOG.is_valid(document)


def test_file_of_one_kind_may_be_a_bare_list_and_holds_no_other_kind():
    traits = VALIDATORS["traits"]
    assert traits.is_valid([])
    assert traits.is_valid({"$schema": "s", "x-defaults": {"a": 1}, "traits": []})
    assert not traits.is_valid({"segments": [], "traits": []})
    assert not traits.is_valid({})


def test_catalog_holds_several_kinds_under_their_keys():
    assert CATALOG.is_valid({"$schema": "s", "x-defaults": {"a": 1}, "segments": [SEGMENT], "traits": [trait()]})
    assert not CATALOG.is_valid([])
