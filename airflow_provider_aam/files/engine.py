"""DuckDB with bounds: as many threads and as much memory as it is given, the rest in a scratch folder."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from airflow_provider_aam.api.errors import AAMConfigError

if TYPE_CHECKING:
    import duckdb
    from duckdb import DuckDBPyConnection


@dataclass(frozen=True, kw_only=True)
class Limits:
    """``threads``: as many as the process may use by default. ``memory_mb`` of DuckDB; the rest goes to disk."""

    threads: int | None = None
    memory_mb: int = 1500


@dataclass(frozen=True, kw_only=True)
class Engine:
    """``scratch`` holds what does not fit into memory, and goes with the engine."""

    con: DuckDBPyConnection
    scratch: Path
    threads: int


Explain = Callable[["duckdb.Error", Limits], Exception]


@contextmanager
def open_engine(limits: Limits, explain: Explain, *, buffered_rows: int = 262_144) -> Iterator[Engine]:
    """``explain`` makes an error of ours of DuckDB's; ``buffered_rows`` of each partition that is written.

    Raises :class:`AAMConfigError` without DuckDB.
    """
    try:
        import duckdb
    except ImportError as missing:
        raise AAMConfigError(
            "This task needs DuckDB, isal, NumPy and pyarrow: pip install 'airflow-provider-aam[members]'"
        ) from missing
    number = limits.threads or len(os.sched_getaffinity(0))
    with tempfile.TemporaryDirectory(prefix="aam-") as folder:
        settings: dict[str, str | bool | int | float | list[str]] = {
            "threads": number,
            "memory_limit": f"{limits.memory_mb}MB",
            "temp_directory": f"{folder}/spill",
            "preserve_insertion_order": False,
            "partitioned_write_flush_threshold": buffered_rows,
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        }
        with duckdb.connect(config=settings) as con:
            try:
                yield Engine(con=con, scratch=Path(folder), threads=number)
            except duckdb.Error as failure:
                raise explain(failure, limits) from failure
