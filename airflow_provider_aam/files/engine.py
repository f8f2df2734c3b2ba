"""DuckDB with bounds: as many threads and as much memory as it is given, the rest in a scratch folder."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from airflow_provider_aam.api.errors import AAMConfigError
from airflow_provider_aam.files.scratch import scratch_folder

if TYPE_CHECKING:
    import duckdb
    from duckdb import DuckDBPyConnection

_LIBRARIES = ("duckdb", "isal", "numpy", "pyarrow")


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


def require_libraries() -> None:
    """Raises :class:`AAMConfigError` where one of those of the extra ``members`` is missing."""
    missing = [name for name in _LIBRARIES if find_spec(name) is None]
    if missing:
        raise AAMConfigError(
            f"This task needs {', '.join(missing)}: pip install 'airflow-provider-aam[members]' on the worker."
        )


@contextmanager
def open_engine(limits: Limits, explain: Explain, *, buffered_rows: int = 262_144) -> Iterator[Engine]:
    """``explain`` makes an error of ours of DuckDB's; ``buffered_rows`` of each partition that is written.

    Raises :class:`AAMConfigError` without the extra ``members``.
    """
    require_libraries()
    import duckdb

    number = limits.threads or len(os.sched_getaffinity(0))
    with scratch_folder() as folder:
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
                yield Engine(con=con, scratch=folder, threads=number)
            except duckdb.Error as failure:
                raise explain(failure, limits) from failure
