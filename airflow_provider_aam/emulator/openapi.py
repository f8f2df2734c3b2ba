"""What the documentation page says of AAM's API, derived from the declared routes and fields."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from airflow_provider_aam.emulator.core.call import ref

if TYPE_CHECKING:
    from collections.abc import Sequence

    from airflow_provider_aam.emulator.core.call import Route
    from airflow_provider_aam.emulator.core.fields import Field
    from airflow_provider_aam.emulator.core.service import Service

ABOUT = (
    "Adobe publishes no offline description of this API. This one is put together from Adobe's documents, its tools "
    "and public clients; what none of them tells is marked *inferred*. Strings are HTML-escaped unless the request "
    "carries `AAM-Disable-Escaping-HTML: true`. A PUT replaces the whole object."
)
_TYPES: dict[str, dict[str, Any]] = {
    "string": {"type": "string"},
    "integer": {"type": "integer"},
    "number": {"type": "number"},
    "boolean": {"type": "boolean"},
    "strings": {"type": "array", "items": {"type": "string"}},
    "integers": {"type": "array", "items": {"type": "integer"}},
    "any": {},
}
_ERRORS = {
    "400": "The body or a parameter is not valid",
    "401": "The token is missing, unknown or expired",
    "403": "Not allowed, or a limit is reached",
    "404": "Not there",
    "409": "A duplicate, or still in use",
    "415": "The body is not JSON",
}


def operation(route: Route) -> dict[str, Any]:
    """Return what OpenAPI says of one route."""
    parameters = [
        {"name": name, "in": "path", "required": True, "schema": _TYPES["integer" if kind == "int" else "string"]}
        for name, kind in re.findall(r"\{(\w+):(\w+)\}", route.path)
    ]
    parameters += [
        {"name": each.name, "in": "query", "description": each.about, "schema": _TYPES[each.type]}
        for each in route.query
    ]
    said: dict[str, Any] = {"parameters": parameters, "responses": _responses(route)}
    if route.body is not None:
        said["requestBody"] = {"required": True, "content": {"application/json": {"schema": route.body}}}
    if route.bearer:
        said["security"] = [{"token": [], "apiKey": []}, {"token": []}]
    return said


def _responses(route: Route) -> dict[str, Any]:
    success: dict[str, Any] = {"description": "Done"}
    if route.status != 204:
        success["content"] = {"application/json": {"schema": route.answer or {}}}
    error = {"content": {"application/json": {"schema": ref("Error")}}}
    errors = {status: {"description": text, **error} for status, text in _ERRORS.items()} if route.bearer else {}
    return {str(route.status): success, **errors}


def schemas(services: Sequence[Service]) -> dict[str, Any]:
    """Return the components of the document."""
    found: dict[str, Any] = {
        "Error": {
            "type": "object",
            "description": "The I/O gateway sends error_code and message, tokens' hosts error and error_description.",
            "properties": {
                "code": {"type": "string"},
                "message": {"type": "string"},
                "childMessages": {"type": "array", "items": {"type": "string"}},
                "error_code": {"type": "string"},
                "error": {"type": "string"},
                "error_description": {"type": "string"},
            },
        },
    }
    for service in services:
        found |= {name: _writable(fields) for name, fields in service.bodies.items()}
        for each in service.resources:
            if each.verbs:
                found[each.schema], found[f"{each.schema}Body"] = _readable(each.all_fields), _writable(each.all_fields)
    security = {
        "token": {"type": "http", "scheme": "bearer"},
        "apiKey": {"type": "apiKey", "in": "header", "name": "x-api-key", "description": "On aam.adobe.io only."},
    }
    return {"schemas": found, "securitySchemes": security}


def _readable(fields: tuple[Field, ...]) -> dict[str, Any]:
    return {"type": "object", "properties": {each.name: _schema(each) for each in fields}}


def _writable(fields: tuple[Field, ...]) -> dict[str, Any]:
    writable = [each for each in fields if each.writable]
    required = [each.name for each in writable if each.required]
    return {"type": "object", "required": required, "properties": {each.name: _schema(each) for each in writable}}


def _schema(field: Field) -> dict[str, Any]:
    schema = {**_TYPES[field.kind], "description": field.about}
    if "type" in schema and not field.required:
        schema["type"] = [schema["type"], "null"]
    if field.one_of:
        schema["enum"] = [*field.one_of] if field.required else [*field.one_of, None]
    if field.max_length is not None:
        schema["maxLength"] = field.max_length
    if field.minimum is not None:
        schema["minimum"] = field.minimum
    if not field.writable:
        schema["readOnly"] = True
    return schema
