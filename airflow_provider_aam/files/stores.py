"""What kind of store is behind a filesystem of fsspec?"""

from __future__ import annotations

from typing import Any

# Filesystems where one put makes an object visible whole, and what their `put_file` must be told: adlfs refuses to
# replace a blob by default, s3fs reads up to 100 MB at once.
OBJECT_STORES: dict[str, dict[str, Any]] = {
    "s3": {"chunksize": 8 * 2**20},
    "gs": {},
    "abfs": {"overwrite": True},
    "oss": {},
    "r2": {},
}


def is_local(fs: Any) -> bool:
    """``None`` is that of a ``pathlib.Path``; by class one cannot tell, since some versions make every UPath one."""
    return fs is None or not {"file", "local"}.isdisjoint(_protocols(fs))


def store_of(fs: Any) -> str | None:
    return next((name for name in _protocols(fs) if name in OBJECT_STORES), None)


def _protocols(fs: Any) -> tuple[str, ...]:
    protocol = getattr(fs, "protocol", ())
    return (protocol,) if isinstance(protocol, str) else tuple(protocol)
