"""The one taxonomy, 0, and schemas, which have no known content."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow_provider_aam.emulator.core.authentication import hidden
from airflow_provider_aam.emulator.core.call import Route, always
from airflow_provider_aam.emulator.core.resource import Resource
from airflow_provider_aam.emulator.core.service import Service

if TYPE_CHECKING:
    from airflow_provider_aam.emulator.core.call import Call, Reply
    from airflow_provider_aam.emulator.core.state import State

ROOT_ID = 0
CATEGORIES = Resource(name="taxonomies", noun="Category", id_field="categoryId", first_id=101, verbs=(), audited=False)


def show(call: Call) -> Reply:
    """Answer GET /taxonomies/0: the categories of the first level with all below them (inferred)."""
    return call.reply([] if hidden(call) else _below(call.state, ROOT_ID, deep=True))


def get(call: Call) -> Reply:
    """Answer GET /taxonomies/0/{categoryId}: one category with all below it."""
    rows = CATEGORIES.collection(call.state).rows
    return call.reply(_shown(call.state, rows[CATEGORIES.find(call)], deep=True))


def children(call: Call) -> Reply:
    """Answer GET …/childCategories: the categories right below one, without what is below them (inferred)."""
    return call.reply(_below(call.state, CATEGORIES.find(call), deep=False))


def _below(state: State, parent: int, *, deep: bool) -> list[dict[str, Any]]:
    rows = CATEGORIES.collection(state).rows.values()
    return [_shown(state, row, deep=deep) for row in rows if row.get("parentCategoryID", ROOT_ID) == parent]


def _shown(state: State, row: dict[str, Any], *, deep: bool) -> dict[str, Any]:
    below = _below(state, row["categoryId"], deep=True)
    names = ("categoryId", "name", "description", "parentCategoryID", "crUID", "upUID")
    found = {name: row.get(name) for name in names}
    return found | {"categoryCount": len(below), "categories": below if deep else []}


SERVICE = Service(
    tag="Taxonomy",
    about="The categories of traits.",
    resources=(CATEGORIES,),
    routes=(
        Route("GET", "/v1/taxonomies/0", show, "All categories as a tree"),
        Route("GET", "/v1/taxonomies/0/{categoryId:int}", get, "One category with those below it"),
        Route("GET", "/v1/taxonomies/0/{categoryId:int}/childCategories", children, "The categories right below one"),
        Route("GET", "/v1/schemas", always([]), "Always empty; what it holds is unknown"),
    ),
)
