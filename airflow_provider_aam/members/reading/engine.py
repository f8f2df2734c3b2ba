"""What DuckDB says about the rows of a push, in words of the push."""

from __future__ import annotations

from contextlib import AbstractContextManager

from airflow_provider_aam.api.errors import AAMConfigError, AAMSourceError
from airflow_provider_aam.api.visible import one_line
from airflow_provider_aam.files import engine
from airflow_provider_aam.files.engine import Engine, Limits
from airflow_provider_aam.members.reading.stores import as_given


def open_engine(limits: Limits | None = None) -> AbstractContextManager[Engine]:
    """Raises :class:`AAMConfigError` without the extra ``members``."""
    return engine.open_engine(limits or Limits(), _explained)


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
        file = next((line.partition("file = ")[2] for line in said if line.startswith("  file = ")), "The source")
        return AAMSourceError(f"{one_line(file)} cannot be read: {about} Nothing was uploaded.")
    of_a_store = [line for line in said if "Error: " in line and not line.startswith(" ")]
    return OSError(f"The source could not be read: {one_line((of_a_store or said[:1])[-1])} Nothing was uploaded.")
