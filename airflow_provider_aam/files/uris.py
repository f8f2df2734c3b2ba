"""What a file is called in receipts, logs and Asset events."""

from __future__ import annotations

from pathlib import Path
from typing import Any


def uri_of(path: Any) -> str:
    """As the user wrote it where that has a scheme, else ``file:///…``."""
    text = str(path)
    return text if "://" in text else f"file://{Path(text).expanduser().absolute()}"


def connection_in(uri: str) -> str:
    """The Airflow Connection that a URI names, as ``s3://my_conn@bucket/key`` does; empty where it names none."""
    return uri.partition("://")[2].partition("/")[0].rpartition("@")[0]
