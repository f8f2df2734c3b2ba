"""The routes that most resources have."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow_provider_aam.emulator.core.call import Route
from airflow_provider_aam.emulator.core.listing import PAGING

if TYPE_CHECKING:
    from airflow_provider_aam.emulator.core.resource import Resource

IDS = {"type": "array", "items": {"type": "integer"}}
VERBS = ("list", "create", "bulk-delete", "get", "update", "delete")


def crud_routes(
    resource: Resource, *, tag: str, codes: bool = False, verbs: tuple[str, ...] = VERBS
) -> tuple[Route, ...]:
    """Return the routes of `verbs`, in the group `tag`; with `codes` the `ic:` forms too."""
    path, noun = resource.path, resource.noun.lower()
    one = {"$ref": f"#/components/schemas/{resource.noun.replace(' ', '')}"}
    body = {"$ref": f"#/components/schemas/{resource.noun.replace(' ', '')}Body"}

    routes: list[Route] = []

    def add(verb: str, method: str, where: str, handler: Any, about: str, **more: Any) -> None:
        if verb in verbs:
            routes.append(Route(method=method, path=path + where, handler=handler, tag=tag, about=about, **more))

    many = {"oneOf": [{"type": "array", "items": one}, _page_of(one)]}
    query = (*resource.query, *PAGING)
    one_query = resource.query if resource.one_query is None else resource.one_query
    add("list", "GET", "", resource.show, f"All {noun}s, or a page of them", query=query, answer=many)
    add("create", "POST", "", resource.create, f"Create a {noun}", body=body, answer=one, status=201)
    add("bulk-delete", "POST", "/bulk-delete", resource.bulk_delete, f"Delete many {noun}s", body=IDS, status=204)
    ways = [f"/{{{resource.id_field}:int}}"] + (["/ic:{code:path}"] if codes else [])
    for way in ways:
        by = "integration code" if way.startswith("/ic:") else "id"
        add("get", "GET", way, resource.get, f"One {noun} by {by}", query=one_query, answer=one)
        add("update", "PUT", way, resource.update, f"Replace a {noun} by {by}", body=body, answer=one)
        add("delete", "DELETE", way, resource.delete, f"Delete a {noun} by {by}", status=204)
    return tuple(routes)


def _page_of(row: dict[str, Any]) -> dict[str, Any]:
    number = {"type": "integer"}
    members = {"total": number, "page": number, "pageSize": number, "list": {"type": "array", "items": row}}
    return {"type": "object", "required": list(members), "properties": members}
