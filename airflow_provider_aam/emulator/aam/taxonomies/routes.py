"""The routes of the one taxonomy, 0, and of schemas, which have no known content."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from airflow_provider_aam.emulator.core.authentication import hidden, require_access
from airflow_provider_aam.emulator.core.call import Reply, Route, json_reply
from airflow_provider_aam.emulator.core.refusals import not_found
from airflow_provider_aam.emulator.core.rendering import escape_json

if TYPE_CHECKING:
    from collections.abc import Callable

    from airflow_provider_aam.emulator.core.call import Call
    from airflow_provider_aam.emulator.core.state import State

ROOT_ID = 0


def show(call: Call) -> Reply:
    """Answer GET /taxonomies/0: the categories of the first level with all below them (inferred)."""
    return _reply(call, [] if hidden(call) else _below(call.state, ROOT_ID, deep=True))


def get(call: Call) -> Reply:
    """Answer GET /taxonomies/0/{categoryId}: one category with all below it."""
    rows = call.state.collections["taxonomies"].rows
    return _reply(call, _shown(call.state, rows[_find(call)], deep=True))


def children(call: Call) -> Reply:
    """Answer GET …/childCategories: the categories right below one, without what is below them (inferred)."""
    return _reply(call, _below(call.state, _find(call), deep=False))


def schemas(call: Call) -> Reply:  # noqa: ARG001
    """Answer GET /schemas; its content is unknown."""
    return json_reply([])


def _find(call: Call) -> int:
    require_access(call)
    key: int = call.params["categoryId"]
    if key not in call.state.collections["taxonomies"].rows:
        raise not_found("Category", key)
    return key


def _below(state: State, parent: int, *, deep: bool) -> list[dict[str, Any]]:
    rows = state.collections["taxonomies"].rows.values()
    return [_shown(state, row, deep=deep) for row in rows if row.get("parentCategoryID", ROOT_ID) == parent]


def _shown(state: State, row: dict[str, Any], *, deep: bool) -> dict[str, Any]:
    below = _below(state, row["categoryId"], deep=True)
    names = ("categoryId", "name", "description", "parentCategoryID", "crUID", "upUID")
    found = {name: row.get(name) for name in names}
    return found | {"categoryCount": len(below), "categories": below if deep else []}


def _reply(call: Call, value: object) -> Reply:
    body = msgspec.json.encode(value)
    return Reply(body=escape_json(body) if call.escaped else body)


def _route(path: str, handler: Callable[[Call], Reply], about: str) -> Route:
    return Route(method="GET", path=f"/v1{path}", handler=handler, tag="Taxonomy", about=about)


ROUTES = (
    _route("/taxonomies/0", show, "All categories as a tree"),
    _route("/taxonomies/0/{categoryId:int}", get, "One category with those below it"),
    _route("/taxonomies/0/{categoryId:int}/childCategories", children, "The categories right below one"),
    _route("/schemas", schemas, "Always empty; what it holds is unknown"),
)
