"""DuckDB with bounds: as many threads and as much memory as it is given, the rest in a scratch folder."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from airflow_provider_aam.api.errors import AAMConfigError, AAMSourceError
from airflow_provider_aam.api.visible import one_line
from airflow_provider_aam.members.reading.stores import as_given

if TYPE_CHECKING:
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


@contextmanager
def open_engine(limits: Limits | None = None) -> Iterator[Engine]:
    """Raises :class:`AAMConfigError` without DuckDB."""
    limits = limits or Limits()
    try:
        import duckdb
    except ImportError as missing:
        raise AAMConfigError(
            "Trait memberships need DuckDB, isal and pyarrow: pip install 'airflow-provider-aam[members]'"
        ) from missing
    number = limits.threads or len(os.sched_getaffinity(0))
    with tempfile.TemporaryDirectory(prefix="aam-members-") as folder:
        settings: dict[str, str | bool | int | float | list[str]] = {
            "threads": number,
            "memory_limit": f"{limits.memory_mb}MB",
            "temp_directory": f"{folder}/spill",
            "preserve_insertion_order": False,
            "partitioned_write_flush_threshold": 262_144,
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        }
        with duckdb.connect(config=settings) as con:
            try:
                yield Engine(con=con, scratch=Path(folder), threads=number)
            except duckdb.Error as failure:
                raise _explained(failure, limits) from failure


def _explained(failure: Exception, limits: Limits) -> Exception:
    """What DuckDB says, in its first lines; trouble of a disk or store passes, and is an ``OSError``."""
    import duckdb

    said = [line for line in as_given(str(failure)).splitlines() if line.strip()]
    if isinstance(failure, duckdb.OutOfMemoryException):
        return AAMConfigError(
            f"Grouping needs more than memory_mb={limits.memory_mb}: {one_line(said[0])}. Nothing was uploaded. Raise "
            "memory_mb, or cut the set into shares (AAMPlanTraitMembersOperator)."
        )
    if isinstance(failure, (duckdb.ProgrammingError, duckdb.DataError)):
        about = one_line(" ".join(said[:3]))
        return AAMSourceError(f"The source cannot be read: {about} Nothing was uploaded.")
    of_a_store = [line for line in said if "Error: " in line and not line.startswith(" ")]
    return OSError(f"The source could not be read: {one_line((of_a_store or said[:1])[-1])} Nothing was uploaded.")
