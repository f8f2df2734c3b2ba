"""What all clients of one credential in a process have in common: its token, and what AAM can take."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from typing import Any, TypeVar

T = TypeVar("T")

_held: dict[tuple[type, str, str], Any] = {}
_lock = threading.Lock()


def shared(kind: type[T], build: Callable[[], T], *, fingerprint: str, address: str) -> T:
    """The process's one ``kind`` for this credential and address."""
    with _lock:
        held: T = _held.setdefault((kind, fingerprint, address), build())
        return held


def forget_shared() -> None:
    """Start over: for tests, and for a forked child, whose copied locks may be held by threads it does not have."""
    global _lock  # noqa: PLW0603
    _lock = threading.Lock()
    _held.clear()


os.register_at_fork(after_in_child=forget_shared)
