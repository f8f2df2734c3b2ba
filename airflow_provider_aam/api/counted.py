"""Numbers of things in messages."""

from __future__ import annotations


def counted(count: int, noun: str) -> str:
    """``1 trait``, ``2,500 traits``."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"
