"""`airflow-aam impact`: the same tree from the account and from files of it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from cli.catalogs import write

WEB = {"name": "Web", "integrationCode": "web", "type": "GENERAL"}
COMMON = {"dataSource": "web", "folder": "/"}
RULE = {"traitType": "RULE_BASED_TRAIT", **COMMON}
CATALOG: dict[str, Any] = {
    "dataSources": [WEB],
    "traits": [
        {"name": "Pricing", "integrationCode": "pricing", "traitRule": 'c == "p"', **RULE},
        {"name": "Other", "integrationCode": "other", "traitRule": 'c == "o"', **RULE},
        {
            "name": "Alike",
            "integrationCode": "alike",
            "traitType": "ALGO_TRAIT",
            "model": "Look-alike",
            "thresholdType": "ACCURACY",
            "accuracy": 0.5,
            **COMMON,
        },
        {"name": "Unused", "integrationCode": "unused", "traitRule": 'c == "u"', **RULE},
    ],
    "models": [
        {
            "name": "Look-alike",
            "algoTypeId": 1,
            "lookBackPeriod": 30,
            "dataSources": ["web"],
            "baseline": "web:pricing",
        }
    ],
    "segments": [
        {"name": "Left", "integrationCode": "left", "segmentRule": "{pricing} AND NOT {web:other}", **COMMON},
        {"name": "Alike", "integrationCode": "alikes", "segmentRule": "{alike}", **COMMON},
    ],
    "destinations": [{"name": "Ads", "destinationType": "PUSH", "serializationEnabled": False}],
    "mappings": [
        {"destination": "Ads", "segment": "left", "startDate": "2026-01-01", "url": "https://a.example/?1"},
        {"destination": "Ads", "segment": "alikes", "startDate": "2026-01-01", "url": "https://a.example/?2"},
    ],
}
TREE = [
    "1 trait, 1 model, 2 segments and 1 destination depend on trait web/pricing “Pricing”:",
    "├─ model “Look-alike”: baseline",
    "│  └─ trait web/alike “Alike”: model",
    "│     └─ segment web/alikes “Alike”: {web:alike}",
    "│        └─ destination “Ads”",
    "└─ segment web/left “Left”: {web:pricing} AND NOT {web:other}",
    "   └─ destination “Ads”",
]


@pytest.fixture
def catalog(tmp_path: Path) -> Path:
    return write(tmp_path / "aam" / "catalog.json", CATALOG).parent


@pytest.fixture
def account(emulator, airflow_aam, monkeypatch, catalog, tmp_path) -> None:
    """An account that holds what the files describe."""
    monkeypatch.setenv("AIRFLOW_CONN_AAM_DEFAULT", emulator.connection_json("oauth_server_to_server"))
    assert airflow_aam("plan", catalog, "--out", tmp_path / "plan.json").exit_code == 1
    done = airflow_aam("apply", tmp_path / "plan.json", "--yes")
    assert done.exit_code == 0, done.stderr


def test_account_and_files_give_the_same_tree(airflow_aam, account, catalog):
    asked = airflow_aam("impact", "pricing")
    assert (asked.exit_code, re.sub(r"model \d+ ", "model ", asked.stdout).splitlines()) == (1, TREE)
    read = airflow_aam("impact", "web:pricing", "--catalog", catalog)
    lines = [line.partition("  (")[0] for line in read.stdout.splitlines()]
    assert (read.exit_code, lines) == (1, TREE)
    (left,) = [line for line in read.stdout.splitlines() if "“Left”" in line]
    assert f"({catalog}/catalog.json:" in left


@pytest.mark.parametrize("where", ["account", "files"])
def test_label_that_a_tree_shows_means_the_same_object(request, airflow_aam, catalog, where):
    if where == "account":
        request.getfixturevalue("account")
    options = ["--catalog", catalog] if where == "files" else []
    tree = airflow_aam("impact", "web:pricing", *options).stdout
    assert "depend on trait web/pricing “Pricing”" in tree
    assert airflow_aam("impact", "web/pricing", *options).stdout == tree


def test_label_of_a_trait_without_a_code_is_its_data_source_and_id(airflow_aam, account, emulator):
    (unused,) = [each for each in emulator.objects("traits") if each["integrationCode"] == "unused"]
    copied = {key: unused[key] for key in ("traitType", "traitRule", "dataSourceId", "folderId")}
    sid = emulator.add("traits", {"name": "Bare", **copied})["sid"]
    said = f"Nothing depends on trait web/{sid} “Bare”.\n"
    assert [airflow_aam("impact", word).stdout for word in (sid, f"web/{sid}")] == [said, said]
    assert airflow_aam("impact", f"elsewhere/{sid}").exit_code == 2


def test_segment_that_is_mapped_twice_shows_both_aliases(airflow_aam, tmp_path):
    ads = {"name": "Ads", "destinationType": "PUSH", "serializationEnabled": True}
    mapped = {"destination": "Ads", "segment": "left", "startDate": "2026-01-01"}
    twice = [{**mapped, "traitAlias": alias} for alias in ("k1", "k2")]
    write(tmp_path / "aam" / "catalog.json", {**CATALOG, "destinations": [ads], "mappings": twice})
    read = airflow_aam("impact", "left", "--catalog", tmp_path / "aam")
    assert "└─ destination “Ads”: alias k1, alias k2 " in read.stdout


def test_code_with_a_slash_comes_before_a_label(airflow_aam, tmp_path):
    rows = [
        {"name": name, "integrationCode": code, "traitRule": "c == 1", **RULE}
        for name, code in (("Label", "tents"), ("Code", "web/tents"))
    ]
    path = write(tmp_path / "traits.json", {"traits": rows})
    assert "“Code”" in airflow_aam("impact", "web/tents", "--catalog", path).stdout
    assert "“Code”" in airflow_aam("impact", "web/web/tents", "--catalog", path).stdout


def test_files_are_asked_offline(emulator, airflow_aam, catalog):
    assert airflow_aam("impact", "pricing", "--catalog", catalog).exit_code == 1
    assert emulator.requests == []


def test_rest_of_the_tree_is_that_of_a_segment(airflow_aam, account, emulator):
    (segment,) = [each for each in emulator.objects("segments") if each["integrationCode"] == "left"]
    for word in ("left", "web:left", segment["sid"], f"{segment['sid']}T", "Left"):
        done = airflow_aam("impact", word)
        assert done.stdout.splitlines() == [
            "1 destination depends on segment web/left “Left”:",
            "└─ destination “Ads”",
        ]


@pytest.mark.parametrize("where", ["account", "files"])
def test_what_nothing_depends_on_ends_with_0(request, airflow_aam, catalog, where):
    if where == "account":
        request.getfixturevalue("account")
    options = ["--catalog", catalog] if where == "files" else []
    done = airflow_aam("impact", "unused", *options)
    assert (done.exit_code, done.stdout) == (0, "Nothing depends on trait web/unused “Unused”.\n")


def test_trait_that_files_name_and_do_not_describe_is_found(airflow_aam, tmp_path):
    rules = ["{crm:gold}", "{gold}", "123T"]
    rows = [
        {"name": f"S{n}", "integrationCode": f"s{n}", "segmentRule": rule, **COMMON} for n, rule in enumerate(rules)
    ]
    path = write(tmp_path / "segments.json", {"segments": rows})
    gold = airflow_aam("impact", "crm:gold", "--catalog", path)
    assert [line.split("  (")[0] for line in gold.stdout.splitlines()] == [
        "2 segments depend on trait crm/gold:",
        "├─ segment web/s0 “S0”: {crm:gold}",
        "└─ segment web/s1 “S1”: {crm:gold}",
    ]
    assert airflow_aam("impact", "123", "--catalog", path).stdout.startswith("1 segment depends on trait 123:")


def test_models_that_aam_does_not_show_hide_nothing_else(airflow_aam, account, emulator):
    emulator.trouble("GET /v1/models*", "status", status=403, times=None)
    done = airflow_aam("impact", "pricing")
    assert done.stdout.splitlines()[0] == "1 segment and 1 destination depend on trait web/pricing “Pricing”:"
    assert "note: models are left out, because AAM does not show them: GET /v1/models" in done.stderr
    assert [*json.loads(airflow_aam("impact", "pricing", "--json").stdout)["hidden"]] == ["models"]


def test_document_for_programs(airflow_aam, account, catalog, emulator):
    document = json.loads(airflow_aam("impact", "{web:pricing}", "--json").stdout)
    assert document["counts"] == {"models": 1, "traits": 1, "segments": 2, "destinations": 1}
    sid = {each["integrationCode"]: each["sid"] for each in emulator.objects("segments")}
    left = document["object"]["used_by"][1]
    assert (left["kind"], left["id"], left["why"]) == ("segment", sid["left"], "{web:pricing} AND NOT {web:other}")
    read = json.loads(airflow_aam("impact", "pricing", "--catalog", catalog, "--json").stdout)
    assert read["counts"] == document["counts"]
    assert read["object"]["place"].startswith(f"{catalog}/catalog.json:")
    assert "id" not in read["object"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("pricin",), "{catalog} has no trait “pricin”. Did you mean “pricing”? {catalog} has no segment “pricin”.\n"),
        (("zzz",), "{catalog} has no trait “zzz”. {catalog} has no segment “zzz”.\n"),
        (("pricing", "--kind", "models"), "--kind is models; expected traits or segments"),
        (("pricing", "--kind", "segments"), "{catalog} has no segment “pricing”"),
        (("Alike",), "“Alike” means a trait and a segment: add --kind traits or --kind segments."),
    ],
)
def test_word_that_means_nothing_or_too_much_ends_with_2(airflow_aam, catalog, arguments, said):
    done = airflow_aam("impact", *arguments, "--catalog", catalog)
    assert (done.exit_code, done.stdout) == (2, "")
    assert said.format(catalog=catalog) in done.stderr


def test_file_with_a_problem_is_refused(airflow_aam, catalog):
    write(catalog / "more.json", {"segments": [{"name": "X", "segmentRule": "{pricing} AND", **COMMON}]})
    done = airflow_aam("impact", "pricing", "--catalog", catalog)
    assert (done.exit_code, done.stdout) == (2, "")
    assert "segmentRule" in done.stderr


def test_circle_ends(airflow_aam, tmp_path):
    """A model whose own trait is its baseline."""
    model = {"name": "M", "algoTypeId": 1, "lookBackPeriod": 30, "dataSources": ["web"], "baseline": "loop"}
    trait = {"name": "Loop", "integrationCode": "loop", "traitType": "ALGO_TRAIT", "model": "M", **COMMON}
    more = {"thresholdType": "ACCURACY", "accuracy": 0.5}
    path = write(tmp_path / "c.json", {"models": [model], "traits": [{**trait, **more}]})
    done = airflow_aam("impact", "loop", "--catalog", path)
    assert [line.split("  (")[0] for line in done.stdout.splitlines()] == [
        "1 model depends on trait web/loop “Loop”:",
        "└─ model “M”: baseline",
        "   └─ trait web/loop “Loop”: model",
    ]
