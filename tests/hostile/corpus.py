"""Files and folders that nobody means well with, made anew for each run: name → what makes it in a folder."""

from __future__ import annotations

import gzip
import io
import json
import os
import socket
import zipfile
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
from openpyxl import Workbook
from pyarrow import parquet

Make = Callable[[Path], Path]
"""Makes a file or folder below the given one; returns what is to be read."""
SECRET = "AAM_SECRET=do-not-show"
FORGED = "a\n::error::forged\x1b[2J\u202e\x9b"


def _file(name: str, content: bytes | str | Callable[[], bytes]) -> Make:
    def make(folder: Path) -> Path:
        made = content() if callable(content) else content
        (folder / name).write_bytes(made.encode() if isinstance(made, str) else made)
        return folder / name

    return make


def _merges(levels: int, width: int) -> str:
    lines = ["x-0: &a0 {ttl: 1}"]
    for level in range(1, levels):
        lines.append(f"x-{level}: &a{level} {{<<: [{', '.join([f'*a{level - 1}'] * width)}]}}")
    return "\n".join([*lines, f"traits:\n- {{<<: *a{levels - 1}}}"])


def _aliased_lists() -> str:
    items = ", ".join(map(str, range(10_000)))
    return f"x-l: &l [{items}]\ntraits:\n" + "- {dataSources: *l}\n" * 2_000


def _aliased_rows() -> str:
    fields = ", ".join(f"f{n}: v" for n in range(900))
    return f"x-r: &r {{{fields}}}\ntraits:\n" + "- *r\n" * 9_000


def _sheet(rows: str, *, shared: str = "") -> bytes:
    book = Workbook()
    book.active.title = "traits"
    plain = io.BytesIO()
    book.save(plain)
    packed = io.BytesIO()
    with zipfile.ZipFile(plain) as old, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.infolist():
            content = old.read(part)
            if part.filename == "xl/worksheets/sheet1.xml":
                space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
                content = f'<worksheet xmlns="{space}"><sheetData>{rows}</sheetData></worksheet>'.encode()
            if shared and part.filename == "xl/sharedStrings.xml":
                content = shared.encode()
            new.writestr(part.filename, content)
    return packed.getvalue()


def _cell(at: str, value: str = "v") -> str:
    return f'<c r="{at}" t="inlineStr"><is><t>{value}</t></is></c>'


def _parquet(columns: dict[str, object]) -> bytes:
    held = io.BytesIO()
    parquet.write_table(pa.table(columns), held, compression="zstd")
    return held.getvalue()


def _bomb(suffix: str, start: bytes, piece: bytes, times: int) -> Make:
    return _file(f"traits.{suffix}.gz", lambda: gzip.compress(start + piece * times, 1))


def _stacked_zip() -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * (300 * 2**20))
    return held.getvalue()


def _link_out(folder: Path) -> Path:
    (folder / ".env").write_text(SECRET)
    (folder / "c").mkdir()
    (folder / "c" / "traits.csv").symlink_to("../.env")
    return folder / "c"


def _link_to_folder(folder: Path) -> Path:
    (folder / "out").mkdir()
    (folder / "out" / "traits.csv").write_text(SECRET)
    (folder / "c").mkdir()
    (folder / "c" / "more").symlink_to("../out")
    return folder / "c"


def _loop(folder: Path) -> Path:
    (folder / "c").mkdir()
    (folder / "c" / "again").symlink_to(".")
    return folder / "c"


def _link_to_itself(folder: Path) -> Path:
    (folder / "c").mkdir()
    (folder / "c" / "traits.csv").symlink_to("traits.csv")
    return folder / "c"


def _pipe(folder: Path) -> Path:
    (folder / "c").mkdir()
    os.mkfifo(folder / "c" / "traits.csv")
    return folder / "c"


def _named_pipe(folder: Path) -> Path:
    os.mkfifo(folder / "traits.csv")
    return folder / "traits.csv"


def _socket(folder: Path) -> Path:
    (folder / "c").mkdir()
    here = os.open(folder / "c", os.O_RDONLY)
    with socket.socket(socket.AF_UNIX) as bound:
        bound.bind(f"/proc/self/fd/{here}/traits.csv")
    os.close(here)
    return folder / "c"


def _device(folder: Path) -> Path:
    (folder / "c").mkdir()
    (folder / "c" / "traits.csv").symlink_to("/dev/zero")
    return folder / "c"


def _forged_name(folder: Path) -> Path:
    (folder / "c").mkdir()
    (folder / "c" / f"{FORGED}.csv").write_text("name,name\n1,2\n")
    return folder / "c"


def _deep_folders(folder: Path) -> Path:
    here = folder / "c"
    for _ in range(100):
        here /= "d"
    here.mkdir(parents=True)
    return folder / "c"


