"""A small file that appears under its name complete, and only if nothing else has that name."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Any

from airflow_provider_aam.files.staging import hidden_name
from airflow_provider_aam.files.stores import is_local, store_of

EXCLUSIVE = ("s3", "gs", "abfs")
"""Stores whose put can be told to replace nothing, and whose fsspec filesystem does: s3fs, gcsfs, adlfs."""
_NO_LINKS = (errno.EPERM, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EMLINK)


def can_create(path: Any) -> bool:
    """Whether :func:`create` keeps its promise there, as far as the kind of the store tells."""
    return is_local(path.fs) or store_of(path.fs) in EXCLUSIVE


def create(path: Any, content: bytes) -> bool:
    """``False`` where the name is taken: of two that try at the same time one gets it. Raises what a store does.

    What a store raises about a name that is taken differs, and the response of a store that has done it can get lost;
    so the file is read again after an error. ``content`` must not be that of anyone else.
    """
    if is_local(path.fs):
        return _create_locally(Path(path.path), content)
    try:
        path.fs.pipe_file(path.path, content, mode="create")
    except Exception:  # of any store's library
        path.fs.invalidate_cache()
        if not path.fs.exists(path.path):
            raise
        return bool(path.fs.cat_file(path.path) == content)
    return True


def _create_locally(path: Path, content: bytes) -> bool:
    """A link, since a file that is created under its name is empty at first."""
    path.parent.mkdir(parents=True, exist_ok=True)
    sibling = path.parent / hidden_name()
    try:
        with sibling.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        path.hardlink_to(sibling)
    except FileExistsError:
        return False
    except OSError as refused:
        if refused.errno not in _NO_LINKS:
            raise
        raise PermissionError(f"{path.parent} is on a disk without hard links, and needs them") from refused
    finally:
        sibling.unlink(missing_ok=True)
    return True
