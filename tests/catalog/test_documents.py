"""A catalog of several files: which kind each list, sheet or table holds, and what is said when that is not clear."""

from __future__ import annotations

import csv
import errno
import gzip
import io
import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from pyarrow import parquet

from airflow_provider_aam.api.errors import AAMSourceError
from airflow_provider_aam.catalog.problems import Problem
from airflow_provider_aam.catalog.reading.documents import read_catalog
from tests.catalog.test_xlsx import workbook

SHARED = {"sid", "name", "description", "dataSourceId", "folderId"}
KINDS = {
    "dataSources": {"dataSourceId", "name", "description"},
    "traitFolders": {"folderId", "name", "parentFolderId"},
    "segmentFolders": {"folderId", "name", "parentFolderId"},
    "traits": SHARED | {"traitRule", "traitType", "ttl"},
    "models": {"algoModelId", "name", "description", "status", "algoTypeId", "excludedTraits"},
    "segments": SHARED | {"segmentRule"},
    "derivedSignals": {"derivedSignalId", "sourceKey", "sourceValue", "targetKey", "targetValue"},
    "mappings": {"destinationMappingId", "destinationId", "sid", "traitType", "startDate", "traitAlias", "url"},
}

Catalog = dict[str, list[dict[str, Any]]]


def write(folder: Path, files: dict[str, str | bytes]) -> list[Path]:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return [folder / name for name in files]


def catalog(paths: list[Path], *, only: str | None = None) -> Catalog:
    held = read_catalog(paths, kinds=KINDS, only=only)
    return {key: [dict(row.values) for row in rows] for key, rows in held.items()}


def refused(paths: list[Path], *, only: str | None = None) -> list[str]:
    with pytest.raises(AAMSourceError) as error:
        read_catalog(paths, kinds=KINDS, only=only)
    return [text.rpartition("/")[2] for text in error.value.findings]


class _Closed(type(Path())):  # type: ignore[misc]
    """A folder in which others called ``closed`` cannot be listed, not even by a superuser."""

    def iterdir(self) -> Any:
        if self.name == "closed":
            raise PermissionError(errno.EACCES, "Permission denied")
        return super().iterdir()


DOCUMENT = {"$schema": "x", "x-note": [1], "segments": [{"name": "s"}], "traits": [{"name": "t"}], "models": []}


@pytest.mark.parametrize("suffix", ["json", "yaml"])
def test_document_holds_a_list_of_each_kind(tmp_path, suffix):
    paths = write(tmp_path, {f"all.{suffix}": json.dumps(DOCUMENT, indent=1)})
    assert catalog(paths) == {"traits": [{"name": "t"}], "models": [], "segments": [{"name": "s"}]}
    (row,) = read_catalog(paths, kinds=KINDS)["segments"]
    assert str(row.place) == f"{paths[0]}:7"
    assert "unknown key" in refused(paths, only="traits")[0]


def test_files_and_folders_make_one_catalog_in_the_order_of_their_names(tmp_path):
    files = {
        "b/traits.csv": "name\nfrom csv\n",
        "a/deep/Trait.web.jsonl.gz": gzip.compress(b'{"name": "from jsonl"}\n'),
        "a/list.yaml": "traits: [{name: from yaml}]\nsegments: []\n",
        "c/segment-folders.yml": "- name: bare list\n",
        "c/data sources.json": '[{"name": "also bare"}]',
        "c/derived_signals.csv": "sourceKey\nk\n",
    }
    write(tmp_path, files)
    one_by_one = [tmp_path / "a", tmp_path / "b/traits.csv", tmp_path / "c"]
    assert catalog([tmp_path]) == catalog(one_by_one)
    assert catalog([tmp_path]) == {
        "dataSources": [{"name": "also bare"}],
        "segmentFolders": [{"name": "bare list"}],
        "traits": [{"name": "from jsonl"}, {"name": "from yaml"}, {"name": "from csv"}],
        "segments": [],
        "derivedSignals": [{"sourceKey": "k"}],
    }


