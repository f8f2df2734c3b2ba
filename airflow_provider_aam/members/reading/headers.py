"""CSV as a relation of DuckDB with nothing guessed: commas, straight quotes, and the names of the first line."""

from __future__ import annotations

import csv
import gzip
import io
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any

from airflow_provider_aam.api.errors import AAMSourceError
from airflow_provider_aam.api.visible import one_line

_LONGEST_HEADER = 2**20


def csv_relation(fs: Any, paths: Sequence[str], quote: Any, identify: Any) -> str:
    """SQL that reads ``paths``, each by its own header. ``quote`` makes a literal of SQL, ``identify`` a name.

    Raises :class:`AAMSourceError` for a file without a header or with a column twice.
    """
    by_header: dict[tuple[str, ...], list[str]] = {}
    for path in paths:
        by_header.setdefault(_header(fs, path), []).append(path)
    each = [
        f"SELECT * FROM read_csv([{', '.join(map(quote, files))}], auto_detect = false, header = true, delim = ',', "
        f"""quote = '"', escape = '"', columns = {{{", ".join(f"{identify(name)}: 'VARCHAR'" for name in header)}}})"""
        for header, files in by_header.items()
    ]
    return f"({' UNION ALL BY NAME '.join(each)})"


def _header(fs: Any, path: str) -> tuple[str, ...]:
    with _opened(fs, path) as raw:
        try:
            with gzip.open(raw) if path.lower().endswith(".gz") else raw as file:
                text = file.read(_LONGEST_HEADER).decode("utf-8-sig", errors="replace")
        except (gzip.BadGzipFile, EOFError) as broken:
            raise AAMSourceError(f"{one_line(path)} is not gzip: {broken}. Nothing was uploaded.") from broken
    names = next(csv.reader(io.StringIO(text, newline="")), [])
    twice = sorted({name for name in names if names.count(name) > 1})
    if not names or twice:
        problem = f"names the column “{one_line(twice[0])}” twice" if twice else "is empty; expected a line of names"
        raise AAMSourceError(f"The first line of {one_line(path)} {problem}. Nothing was uploaded.")
    return tuple(names)


def _opened(fs: Any, path: str) -> IO[bytes]:
    if fs is None:
        return Path(path).open("rb")
    file: IO[bytes] = fs.open(path, "rb")
    return file
