"""Folders that rows describe: by path, or by id to rename or move them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from airflow_provider_aam.account.folders import ROOT_ID, FolderTree
from airflow_provider_aam.api.errors import AAMLookupFailed
from airflow_provider_aam.api.visible import one_line
from airflow_provider_aam.catalog.checking.check import Checked
from airflow_provider_aam.catalog.kinds import Kind
from airflow_provider_aam.catalog.planning.new_folders import NewFolders
from airflow_provider_aam.catalog.planning.resolve import Desired
from airflow_provider_aam.catalog.planning.targets import Pending, Target
from airflow_provider_aam.catalog.problems import Problem


class FolderRows:
    """``kept`` holds the ids of all folders that rows name, and of those above them."""

    def __init__(self, rows: Sequence[Checked], folders: NewFolders) -> None:
        self.kept: set[int] = set()
        self.existing: list[tuple[Checked, int]] = []
        """Rows by path whose folder AAM has."""
        self.desired: list[Desired] = []
        """Rows by id."""
        self.findings: list[Problem] = []
        self._folders = folders
        self._first: dict[int | str, Checked] = {}
        self._parents: dict[int, Target] = {}
        self._kind: Kind = folders.kind
        by_id = [item for item in rows if self._kind.id_field in item.given]
        for item in by_id:
            self._read_id(item)
        self._refuse_circles()
        if by_id:
            after = {int(each.item.given["folderId"]): each.fields for each in self.desired}
            folders.tree = folders.tree.moved(
                {
                    key: {name: value for name, value in fields.items() if not isinstance(value, str) or name == "name"}
                    for key, fields in after.items()
                }
            )
        for item in rows:
            if self._kind.id_field not in item.given:
                self._read_path(item)

    def _read_id(self, item: Checked) -> None:
        given = item.given
        folder_id = int(given["folderId"])
        if folder_id not in self._folders.tree or folder_id == ROOT_ID:
            self._report(
                item, "folderId", f"AAM has no folder {folder_id}, or the technical account has no access to it"
            )
            return
        fields: dict[str, Any] = {}
        parent = given.get("parentFolder")
        if "path" in given:
            parent, _, fields["name"] = self._folders.tree.normalise(given["path"]).rpartition("/")
        elif "name" in given:
            fields["name"] = given["name"]
        desired = Desired(item=item, way="folderId", fields=fields)
        if parent is not None:
            self._hang(desired, parent or "/")
        elif "parentFolderId" in given:
            fields["parentFolderId"] = self._parents[folder_id] = given["parentFolderId"]
        self.kept.add(folder_id)
        self._first.setdefault(folder_id, item)
        self.desired.append(desired)

    def _hang(self, desired: Desired, parent: str) -> None:
        try:
            target = self._folders.find(parent, declared=True)
        except AAMLookupFailed as problem:
            self._report(desired.item, "parentFolder", str(problem))
            return
        self._parents[int(desired.item.given["folderId"])] = target
        if isinstance(target, Pending):
            desired.awaited.append(("parentFolderId", target))
            desired.fields["parentFolderId"] = target.text
        else:
            desired.fields["parentFolderId"] = target

    def _refuse_circles(self) -> None:
        for desired in [*self.desired]:
            folder_id = int(desired.item.given["folderId"])
            if self._is_below_itself(folder_id):
                self.desired.remove(desired)
                name = next(name for name in ("path", "parentFolder", "parentFolderId") if name in desired.item.given)
                path = one_line(self._folders.tree.path_of(folder_id))
                self._report(desired.item, name, f"cannot move the folder “{path}” below itself")

    def _is_below_itself(self, folder_id: int) -> bool:
        at = self._parents.get(folder_id, ROOT_ID)
        seen: set[Target] = set()
        while at not in (ROOT_ID, folder_id) and at not in seen:
            seen.add(at)
            if isinstance(at, Pending):
                at = at.fields["parentFolderId"]
            else:
                at = self._parents.get(at, self._folders.tree.parent_of(at))
        return at == folder_id

    def _read_path(self, item: Checked) -> None:
        given = item.given
        tree = self._folders.tree
        path = given.get("path") or self._below(given, tree)
        name = "path" if "path" in given else "name"
        try:
            target = self._folders.find(path, declared=True)
        except AAMLookupFailed as problem:
            self._report(item, name, str(problem))
            return
        first = self._first.setdefault(target if isinstance(target, int) else target.text, item)
        if first is not item:
            self._report(item, name, f"“{tree.normalise(path)}” is a duplicate (first used at {first.row.place})")
            return
        if isinstance(target, int):
            self.existing.append((item, target))
        for named in (tree.normalise(path), *tree.above(path)):
            self.kept.update(tree.find(named))

    def _below(self, given: Mapping[str, Any], tree: FolderTree) -> str:
        parent = given.get("parentFolder") or tree.path_of(int(given.get("parentFolderId") or ROOT_ID))
        return f"{parent}/{given['name']}"

    def _report(self, item: Checked, name: str, problem: str) -> None:
        self.findings.append(Problem(place=item.row.place_of(name), field=name, text=problem))