@pytest.mark.parametrize(
    ("header", "kind"),
    [
        ("name,dataSourceId,folderId,traitRule,traitType", "traits"),
        ("name,dataSourceId,folderId,segmentRule", "segments"),
        ("sid,traitType", "traits"),
        ("sid,ttl", "traits"),
        ("sid,segmentRule,ttl", "segments"),
        ("sourceKey,sourceValue,targetKey,targetValue", "derivedSignals"),
        ("name,description,status,algoTypeId,intervalSeconds,lookBackPeriod,dataSources,sid,excludedTraits", "models"),
        ("destinationId,sid,traitType,startDate,url", "mappings"),
        ("destinationId,sid,traitType,startDate,traitAlias,valueAlias", "mappings"),
        ("destinationMappingId,destinationId,traitAlias", "mappings"),
    ],
)
def test_columns_of_the_bulk_workbook_tell_the_kind(tmp_path, header, kind):
    names = header.split(",")
    table = f"{header}\n{','.join('1' for _ in names)}\n"
    sheet = workbook(Sheet1=[names, [1] * len(names)])
    parquet_file = io.BytesIO()
    parquet.write_table(pa.table({name: ["1"] for name in names}), parquet_file)
    row = dict.fromkeys(names, "1")
    files = {"a.csv": table, "b.xlsx": sheet, "c.jsonl": json.dumps(row), "d.parquet": parquet_file.getvalue()}
    for path in write(tmp_path, files):
        assert catalog([path]) == {kind: [row]}


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ("sid,name", "its columns fit traits, segments"),
        ("name,parentFolderId", "its columns fit traitFolders, segmentFolders"),
        ("colour,shape", "neither its name nor its columns tell"),
        ("ttl,algoTypeId", "its columns fit models, traits"),
    ],
)
def test_columns_that_tell_no_kind_are_a_finding_that_says_how_to_name_it(tmp_path, header, said):
    (finding,) = refused(write(tmp_path, {"data.csv": f"{header}\na,b\n"}))
    assert finding.startswith(
        f"data.csv: which kind of object it holds is not clear ({said}): call the file like the kin"
    )
    assert finding.endswith("known: " + ", ".join(KINDS))


def test_name_decides_where_columns_do_not(tmp_path):
    table = "sid,name\n5,a\n"
    assert catalog(write(tmp_path, {"Segment.csv": table})) == {"segments": [{"sid": "5", "name": "a"}]}
    assert catalog(write(tmp_path, {"other.csv": table}), only="segments") == {"segments": [{"sid": "5", "name": "a"}]}
    book = workbook(
        Sheet1=[["sid", "traitRule"], [1, "a"]], Segments=[["sid", "name"], [5, "a"]], Trait_Folders=[["name"], ["f"]]
    )
    (path,) = write(tmp_path, {"plan.xlsx": book})
    assert catalog([path]) == {
        "traitFolders": [{"name": "f"}],
        "traits": [{"sid": "1", "traitRule": "a"}],
        "segments": [{"sid": "5", "name": "a"}],
    }
    assert catalog([path], only="segments") == {"segments": [{"sid": "5", "name": "a"}]}
    assert catalog(write(tmp_path, {"traits.xlsx": workbook(Sheet1=[["sid"], [7]])})) == {"traits": [{"sid": "7"}]}


def test_sheet_of_no_clear_kind_is_a_finding_that_says_how_to_name_it(tmp_path):
    book = workbook(Notes=[["sid"], [1]], Segments=[["sid"], [5]])
    (finding,) = refused(write(tmp_path, {"traits.xlsx": book}))
    assert finding.startswith(
        "traits.xlsx[Notes]: which kind of object it holds is not clear (its columns fit traits, s"
    )
    assert "call the sheet like the kind, as in “Traits”, or x-… if it is none" in finding


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.yaml", "traist: []", "a.yaml:1: unknown key 'traist'; known: "),
        ("a.yaml", "traits:\n", "a.yaml:1: traits must be a list"),
        ("a.yaml", "", "a.yaml:1: is empty: where there are none, write dataSources: []"),
        ("a.yaml", "5", "a.yaml:1: must be a list, or an object with lists of dataSources, traitFolders"),
        ("a.json", "", 'a.json:1: is empty: where there are none, write {"dataSources": []}'),
        ("data.csv", "", "data.csv:1: is empty; expected a header row with column names"),
        ("a.yaml", "- name: a", "a.yaml: which kind of object it holds is not clear (its columns fit dataSources, "),
        ("a.json", '{"traist": []}', "a.json:1: unknown keys traist; known: "),
        ("a.json", '{"traits": {}, "models": 5}', "a.json:1: traits, models must be a list"),
        ("a.json", "5", 'a.json:1: must be a list, or {"dataSources": [...], …}'),
        ("a.json", '{"traits": [], "traits": []}', "a.json:1: duplicate key in one object: 'traits'"),
        ("README.md", "", "README.md: has no known suffix; known are .yaml, "),
        ("folder/.git/config", "", ".git: is hidden and was not read; move it out of the catalog"),
    ],
)
def test_what_is_wrong_in_a_catalog_is_one_finding(tmp_path, name, content, said):
    write(tmp_path, {name: content})
    (finding,) = refused([tmp_path / name.partition("/")[0]])
    assert said in finding


