"""What a file is called in receipts, logs and Asset events."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from airflow_provider_aam.api.errors import AAMArgumentError


def uri_of(path: Any) -> str:
    """As the user wrote it where that has a scheme, else ``file:///…``."""
    text = str(path)
    return text if "://" in text else f"file://{Path(text).expanduser().absolute()}"


def connection_in(uri: str) -> str:
    """The Airflow Connection that a URI names, as ``s3://my_conn@bucket/key`` does; empty where it names none."""
    return uri.partition("://")[2].partition("/")[0].rpartition("@")[0]


def several(given: object, *, what: str) -> list[Any]:
    """One, or several of them, as a list. Raises :class:`AAMArgumentError` for what is neither a path nor a list."""
    if isinstance(given, str | os.PathLike | Mapping):
        return [given]
    if not isinstance(given, Iterable):
        raise AAMArgumentError(f"{what} is {given!r}; expected a path or URI, or a list of them.")
    return [*given]
