"""One reader a file format; which suffix belongs to which."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import IO

from airflow_provider_aam.catalog.problems import Problem
from airflow_provider_aam.catalog.reading.readers.csv import read_csv
from airflow_provider_aam.catalog.reading.readers.json import read_json, read_jsonl
from airflow_provider_aam.catalog.reading.readers.parquet import read_parquet
from airflow_provider_aam.catalog.reading.readers.xlsx import read_xlsx
from airflow_provider_aam.catalog.reading.readers.yaml import read_yaml
from airflow_provider_aam.catalog.reading.rows import Table

Reader = Callable[[IO[bytes], str, Sequence[str], list[Problem]], list[Table]]
"""(file, source name, keys that a document may hold, findings to add to) → one table of each key, sheet or file."""

READERS: dict[str, Reader] = {
    ".yaml": read_yaml,
    ".yml": read_yaml,
    ".json": read_json,
    ".jsonl": read_jsonl,
    ".csv": read_csv,
    ".parquet": read_parquet,
    ".xlsx": read_xlsx,
    ".xlsm": read_xlsx,
}

NEVER_ZIPPED = (".parquet", ".xlsx", ".xlsm")
"""They compress themselves."""
