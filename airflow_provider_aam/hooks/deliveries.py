"""The folders of what AAM delivers, through Airflow's Connections."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import IO, Any

from airflow_provider_aam.api.errors import AAMDestinationError
from airflow_provider_aam.api.visible import one_line
from airflow_provider_aam.feeds.completeness import Seen
from airflow_provider_aam.feeds.info import LARGEST_BYTES
from airflow_provider_aam.hooks.paths import name_of, open_path, telling

_CHANGED = ("LastModified", "last_modified", "mtime", "updated", "modified")
"""What fsspec's file systems call the time of change: S3, Azure, local, Google, SFTP among others."""
_DAY = re.compile(r"day=\d{4}-\d\d-\d\d", re.ASCII)


class StoredFolder:
    """Raises :class:`AAMDestinationError` where it cannot be looked into, and :class:`OSError` where that may pass."""

    def __init__(self, uri: str, conn_id: str | None) -> None:
        self._uri, self._conn_id = uri, conn_id

    def look(self) -> dict[str, Seen]:
        """Its files by name, without those in folders below it; nothing where there is no such folder."""
        path = open_path(self._uri, self._conn_id, what="folder")
        try:
            with telling(f"folder {one_line(self._uri)} cannot be listed"):
                entries = path.fs.ls(path.path, detail=True)
        except (FileNotFoundError, NotADirectoryError):
            return {}
        _require_folder(self._uri, path.path, [each["name"] for each in entries])
        return {name_of(each["name"]): _seen(each) for each in entries if each.get("type") != "directory"}

    def read(self, name: str) -> bytes | None:
        """A small file; ``None`` where it has gone meanwhile."""
        try:
            with self.opened(name) as file:
                return file.read(LARGEST_BYTES + 1)
        except FileNotFoundError:
            return None

    @contextmanager
    def opened(self, name: str) -> Iterator[IO[bytes]]:
        path = open_path(f"{self._uri}/{name}", self._conn_id, what="file")
        with telling(f"file {one_line(name)} cannot be read"), path.fs.open(path.path, "rb") as file:
            yield file


class StoredFeed:
    """The folder of a Customer Data Feed, with folders of days and hours. Raises as :class:`StoredFolder`."""

    def __init__(self, uri: str, conn_id: str | None) -> None:
        self._uri, self._conn_id = uri, conn_id

    def look(self, since: datetime) -> dict[str, Seen]:
        """By their paths in it: one list for the days, and one for each day from ``since`` on."""
        found: dict[str, Seen] = {}
        first = f"day={since:%Y-%m-%d}"
        path = open_path(self._uri, self._conn_id, what="folder")
        try:
            with telling(f"folder {one_line(self._uri)} cannot be listed"):
                days = path.fs.ls(path.path, detail=False)
            _require_folder(self._uri, path.path, days)
            with telling(f"folder {one_line(self._uri)} cannot be listed"):
                for day in days:
                    if not _DAY.fullmatch(name_of(day)) or name_of(day) < first:
                        continue
                    entries = path.fs.find(day, detail=True)
                    found |= {name[name.rindex("/day=") + 1 :]: _seen(each) for name, each in entries.items()}
        except (FileNotFoundError, NotADirectoryError):
            return found
        return found

    def read(self, path: str) -> bytes | None:
        return StoredFolder(self._uri, self._conn_id).read(path)


def _require_folder(uri: str, path: str, names: Collection[str]) -> None:
    """A list of a file is that file alone."""
    if [*map(name_of, names)] == [name_of(path)] and next(iter(names)).strip("/") == path.strip("/"):
        raise AAMDestinationError(f"source {one_line(uri)} is a file: give the folder that it is in.")


def _seen(entry: Mapping[str, Any]) -> Seen:
    changed = next((entry[word] for word in _CHANGED if entry.get(word)), None)
    if isinstance(changed, int | float):
        changed = datetime.fromtimestamp(changed, UTC)
    elif isinstance(changed, str):
        changed = datetime.fromisoformat(changed)
    return Seen(size=int(entry.get("size") or 0), etag=entry.get("ETag") or entry.get("etag"), changed_at=changed)
