"""Which format a file has: from its name, or as told."""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass

from airflow_provider_aam.api.errors import AAMArgumentError, AAMDestinationError
from airflow_provider_aam.api.names import near_misses


@dataclass(frozen=True, kw_only=True)
class Format:
    """``kind`` is ``jsonl``, ``csv`` or ``parquet``."""

    kind: str
    gzipped: bool = False

    @property
    def name(self) -> str:
        """As ``file_format`` takes it: the file's suffix without its first dot."""
        return f"{self.kind}.gz" if self.gzipped else self.kind


FORMATS = {
    known.name: known
    for known in (
        Format(kind="jsonl"),
        Format(kind="jsonl", gzipped=True),
        Format(kind="csv"),
        Format(kind="csv", gzipped=True),
        Format(kind="parquet"),
    )
}


def choose_format(file_name: str, file_format: str | None = None) -> Format:
    """The format that ``file_format`` names, else the one of the suffix (upper or lower case).

    Raises :class:`AAMArgumentError` when there is none, :class:`AAMDestinationError` when its library is not installed.
    """
    name = (file_format or _suffix(file_name)).lower().removeprefix(".")
    what = f"file_format {file_format!r}" if file_format else f"the suffix of {file_name!r}"
    if name == "parquet.gz":
        raise AAMArgumentError(
            f"{what}: Parquet is compressed inside, and no reader opens a gzipped one. Use .parquet."
        )
    if name not in FORMATS:
        known = ", ".join(f".{name}" for name in FORMATS)
        hint = near_misses([name], FORMATS, form=".{}")
        advice = "" if file_format else " Or name the format with file_format."
        raise AAMArgumentError(f"{what} is not a format that can be written. Known: {known}.{hint}{advice}")
    if name == "parquet" and importlib.util.find_spec("pyarrow") is None:
        raise AAMDestinationError(
            f"{what}: Parquet needs pyarrow, which is not installed here: pip install 'airflow-provider-aam[parquet]'"
        )
    return FORMATS[name]


def _suffix(file_name: str) -> str:
    """``jsonl.gz`` of ``2026.01/segments.JSONL.gz``; empty without a dot."""
    parts = file_name.rpartition("/")[2].lower().split(".")[1:]
    return ".".join(parts[-2:] if parts[-1:] == ["gz"] else parts[-1:])
