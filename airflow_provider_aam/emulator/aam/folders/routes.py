"""The routes and rules of folders, once for each tree."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import msgspec

from airflow_provider_aam.emulator.aam.folders import tree
from airflow_provider_aam.emulator.aam.segments.routes import SEGMENTS
from airflow_provider_aam.emulator.core.authentication import hidden, require_access
from airflow_provider_aam.emulator.core.call import Call, Parameter, Reply, Route
from airflow_provider_aam.emulator.core.fields import Field, read_body
from airflow_provider_aam.emulator.core.listing import PAGING, list_reply
from airflow_provider_aam.emulator.core.refusals import bad_request, conflict, limit_exceeded, not_found
from airflow_provider_aam.emulator.core.rendering import escape_json, renderer, tagged

if TYPE_CHECKING:
    from airflow_provider_aam.emulator.core.collection import Collection, Row
    from airflow_provider_aam.emulator.core.state import State

FIELDS = (
    Field(name="name", kind="string", required=True, max_length=255, about="Shown name."),
    Field(name="parentFolderId", kind="integer", required=True, about="0 is the root."),
    Field(name="folderId", kind="integer", writable=False, about="Id."),
    Field(name="pid", kind="integer", writable=False, about="Partner id."),
    Field(name="path", kind="string", writable=False, about="Names from the root, each after a slash."),
    Field(name="folderCount", kind="integer", writable=False, about="Number of direct subfolders."),
)

SUB_FOLDERS = Parameter(name="includeSubFolders", type="boolean", about="Adds `subFolders`, all levels of it.")
THIRD_PARTY = Parameter(name="includeThirdParty", type="boolean", about="Accepted; there is no third-party data.")


@dataclass(frozen=True, kw_only=True)
class Folders:
    """One of the two trees."""

    name: str
    members: str
    path: str
    root_name: str
    tag: str

    def show(self, call: Call) -> Reply:
        """Answer GET on the collection: one root with everything below it; paging is not known for folders."""
        collection = self._collection(call.state)
        children = {} if hidden(call) else tree.children_of(collection)
        root = tree.shown(tree.root_row(self.root_name), f"/{self.root_name}", children, collection, deep=True)
        return Reply(body=_encoded(call, [root]))

    def get(self, call: Call) -> Reply:
        """Answer GET on one."""
        require_access(call)
        return tagged(self._body(call, self.find(call), deep=call.flag("includeSubFolders")))

    def create(self, call: Call) -> Reply:
        """Answer POST."""
        require_access(call)
        state, collection = call.state, self._collection(call.state)
        values = self._values(state, call.json_object(), key=None)
        maximum = state.settings.limits.get(self.name)
        if maximum is not None and len(collection) >= maximum:
            raise limit_exceeded(self.name.replace("_", " "), maximum)
        key = state.next_id(self.name)
        collection.put({**tree.root_row(""), **values, "folderId": key})
        return Reply(201, self._body(call, key, deep=False))

    def update(self, call: Call) -> Reply:
        """Answer PUT: rename, move, or both."""
        require_access(call)
        state, collection = call.state, self._collection(call.state)
        key = self.find(call, changing=True)
        values = self._values(state, call.json_object(), key=key)
        collection.put({**collection.rows[key], **values})
        return Reply(200, self._body(call, key, deep=False))

    def delete(self, call: Call) -> Reply:
        """Answer DELETE; a folder must be empty [doc: bulk delete]. The status 409 is inferred."""
        require_access(call)
        collection = self._collection(call.state)
        key = self.find(call, changing=True)
        if key in tree.children_of(collection):
            raise conflict(f"Folder {key} is not empty: it has subfolders.")
        if any(row["folderId"] == key for row in call.state.collections[self.members].rows.values()):
            raise conflict(f"Folder {key} is not empty: it has {self.members}.")
        collection.remove(key)
        return Reply(204)

    def _collection(self, state: State) -> Collection:
        return state.collections[self.name]

    def find(self, call: Call, *, changing: bool = False) -> int:
        """Return the folder a path names; 400 for the root when it is to be changed."""
        key: int = call.params["folderId"]
        if key == tree.ROOT_ID and changing:
            raise bad_request([f"folderId: {self.root_name} cannot be changed"])
        if key != tree.ROOT_ID and key not in self._collection(call.state).rows:
            raise not_found("Folder", key)
        return key

    def _body(self, call: Call, key: int, *, deep: bool) -> bytes:
        collection = self._collection(call.state)
        row = tree.root_row(self.root_name) if key == tree.ROOT_ID else collection.rows[key]
        path = tree.path_of(collection, key, self.root_name)
        folder = tree.shown(row, path, tree.children_of(collection), collection, deep=deep)
        return _encoded(call, folder)

    def _values(self, state: State, body: Row, *, key: int | None) -> Row:
        values, problems = read_body(FIELDS, body, creating=key is None)
        parent = values.get("parentFolderId")
        if parent is not None:
            problems += self._parent_problems(self._collection(state), parent, key)
        if problems:
            raise bad_request(problems)
        return values

    def _parent_problems(self, collection: Collection, parent: int, key: int | None) -> list[str]:
        if parent != tree.ROOT_ID and parent not in collection.rows:
            return ["parentFolderId: does not exist"]
        height = 1
        if key is not None:
            above = parent
            while above != tree.ROOT_ID:
                if above == key:
                    return ["parentFolderId: a folder cannot be moved into itself"]
                above = collection.rows[above]["parentFolderId"]
            height += tree.height_of(tree.children_of(collection), key)
        if tree.depth_of(collection, parent) + height > tree.MAX_DEPTH:
            return [f"parentFolderId: folders can be {tree.MAX_DEPTH} levels deep"]
        return []


def _encoded(call: Call, value: object) -> bytes:
    body = msgspec.json.encode(value)
    return escape_json(body) if call.escaped else body


def _segments_in(call: Call) -> Reply:
    """Answer GET /folders/segments/{folderId}/segments [client: the portal]."""
    require_access(call)
    key = SEGMENT_FOLDERS.find(call)
    segments = call.state.collections["segments"]
    return list_reply(call, segments, lambda row: row["folderId"] == key, renderer(segments, escaped=call.escaped))


def _routes(folders: Folders) -> tuple[Route, ...]:
    one: dict[str, Any] = {"$ref": "#/components/schemas/Folder"}
    body = {"$ref": "#/components/schemas/FolderBody"}
    many = {"type": "array", "items": one}
    at = f"{folders.path}/{{folderId:int}}"

    def route(method: str, path: str, handler: Any, about: str, **more: Any) -> Route:
        return Route(method=method, path=path, handler=handler, tag=folders.tag, about=about, **more)

    return (
        route("GET", folders.path, folders.show, "The whole tree, in its root", query=(THIRD_PARTY,), answer=many),
        route("POST", folders.path, folders.create, "Create a folder", body=body, answer=one, status=201),
        route("GET", at, folders.get, "One folder", query=(SUB_FOLDERS, THIRD_PARTY), answer=one),
        route("PUT", at, folders.update, "Rename or move a folder", body=body, answer=one),
        route("DELETE", at, folders.delete, "Delete an empty folder", status=204),
    )


TRAIT_FOLDERS = Folders(
    name="trait_folders", members="traits", path="/v1/folders/traits", root_name="All Traits", tag="Trait folders"
)
SEGMENT_FOLDERS = Folders(
    name="segment_folders",
    members="segments",
    path="/v1/folders/segments",
    root_name="All Segments",
    tag="Segment folders",
)

ROUTES = (
    *_routes(TRAIT_FOLDERS),
    *_routes(SEGMENT_FOLDERS),
    Route(
        method="GET",
        path="/v1/folders/segments/{folderId:int}/segments",
        handler=_segments_in,
        tag=SEGMENT_FOLDERS.tag,
        about="The segments directly in a folder",
        query=(*SEGMENTS.query, *PAGING),
        answer={"type": "array", "items": {"$ref": "#/components/schemas/Segment"}},
    ),
)
