"""The application: every route, the documentation page, the control plane."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastapi_offline import FastAPIOffline
from starlette.exceptions import HTTPException
from starlette.requests import Request

from airflow_provider_aam.emulator.admin import CONTROL_PLANE, add_control_plane
from airflow_provider_aam.emulator.core.call import refusal_reply
from airflow_provider_aam.emulator.core.exchange import endpoint
from airflow_provider_aam.emulator.core.gate import Gate
from airflow_provider_aam.emulator.core.refusals import Refusal
from airflow_provider_aam.emulator.index import add_index
from airflow_provider_aam.emulator.openapi import ABOUT, operation, schemas

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fastapi import FastAPI
    from starlette.responses import Response
    from starlette.types import ASGIApp

    from airflow_provider_aam.emulator.core.service import Service
    from airflow_provider_aam.emulator.core.state import State


def build_app(state: State) -> ASGIApp:
    """Return the whole emulator as one ASGI application over `state`."""
    tags = [{"name": each.tag, "description": each.about} for each in (*state.services, CONTROL_PLANE)]
    app = FastAPIOffline(title="Adobe Audience Manager (emulated)", version="1", description=ABOUT, openapi_tags=tags)
    app.router.redirect_slashes = False
    for route in (route for service in state.services for route in service.all_routes()):
        app.add_api_route(
            route.path,
            endpoint(route, state),
            methods=[route.method],
            response_model=None,
            status_code=route.status,
            tags=[route.tag],
            summary=route.about,
            name=route.name,
            operation_id=route.name,
            openapi_extra=operation(route),
        )
    add_control_plane(app, state)
    add_index(app, state)
    app.add_exception_handler(HTTPException, _no_such_route)
    _add_schemas(app, state.services)
    return Gate(app, state)


async def _no_such_route(request: Request, error: Exception) -> Response:
    """Answer in AAM's shape for a path or method that is not there; its wording is inferred."""
    status = error.status_code if isinstance(error, HTTPException) else 404
    code = {404: "NOT_FOUND", 405: "METHOD_NOT_ALLOWED"}.get(status, "ERROR")
    message = f"{request.method} {request.url.path} is not known"
    headers = dict(getattr(error, "headers", None) or {})
    return refusal_reply(Refusal(status, {"code": code, "message": message}, headers)).response()


def _add_schemas(app: FastAPI, services: Sequence[Service]) -> None:
    build = app.openapi

    def openapi() -> dict[str, Any]:
        document = build()
        document.setdefault("components", {}).update(schemas(services))
        return document

    app.openapi = openapi  # type: ignore[method-assign]
