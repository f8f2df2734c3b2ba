"""Folders as trees: what both of them have in common."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from airflow_provider_aam.emulator.core.authentication import hidden, require_access
from airflow_provider_aam.emulator.core.call import Call, Parameter, Reply, Route, ref, tagged
from airflow_provider_aam.emulator.core.fields import NAME, Field
from airflow_provider_aam.emulator.core.refusals import bad_request, conflict
from airflow_provider_aam.emulator.core.resource import Resource
from airflow_provider_aam.emulator.core.state import PID

if TYPE_CHECKING:
    from airflow_provider_aam.emulator.core.collection import Collection, Row
    from airflow_provider_aam.emulator.core.limits import Limit
    from airflow_provider_aam.emulator.core.rendering import Render
    from airflow_provider_aam.emulator.core.state import State

ROOT_ID = 0
MAX_DEPTH = 5  # [doc: usage limits]; that the root is not counted is inferred
FIELDS = (
    NAME,
    Field("parentFolderId", "integer", "0 is the root.", required=True),
    Field("path", "string", "Names from the root, each after a slash.", writable=False),
    Field("folderCount", "integer", "Number of direct subfolders.", writable=False),
)
THIRD_PARTY = Parameter("includeThirdParty", "Accepted; there is no third-party data.", "boolean")
SUB_FOLDERS = Parameter("includeSubFolders", "Adds `subFolders`, all levels of it.", "boolean")

Children = dict[int, list[int]]


@dataclass(frozen=True, kw_only=True)
class Folders(Resource):
    """One of the two trees. Its root is always there, is stored nowhere and cannot be changed."""

    root_name: str

    def show(self, call: Call) -> Reply:
        """Answer GET on the collection: one root with everything below it; paging is not known for folders."""
        collection = self.collection(call.state)
        children = {} if hidden(call) else _children_of(collection)
        return call.reply([_shown(self._root(), f"/{self.root_name}", children, collection, deep=True)])

    def get(self, call: Call) -> Reply:
        """Answer GET on one."""
        return tagged(self.shown(call, self.find_or_root(call)))

    def find(self, call: Call) -> int:
        """Return the folder a path names; 400 for the root, since it is to be changed."""
        require_access(call)
        if call.params[self.id_field] == ROOT_ID:
            raise bad_request([f"folderId: {self.root_name} cannot be changed"])
        return super().find(call)

    def find_or_root(self, call: Call) -> int:
        """Return the folder a path names."""
        require_access(call)
        return ROOT_ID if call.params[self.id_field] == ROOT_ID else self.find(call)

    def render(self, call: Call, *, one: bool) -> Render:  # noqa: ARG002
        """Return the function from ids to those folders with their paths and what is below them."""
        collection, deep = self.collection(call.state), call.flag(SUB_FOLDERS.name)
        children = _children_of(collection)

        def shown(key: int) -> bytes:
            row = self._root() if key == ROOT_ID else collection.rows[key]
            return call.encoded(_shown(row, _path_of(collection, key, self.root_name), children, collection, deep=deep))

        return lambda keys: [*map(shown, keys)]

    def _root(self) -> Row:
        return {"folderId": ROOT_ID, "parentFolderId": ROOT_ID, "pid": PID, "name": self.root_name}


def folders(*, name: str, path: str, members: str, root_name: str, limits: tuple[Limit, ...] = ()) -> Folders:
    """Return the tree that `members` are in."""
    return Folders(
        name=name,
        noun="Folder",
        path=path,
        id_field="folderId",
        first_id=7_701,
        sequence="folder",  # that both trees share one is our choice
        verbs=("create", "get", "update", "delete"),
        fields=FIELDS,
        audited=False,
        one_query=(SUB_FOLDERS, THIRD_PARTY),
        limits=limits,
        filled={"parentFolderId": ROOT_ID, "name": "A folder"},
        problems=partial(_parent_problems, name),
        in_use=partial(_refuse_unless_empty, name, members),
        root_name=root_name,
    )


def tree_route(tree: Folders) -> Route:
    """Return the route that shows all of a tree."""
    answer = {"type": "array", "items": ref(tree.schema)}
    return Route("GET", tree.path, tree.show, "The whole tree, in its root", query=(THIRD_PARTY,), answer=answer)


def _parent_problems(name: str, state: State, values: Row, key: int | None) -> list[str]:
    collection, parent = state.collections[name], values.get("parentFolderId")
    if parent is None:
        return []
    if parent != ROOT_ID and parent not in collection.rows:
        return ["parentFolderId: does not exist"]
    height = 1
    if key is not None:
        above = parent
        while above != ROOT_ID:
            if above == key:
                return ["parentFolderId: a folder cannot be moved into itself"]
            above = collection.rows[above]["parentFolderId"]
        height += _height_of(_children_of(collection), key)
    if len(_names_above(collection, parent)) + height > MAX_DEPTH:
        return [f"parentFolderId: folders can be {MAX_DEPTH} levels deep"]
    return []


def _refuse_unless_empty(name: str, members: str, state: State, row: Row) -> None:
    """409 while something is in it [doc: bulk delete]; the status is inferred."""
    key = row["folderId"]
    if key in _children_of(state.collections[name]):
        raise conflict(f"Folder {key} is not empty: it has subfolders.")
    if any(each["folderId"] == key for each in state.collections[members].rows.values()):
        raise conflict(f"Folder {key} is not empty: it has {members}.")


def _children_of(collection: Collection) -> Children:
    """Return the ids of each folder's children."""
    children: Children = {}
    for key in collection.ids:
        children.setdefault(collection.rows[key]["parentFolderId"], []).append(key)
    return children


def _names_above(collection: Collection, key: int) -> list[str]:
    """Return the names from below the root to a folder."""
    names: list[str] = []
    while key != ROOT_ID:
        names.append(collection.rows[key]["name"])
        key = collection.rows[key]["parentFolderId"]
    return names[::-1]


def _height_of(children: Children, key: int) -> int:
    """Return how many levels there are below a folder."""
    return max((1 + _height_of(children, child) for child in children.get(key, [])), default=0)


def _path_of(collection: Collection, key: int, root_name: str) -> str:
    """Return `/All Traits/Web/Shop`. The leading slash is observed, that the root's name comes first is inferred."""
    return "/" + "/".join([root_name, *_names_above(collection, key)])


def _shown(row: Row, path: str, children: Children, collection: Collection, *, deep: bool) -> dict[str, Any]:
    """Return a folder with its path and, when `deep`, everything below it."""
    below = children.get(row["folderId"], [])
    folder = {**row, "path": path, "folderCount": len(below)}
    if deep:
        rows = [collection.rows[key] for key in below]
        folder["subFolders"] = [
            _shown(each, f"{path}/{each['name']}", children, collection, deep=True) for each in rows
        ]
    return folder
