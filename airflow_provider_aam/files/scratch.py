"""Folders on this machine for what does not fit into memory; they go when a task ends, however it ends."""

from __future__ import annotations

import fcntl
import logging
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

log = logging.getLogger(__name__)

PREFIX = "aam-scratch-"
_in_use: set[Path] = set()


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """An empty folder. What processes have left that were killed is removed first."""
    _sweep()
    folder, lock = _made()
    _in_use.add(folder)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        _in_use.discard(folder)
        os.close(lock)


def discard() -> None:
    """Remove what this process uses: it is about to be killed."""
    for folder in [*_in_use]:
        shutil.rmtree(folder, ignore_errors=True)


def _made() -> tuple[Path, int]:
    """It is locked as long as this process lives; one that is swept before is made again."""
    while True:
        folder = Path(tempfile.mkdtemp(prefix=PREFIX))
        try:
            lock = os.open(folder, os.O_RDONLY)
        except FileNotFoundError:
            continue
        if _is_ours(lock, without_locks=True) and folder.exists():
            return folder, lock
        os.close(lock)


def _sweep() -> None:
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        try:
            lock = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
        except OSError:  # it is gone, or of another user
            continue
        if os.fstat(lock).st_uid == os.geteuid() and _is_ours(lock, without_locks=False):
            shutil.rmtree(folder, ignore_errors=True)
            log.info("Removed %s, which a process had left that was killed.", folder)
        os.close(lock)


def _is_ours(lock: int, *, without_locks: bool) -> bool:
    """Whether nobody else has it; ``without_locks`` is the answer where the file system knows none."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return without_locks
    return True
