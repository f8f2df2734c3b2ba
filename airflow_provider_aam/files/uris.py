"""What a file is called in receipts, logs and Asset events."""

from __future__ import annotations

from pathlib import Path
from typing import Any


def uri_of(path: Any) -> str:
    """As the user wrote it where that has a scheme, else ``file:///…``."""
    text = str(path)
    return text if "://" in text else f"file://{Path(text).expanduser().absolute()}"
