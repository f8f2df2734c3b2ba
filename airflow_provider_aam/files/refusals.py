"""What the file systems behind a path raise, and say."""

from __future__ import annotations

import zlib

UNWRITABLE = (OSError, ValueError, NotImplementedError)
UNREADABLE = (*UNWRITABLE, EOFError, zlib.error)
"""A broken .gz included."""


def reason(refused: BaseException) -> str:
    """In a few words."""
    return getattr(refused, "strerror", None) or str(refused) or type(refused).__name__
