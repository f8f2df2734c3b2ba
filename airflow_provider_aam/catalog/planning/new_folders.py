"""Folders that a plan has to make, because rows name their paths."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from airflow_provider_aam.account.folders import FolderTree, ancestors
from airflow_provider_aam.account.limits import DEEPEST
from airflow_provider_aam.api.errors import AAMLookupFailed
from airflow_provider_aam.catalog.drafts import LONGEST_NAME
from airflow_provider_aam.catalog.kinds import Kind
from airflow_provider_aam.catalog.planning.targets import Pending, Target


class NewFolders:
    """One tree. ``create``: whether a folder that only an object names may be made."""

    def __init__(self, kind: Kind, tree: FolderTree, *, create: bool) -> None:
        self.kind = kind
        self.tree = tree
        self._create = create
        self._made: dict[str, Pending] = {}

    def __iter__(self) -> Iterator[Pending]:
        """Parents first."""
        return iter(self._made.values())

    def paths(self) -> list[str]:
        return [*self._made]

    def find(self, path: str, *, declared: bool = False) -> Target:
        """The folder with this path, made if it is missing. Raises :class:`AAMLookupFailed` when it cannot be."""
        found = self.tree.find(path)
        if found:
            return min(found)
        path = self.tree.normalise(path)
        if path not in self._made:
            self._check(path, declared=declared)
            for missing in ancestors(path):
                if not self.tree.find(missing) and missing not in self._made:
                    self._made[missing] = self._new(missing)
        return self._made[path]

    def _new(self, path: str) -> Pending:
        above, _, name = path.rpartition("/")
        parent: Target = self._made[above] if above in self._made else min(self.tree.find(above or "/"))
        fields: Mapping[str, Any] = {"name": name, "parentFolderId": parent, "path": path}
        return Pending(self.kind, f"{{{path}}}", fields)

    def _check(self, path: str, *, declared: bool) -> None:
        depth = len(ancestors(path))
        deepest = DEEPEST.get(self.kind.resource.name, depth)
        if depth > deepest:
            raise AAMLookupFailed(f"“{path}” is {depth} levels deep, {deepest} at most")
        too_long = next((name for name in path.split("/") if len(name) > LONGEST_NAME), None)
        if too_long is not None:
            raise AAMLookupFailed(
                f"the folder “{too_long[:60]}…” has {len(too_long)} characters, {LONGEST_NAME} at most"
            )
        if not self._create and not declared:
            similar = self.tree.similar(path)
            hint = f" Did you mean “{similar}”?" if similar else ""
            raise AAMLookupFailed(f"AAM has no folder “{path}” and create_folders is off.{hint}")
