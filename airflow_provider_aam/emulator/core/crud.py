"""The routes that most resources have."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow_provider_aam.emulator.core.call import Route
from airflow_provider_aam.emulator.core.listing import PAGING

if TYPE_CHECKING:
    from airflow_provider_aam.emulator.core.resource import Resource

IDS = {"type": "array", "items": {"type": "integer"}}


def crud_routes(resource: Resource, *, codes: bool = False) -> tuple[Route, ...]:
    """Return list, create, get, update, delete and bulk-delete; with `codes` the `ic:` forms too."""
    path, noun = resource.path, resource.noun.lower()
    one = {"$ref": f"#/components/schemas/{resource.noun.replace(' ', '')}"}
    body = {"$ref": f"#/components/schemas/{resource.noun.replace(' ', '')}Body"}

    def route(method: str, where: str, handler: Any, about: str, **more: Any) -> Route:
        return Route(method=method, path=path + where, handler=handler, tag=path, about=about, **more)

    many = {"oneOf": [{"type": "array", "items": one}, _page_of(one)]}
    query = (*resource.query, *PAGING)
    routes = [
        route("GET", "", resource.show, f"All {noun}s, or a page of them", query=query, answer=many),
        route("POST", "", resource.create, f"Create a {noun}", body=body, answer=one, status=201),
        route("POST", "/bulk-delete", resource.bulk_delete, f"Delete many {noun}s", body=IDS, status=204),
    ]
    ways = [f"/{{{resource.id_field}:int}}"] + (["/ic:{code:path}"] if codes else [])
    for way in ways:
        by = "integration code" if way.startswith("/ic:") else "id"
        routes += [
            route("GET", way, resource.get, f"One {noun} by {by}", query=resource.query, answer=one),
            route("PUT", way, resource.update, f"Replace a {noun} by {by}", body=body, answer=one),
            route("DELETE", way, resource.delete, f"Delete a {noun} by {by}", status=204),
        ]
    return tuple(routes)


def _page_of(row: dict[str, Any]) -> dict[str, Any]:
    number = {"type": "integer"}
    members = {"total": number, "page": number, "pageSize": number, "list": {"type": "array", "items": row}}
    return {"type": "object", "required": list(members), "properties": members}