def test_near_miss_of_a_key_is_named(tmp_path):
    paths = write(tmp_path, {"a.yaml": "traist: []", "b.json": '{"segmentFolder": []}'})
    yaml_said, json_said = refused(paths)
    assert yaml_said.endswith("Did you mean “traits”?")
    assert json_said.endswith("Did you mean “segmentFolders”?")


def test_findings_of_all_files_come_at_once(tmp_path):
    write(tmp_path, {"a.yaml": "traits: 5", "b.txt": "", ".hidden.yaml": "traits: []"})
    (tmp_path / "empty").mkdir()
    assert [text.partition(" ")[0] for text in refused([tmp_path])] == [
        ".hidden.yaml:",
        "a.yaml:1:",
        "b.txt:",
        "empty:",
    ]


def test_file_that_cannot_be_opened_hides_nothing(tmp_path, monkeypatch):
    write(tmp_path, {"b.yaml": "traits: 5", "c/traits.csv": "name,name\n", "d/traits.csv": "name\nlate\n"})
    (tmp_path / "a.yaml").symlink_to(tmp_path / "nowhere.yaml")
    (tmp_path / "z.csv.gz").write_bytes(b"name")
    monkeypatch.setitem(__import__("sys").modules, "openpyxl", None)
    (tmp_path / "y.xlsx").write_bytes(b"")

    def check(held: Any) -> list[Problem]:
        return [Problem(place=row.place, text="checked") for row in held["traits"]]

    with pytest.raises(AAMSourceError, match="has 6 problems") as error:
        read_catalog([tmp_path], kinds=KINDS, check=check)
    assert [text.removeprefix(f"{tmp_path}/")[:26] for text in error.value.findings] == [
        "a.yaml: cannot be read: No",
        "b.yaml:1: traits must be a",
        "c/traits.csv:1: the column",
        "d/traits.csv:2: checked",
        "y.xlsx: is a workbook, whi",
        "z.csv.gz: cannot be read: ",
    ]


def test_folder_that_cannot_be_listed_is_a_finding(tmp_path):
    write(tmp_path, {"a.yaml": "traits: 5"})
    (tmp_path / "closed").mkdir()
    folder = _Closed(tmp_path)
    with pytest.raises(AAMSourceError) as error:
        read_catalog([folder], kinds=KINDS)
    assert [text.removeprefix(f"{tmp_path}/")[:38] for text in error.value.findings] == [
        "a.yaml:1: traits must be a list",
        "closed: cannot be read: Permission den",
    ]


def test_document_of_no_kind_is_an_empty_catalog(tmp_path):
    assert catalog(write(tmp_path, {"a.yaml": "$schema: x\nx-a: 1\n", "b.json": '{"$schema": "x"}'})) == {}


def test_no_file_is_refused():
    with pytest.raises(AAMSourceError, match="the catalog names no file"):
        read_catalog([], kinds=KINDS)


def test_missing_file_is_refused(tmp_path):
    with pytest.raises(AAMSourceError, match=r"a\.yaml: cannot be read: No such file"):
        read_catalog([tmp_path / "a.yaml"], kinds=KINDS)


CELL = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=8).filter(lambda text: text.strip())
ROWS = st.lists(st.dictionaries(st.sampled_from(["name", "description"]), CELL, min_size=1), max_size=3)
CATALOG = st.dictionaries(st.sampled_from(["traits", "segments", "models"]), ROWS, min_size=1)


@settings(deadline=None, max_examples=40)
@given(CATALOG, st.lists(CELL, max_size=3))
def test_every_format_reads_back_the_catalog_that_was_written(tmp_path_factory, held, sites):
    folder = tmp_path_factory.mktemp("catalog")
    with_lists = {key: [{**row, "sites": sites} for row in rows] for key, rows in held.items()}
    quoted = yaml.safe_dump(with_lists, allow_unicode=True, default_style='"')
    assert catalog(write(folder, {"all.yaml": quoted})) == with_lists
    assert catalog(write(folder, {"all.json": json.dumps(with_lists)})) == with_lists
    lines = {f"{key}.jsonl": "".join(json.dumps(row) + "\n" for row in rows) for key, rows in with_lists.items()}
    assert catalog(write(folder, lines)) == with_lists
    tables = {}
    for key, rows in held.items():
        table = io.StringIO(newline="")
        writer = csv.DictWriter(table, ["name", "description"])
        writer.writeheader()
        writer.writerows(rows)
        tables[f"{key}.csv"] = table.getvalue()
    assert catalog(write(folder, tables)) == held
