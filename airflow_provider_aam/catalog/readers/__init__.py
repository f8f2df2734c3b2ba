"""One reader a file format; which suffix belongs to which."""

from __future__ import annotations

from collections.abc import Callable

from airflow_provider_aam.catalog.findings import Finding
from airflow_provider_aam.catalog.readers.csv import read_csv
from airflow_provider_aam.catalog.readers.json import read_json, read_jsonl
from airflow_provider_aam.catalog.readers.parquet import read_parquet
from airflow_provider_aam.catalog.readers.yaml import read_yaml
from airflow_provider_aam.catalog.rows import SourceRow

Reader = Callable[[bytes, str, str, list[Finding]], list[SourceRow]]
"""(content, source name, collection key, findings to add to) → rows."""

READERS: dict[str, Reader] = {
    ".yaml": read_yaml,
    ".yml": read_yaml,
    ".json": read_json,
    ".jsonl": read_jsonl,
    ".csv": read_csv,
    ".parquet": read_parquet,
}
