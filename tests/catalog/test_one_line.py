"""A problem or warning is one line that can be seen, whatever a file, its name or its columns hold."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pyarrow as pa
import pytest
from openpyxl import Workbook
from pyarrow import parquet

from airflow_provider_aam.api.errors import AAMSourceError
from airflow_provider_aam.catalog.checking.check import check_catalog
from airflow_provider_aam.catalog.checking.remarks import kept_repetitions
from airflow_provider_aam.catalog.checking.sources import check, load
from airflow_provider_aam.catalog.kinds import KINDS

MARKS = "\n::error::forged\x1b[2J\u202e\x9b\u2028\r"
FORGED = f"a{MARKS}b"
RULES = [
    f'"{FORGED}',
    f"{FORGED}",
    f"{{{FORGED}}}",
    f'{{"{FORGED}"}} AND {{"{FORGED}"}}',
    f'FREQUENCY([{{"{FORGED}"}}]) <= 5',
    f'c == "x" {FORGED}',
    "1T AND\n\x1b",
    f"{{a:b:{FORGED}}}",
]


def said_of(source: Any, **more: Any) -> list[str]:
    """All that a check says of a source: problems, warnings, lines of the refusal."""
    try:
        catalog, _ = load(source, **more)
    except AAMSourceError as refused:
        return [*str(refused).split("\n"), *refused.findings]
    problems, warnings = check(catalog)
    return [*problems, *warnings, *kept_repetitions(check_catalog(catalog)[0])]


def all_visible(texts: list[str]) -> bool:
    forged = [text for text in texts if not text.isprintable() or text.startswith("::error")]
    return forged == []


def rows_of(kind: Any) -> list[dict[str, Any]]:
    """Each column with a text that nobody means well with, alone and next to what makes a row."""
    columns = kind.model.columns()
    hostile = [{name: FORGED} for name in columns] + [{name: [FORGED, {FORGED: FORGED}]} for name in columns]
    rules = [{name: rule} for name in columns if name.endswith("Rule") for rule in RULES]
    every = dict.fromkeys(columns, FORGED)
    return [*hostile, *rules, every, every, {FORGED: FORGED}, {f"nam{MARKS}e": "x"}]


@pytest.mark.parametrize("kind", KINDS.values(), ids=list(KINDS))
@pytest.mark.parametrize("suffix", ["json", "jsonl", "yaml", "list"])
def test_rows_of_each_kind(tmp_path, kind, suffix):
    rows = rows_of(kind)
    if suffix == "list":
        source: Any = {kind.key: rows}
    else:
        path = tmp_path / f"{kind.key}.{FORGED.replace('/', '')}.{suffix}"
        lines = "\n".join(json.dumps(row) for row in rows)
        path.write_text(lines if suffix == "jsonl" else json.dumps({kind.key: rows}))
        source = str(path)
    said = said_of(source)
    assert len(said) > len(kind.model.columns())
    assert all_visible(said)
    sound = [{**row, FORGED: None} for row in rows if not any(isinstance(value, list) for value in row.values())]
    assert all_visible(said_of({kind.key: sound}))


def _csv(*rows: list[str]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()


def _workbook(title: str, *rows: list[str]) -> bytes:
    book = Workbook()
    book.active.title = title
    for row in rows:
        book.active.append(row)
    packed = io.BytesIO()
    book.save(packed)
    return packed.getvalue()


def _parquet(**columns: list[Any]) -> bytes:
    packed = io.BytesIO()
    parquet.write_table(pa.table(columns), packed)
    return packed.getvalue()


FILES: dict[str, bytes] = {
    "columns.csv": _csv(["name", FORGED, FORGED], ["x", FORGED, "y"]),
    "traits.csv": _csv(["name", FORGED], [FORGED, FORGED], [FORGED, "a", "b"]),
    "broken.csv": b'"a\n\x1b" "b,\xe2\x80\xae\n',
    "duplicate.json": json.dumps({"traits": [{"name": FORGED}]})
    .replace("]", f", {{{json.dumps(FORGED)}: 1, {json.dumps(FORGED)}: 2}}]")
    .encode(),
    "keys.json": json.dumps({FORGED: [], "traits": FORGED}).encode(),
    "text.json": json.dumps(FORGED).encode(),
    "broken.json": f"[{FORGED}".encode(),
    "rows.jsonl": f"{json.dumps(FORGED)}\n{FORGED}\n".encode(),
    "keys.yaml": json.dumps({FORGED: [], "traits": [FORGED, [FORGED], {FORGED: 1}]}).encode(),
    "twice.yaml": f"traits:\n- {json.dumps(FORGED)}: 1\n  {json.dumps(FORGED)}: 2\n".encode(),
    "broken.yaml": b"traits: [\xe2\x80\xae\n\t{",
    "alias.yaml": "traits: [*\u202ea]".encode(),
    "traits.xlsx": _workbook(f"t{chr(0x202E)}{chr(0x9B)}", ["name", f"c{chr(0x202E)}"], ["x", f"y{chr(0x9B)}"]),
    "traits.parquet": _parquet(**{FORGED: [FORGED], "name": [FORGED], "folder": [{FORGED: 1}]}),
    "broken.parquet": FORGED.encode(),
    f"{FORGED}.csv": b"name\nx\n",
    f"{FORGED}.unknown": b"x",
    f".{FORGED}.csv": b"x",
}


@pytest.mark.parametrize("name", FILES, ids=ascii)
def test_files_that_are_wrong(tmp_path, name):
    path = tmp_path / name
    path.write_bytes(FILES[name])
    for source in (str(path), str(tmp_path), [str(path), str(path)]):
        said = said_of(source)
        assert said
        assert all_visible(said)


def test_names_of_folders_and_kinds(tmp_path):
    folder = tmp_path / FORGED.replace("/", "")
    folder.mkdir()
    for source in (str(folder), str(tmp_path / f"no{FORGED}"), {FORGED: []}, {"traits": FORGED}, {"traits": [FORGED]}):
        assert all_visible(said_of(source))
    (folder / "traits.yaml").symlink_to("/etc/hostname")
    assert all_visible(said_of(str(folder)))