MANY = ",".join(f"c{n}" for n in range(60_000))
FILES: dict[str, Make] = {
    "merge keys tenfold": _file("traits.yaml", _merges(9, 10)),
    "merge keys of themselves": _file("traits.yaml", "x-a: &a {<<: *a}\ntraits: [*a]"),
    "lists by alias": _file("traits.yaml", _aliased_lists),
    "rows by alias": _file("traits.yaml", _aliased_rows),
    "yaml flow depth": _file("traits.yaml", "[" * 100_000),
    "yaml block depth": _file("traits.yaml", "\n".join(" " * n + "a:" for n in range(3_000))),
    "yaml tag": _file("traits.yaml", "traits: [!!python/object/apply:os.system ['true']]"),
    "yaml two documents": _file("traits.yaml", "traits: []\n---\ntraits: []"),
    "yaml alias of nothing": _file("traits.yaml", "traits: [*a]"),
    "yaml keys": _file("traits.yaml", "traits:\n- {" + ", ".join(f"k{n}: 1" for n in range(60_000)) + "}"),
    "yaml wrong items": _file("traits.yaml", "traits:\n" + "- 1\n" * 60_000),
    "yaml unknown keys": _file("traits.yaml", "".join(f"k{n}: 1\n" for n in range(12_000))),
    "yaml nul": _file("traits.yaml", "traits: \0"),
    "yaml forged": _file("traits.yaml", 'traits:\n- {"a\\n::error::forged\\e[2J": 1}'),
    "yaml complex key": _file("traits.yaml", "traits:\n- {? [a, b] : 1}"),
    "not utf-8": _file("traits.yaml", b"traits:\n- \xff"),
    "utf-16": _file("traits.csv", "name\nx".encode("utf-16")),
    "json depth": _file("traits.json", "[" * 1_000_000),
    "json object depth": _file("traits.json", '{"a":' * 100_000),
    "json keys": _file("traits.json", json.dumps([{f"k{n}": 1 for n in range(60_000)}])),
    "json keys twice": _file("traits.json", "[{" + ",".join(f'"k{n}":1,"k{n}":2' for n in range(30_000)) + "}]"),
    "json unknown keys": _file("traits.json", json.dumps({f"k{n}": 1 for n in range(60_000)})),
    "json number": _file("traits.json", '[{"ttl": ' + "9" * 100_000 + "}]"),
    "json not a number": _file("traits.json", '[{"ttl": NaN}]'),
    "json surrogate": _file("traits.json", '[{"name": "\\ud800"}]'),
    "json wrong items": _file("traits.json", "[" + "1," * 100_000 + "1]"),
    "json empty lists": _file("traits.json", lambda: b"[" + b"[]," * 6_000_000 + b"[]]"),
    "json empty objects": _file("traits.json", lambda: b"[" + b"{}," * 1_000_000 + b"{}]"),
    "json forged": _file("traits.json", json.dumps([{FORGED: FORGED, "name": FORGED}])),
    "json cut": _file("traits.json", '[{"name": "x'),
    "json.gz bomb": _bomb("json", b'[{"name": "', b"x" * 2**20, 1024),
    "jsonl.gz bomb": _bomb("jsonl", b"", b"\n" * 2**20, 256),
    "csv.gz bomb": _bomb("csv", b"name\n", b"," * 2**20, 256),
    "yaml.gz bomb": _bomb("yaml", b"traits:\n- name: '", b"x" * 2**20, 256),
    "gz in gz": _file("traits.json.gz", gzip.compress(gzip.compress(b"[]"))),
    "gz cut": _file("traits.json.gz", gzip.compress(b"[]" * 100)[:20]),
    "gz not": _file("traits.json.gz", "[]"),
    "jsonl wrong items": _file("traits.jsonl", "1\n" * 100_000),
    "jsonl lines": _file("traits.jsonl", "\n" * 6_000_000),
    "jsonl rows": _file("traits.jsonl", '{"name":"x"}\n' * 260_000),
    "csv columns": _file("traits.csv", MANY + "\n1"),
    "csv columns twice": _file("traits.csv", "a," * 60_000 + "\n1"),
    "csv commas": _file("traits.csv", lambda: b"name\n" + b"," * 6_000_000),
    "csv wide rows": _file("traits.csv", "name\n" + "1,2\n" * 50_000),
    "csv field": _file("traits.csv", 'name\n"' + "x" * 1_000_000 + '"'),
    "csv quote": _file("traits.csv", 'name\n"x'),
    "csv nul": _file("traits.csv", "name\n\0\0"),
    "csv forged": _file("traits.csv", '"name","a\n::error::forged","\x1b[2J\u202e"\nx,y,z'),
    "csv empty": _file("traits.csv", ""),
    "sheet row gap": _file("traits.xlsx", lambda: _sheet(f'<row r="20000000">{_cell("A20000000")}</row>')),
    "sheet column gap": _file("traits.xlsx", lambda: _sheet(f'<row r="1">{_cell("ZZZZZZ1")}</row>')),
    "sheet wide rows": _file(
        "traits.xlsx", lambda: _sheet("".join(f'<row r="{n}">{_cell(f"XFD{n}")}</row>' for n in range(1, 1_000)))
    ),
    "sheet entities": _file(
        "traits.xlsx",
        lambda: _sheet(f'<row r="1">{_cell("A1", "&a;")}</row>'),
    ),
    "sheet bomb": _file("traits.xlsx", _stacked_zip),
    "sheet row of no number": _file("traits.xlsx", lambda: _sheet(f'<row r="x">{_cell("A1")}</row>')),
    "sheet not a zip": _file("traits.xlsx", "PK\3\4"),
    "parquet text bomb": _file(
        "traits.parquet", lambda: _parquet({"name": pa.DictionaryArray.from_arrays([0] * 6_700, ["x" * 1_000_000])})
    ),
    "parquet rows": _file("traits.parquet", lambda: _parquet({"name": pa.nulls(5_000_000, pa.string())})),
    "parquet columns": _file("traits.parquet", lambda: _parquet({f"c{n}": [1] for n in range(5_000)})),
    "parquet nested": _file("traits.parquet", lambda: _parquet({"name": [[[["x"]]]], "ttl": [{"a": 1}]})),
    "parquet cut": _file("traits.parquet", lambda: _parquet({"name": ["x"]})[:-20]),
    "parquet not": _file("traits.parquet", "PAR1PAR1"),
    "link out of the folder": _link_out,
    "link to a folder outside": _link_to_folder,
    "loop of folders": _loop,
    "link to itself": _link_to_itself,
    "pipe": _pipe,
    "pipe by name": _named_pipe,
    "socket": _socket,
    "device": _device,
    "forged file name": _forged_name,
    "deep folders": _deep_folders,
}
