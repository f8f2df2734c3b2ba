"""Object stores as DuckDB reads them: each under a name of its own, so that S3 by two Connections is two stores."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from fsspec import AbstractFileSystem

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


def in_duckdb(con: DuckDBPyConnection, fs: Any) -> Callable[[str], str]:
    """From a URI of ``fs`` to what ``con`` reads it as; a path of this machine (``fs`` is ``None``) is the same."""
    if fs is None:
        return str
    name = f"{fs.protocol if isinstance(fs.protocol, str) else fs.protocol[0]}-aam{id(fs)}"
    if not con.filesystem_is_registered(name):
        con.register_filesystem(_Store(name, fs))
    return lambda uri: f"{name}://{_own(uri)}"


def as_given(message: str) -> str:
    """What DuckDB says, with URIs as people have given them."""
    return re.sub(r"-aam\d+(?=://)", "", message)


class _Store(AbstractFileSystem):  # type: ignore[misc]
    """What DuckDB asks of a filesystem."""

    cachable = False

    def __init__(self, name: str, fs: Any) -> None:
        super().__init__()
        self.protocol = name
        self._fs = fs

    def open(self, path: str, mode: str = "rb", **options: Any) -> Any:
        return self._fs.open(_own(path), mode, **options)

    def info(self, path: str, **options: Any) -> Any:
        return self._fs.info(_own(path), **options)

    def modified(self, path: str) -> Any:
        return self._fs.modified(_own(path))


def _own(uri: str) -> str:
    return uri.partition("://")[2]
