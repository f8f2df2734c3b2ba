"""Folders by path: which exist, which are missing, which path means two."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from airflow_provider_aam.account.keys import plain
from airflow_provider_aam.api.errors import AAMBadAnswer, Fate
from airflow_provider_aam.api.numbers import whole_number

ROOT_ID = 0


class FolderTree:
    """Paths are built from the names on the way to the root, as ``/Web/Pricing``.

    Whether AAM's own ``path`` begins with the root's name is not documented, so it is not used; a path that begins with
    that name (``/All Traits/Web``) means the same folder here.
    """

    def __init__(self, records: Iterable[Mapping[str, Any]]) -> None:
        self._records = {id_in(record, "folderId"): record for record in records}
        root = self._records.get(ROOT_ID, {})
        self._root_names = {plain(str(root.get("name", ""))).casefold()} - {""}
        self._paths = {folder_id: self._build_path(folder_id) for folder_id in self._records}
        self._ids: dict[str, list[int]] = {}
        for folder_id, path in self._paths.items():
            self._ids.setdefault(path, []).append(folder_id)
        self._spelled = {path.casefold(): path for path in self._ids}

    def __len__(self) -> int:
        return len(self._records)

    def __contains__(self, folder_id: int) -> bool:
        return folder_id in self._records or folder_id == ROOT_ID

    def records(self) -> Iterator[dict[str, Any]]:
        """Every folder but the root, with the path that is used here."""
        for folder_id, record in self._records.items():
            if folder_id != ROOT_ID:
                yield {**record, "path": self._paths[folder_id]}

    def moved(self, changes: Mapping[int, Mapping[str, Any]]) -> FolderTree:
        """The tree as it will be when some folders, by id, have another name or parent."""
        return FolderTree([{**record, **changes.get(key, {})} for key, record in self._records.items()])

    def normalise(self, path: str) -> str:
        """``/Web/Pricing`` for ``/All Traits/Web//Pricing/``; ``/`` for the root."""
        names = [name for part in path.split("/") if (name := plain(part))]
        if names and names[0].casefold() in self._root_names:
            names = names[1:]
        return "/" + "/".join(names)

    def paths(self) -> list[str]:
        """All but the root's."""
        return [path for path in self._ids if path != "/"]

    def find(self, path: str) -> list[int]:
        """The ids of all folders with this path: none, one, or several when siblings share a name."""
        path = self.normalise(path)
        return [ROOT_ID] if path == "/" else self._ids.get(path, [])

    def path_of(self, folder_id: int) -> str:
        return "/" if folder_id == ROOT_ID else self._paths.get(folder_id, f"folder {folder_id}")

    def parent_of(self, folder_id: int) -> int:
        record = self._records.get(folder_id, {})
        return id_in(record, "parentFolderId") if record.get("parentFolderId") else ROOT_ID

    def similar(self, path: str) -> str | None:
        """An existing path that differs in upper and lower case only."""
        spelled = self._spelled.get(self.normalise(path).casefold())
        return spelled if spelled != self.normalise(path) else None

    def above(self, path: str) -> list[str]:
        """The paths of the folders around this one, the root left out."""
        return ancestors(self.normalise(path))[:-1] if self.normalise(path) != "/" else []

    def below(self, path: str) -> set[int]:
        """The ids of the folder and of everything under it."""
        path = self.normalise(path)
        inside = path.rstrip("/") + "/"
        found = {folder_id for folder_id, p in self._paths.items() if p == path or p.startswith(inside)}
        return found | ({ROOT_ID} if path == "/" else set())

    def _build_path(self, folder_id: int) -> str:
        names: list[str] = []
        seen: set[int] = set()
        while folder_id in self._records and folder_id != ROOT_ID and folder_id not in seen:
            seen.add(folder_id)
            names.append(plain(str(self._records[folder_id].get("name", ""))))
            folder_id = self.parent_of(folder_id)
        return "/" + "/".join(reversed(names))


def id_in(record: Mapping[str, Any], field: str) -> int:
    """The number that the field holds, also when AAM writes it as a text. Raises :class:`AAMBadAnswer` without one."""
    number = whole_number(record.get(field))
    if number is None:
        said = str(record.get(field))[:40]
        text = f"AAM returned “{said}” as the {field} of “{record.get('name')}”, which is not a number."
        raise AAMBadAnswer(text, fate=Fate.UNKNOWN)
    return number


def ancestors(path: str) -> list[str]:
    """``/a``, ``/a/b``, ``/a/b/c`` for ``/a/b/c``."""
    names = path.strip("/").split("/")
    return ["/" + "/".join(names[: depth + 1]) for depth in range(len(names))]
