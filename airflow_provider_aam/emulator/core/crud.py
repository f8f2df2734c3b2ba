"""The routes that follow from a resource."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow_provider_aam.emulator.core.call import Route, ref
from airflow_provider_aam.emulator.core.listing import PAGING

if TYPE_CHECKING:
    from airflow_provider_aam.emulator.core.resource import Resource

IDS = {"type": "array", "items": {"type": "integer"}}


def crud_routes(resource: Resource) -> list[Route]:
    """Return the routes of a resource's verbs, with `codes` the `ic:` forms too."""
    path, noun = resource.path, resource.noun.lower()
    one, body = ref(resource.schema), ref(f"{resource.schema}Body")
    routes: list[Route] = []

    def add(verb: str, method: str, where: str, handler: Any, about: str, **more: Any) -> None:
        if verb in resource.verbs:
            routes.append(Route(method, path + where, handler, about, **more))

    many = {"oneOf": [{"type": "array", "items": one}, _page_of(one)]}
    query, one_query = (*resource.query, *PAGING), resource.parameters(one=True)
    if "limits" in resource.verbs:
        about = f"How many {resource.limits[0].what} there are and may be"
        add("limits", "GET", "/limits", resource.usage, about, tag="Limits")
    add("list", "GET", "", resource.show, f"All {noun}s, or a page of them", query=query, answer=many)
    add("create", "POST", "", resource.create, f"Create a {noun}", body=body, answer=one, status=201)
    add("bulk-delete", "POST", "/bulk-delete", resource.bulk_delete, f"Delete many {noun}s", body=IDS, status=204)
    ways = {"id": f"/{{{resource.id_field}:int}}"} | ({"integration code": "/ic:{code:path}"} if resource.codes else {})
    for by, way in ways.items():
        add("get", "GET", way, resource.get, f"One {noun} by {by}", query=one_query, answer=one)
        add("update", "PUT", way, resource.update, f"Replace a {noun} by {by}", body=body, answer=one)
        add("delete", "DELETE", way, resource.delete, f"Delete a {noun} by {by}", status=204)
    return routes


def _page_of(row: dict[str, Any]) -> dict[str, Any]:
    number = {"type": "integer"}
    members = {"total": number, "page": number, "pageSize": number, "list": {"type": "array", "items": row}}
    return {"type": "object", "required": list(members), "properties": members}
