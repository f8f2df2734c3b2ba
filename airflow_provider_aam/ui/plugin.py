"""The only module that knows Airflow's contract for plugins and its API server. Airflow calls React apps experimental.

Every process of Airflow that uses plugins imports this, so what the API server alone needs is imported when it asks.
"""

# No `from __future__ import annotations`: FastAPI must see the annotations themselves.
from importlib.resources import files
from typing import TYPE_CHECKING, Annotated, Any

from airflow.providers.common.compat.sdk import AirflowPlugin
from airflow.providers.common.compat.version_compat import AIRFLOW_V_3_0_PLUS, AIRFLOW_V_3_3_PLUS

from airflow_provider_aam import __version__

if TYPE_CHECKING:
    from fastapi import FastAPI
    from flask import Blueprint

NAME = "Audience Manager"
PREFIX = "/aam"
NO_PAGE = "The documentation has no such page."
REACT_APP = {
    "name": NAME,
    "bundle_url": f"aam/main.js?v={__version__}",  # relative: Airflow may be served below a path
    "url_route": "audience_manager",
    "destination": "nav",
    "category": "browse",
}


class AudienceManagerPlugin(AirflowPlugin):
    """Airflow before 3.3 has no page: it lacks the Chakra UI. Airflow 2 has the documentation."""

    name = "audience_manager"

    def __init__(self) -> None:
        self.react_apps = [dict(REACT_APP)] if AIRFLOW_V_3_3_PLUS else []

    @property
    def fastapi_apps(self) -> list[Any]:  # type: ignore[override]
        """Built when the API server asks for it."""
        return [{"app": build_app(), "url_prefix": PREFIX, "name": NAME}] if AIRFLOW_V_3_3_PLUS else []

    @property
    def flask_blueprints(self) -> list[Any]:  # type: ignore[override]
        """Built when the webserver of Airflow 2 asks for it."""
        return [] if AIRFLOW_V_3_0_PLUS else [build_blueprint()]


def build_app() -> "FastAPI":
    """What is about an account asks for the right to read its Connection. The rest is the same in every Airflow.

    FastAPI's own documentation is left out: it would be public.
    """
    from airflow.api_fastapi.auth.managers.models.resource_details import AccessView
    from airflow.api_fastapi.core_api.security import (
        requires_access_connection,
        requires_access_view,
        requires_authenticated,
    )
    from fastapi import Depends, FastAPI, HTTPException
    from fastapi.responses import Response

    from airflow_provider_aam.ui.docs import find_page
    from airflow_provider_aam.ui.routes import build_router, explain_broken_folder, sign_in_for

    app = FastAPI(title=NAME, docs_url=None, redoc_url=None, openapi_url=None)
    app.include_router(build_router(guard=Depends(requires_access_connection("GET")), readable=_readable()))
    explain_broken_folder(app)
    sign_in_for(app, "/docs/")

    @app.get("/main.js", dependencies=[Depends(requires_authenticated())])  # a mount of static files has no guard
    def bundle() -> Response:
        content = files("airflow_provider_aam.ui").joinpath("main.js").read_bytes()
        return Response(content, media_type="text/javascript", headers={"Cache-Control": "no-cache"})

    @app.get("/docs/{address:path}", dependencies=[Depends(requires_access_view(AccessView.DOCS))])
    def documentation(address: str) -> Response:
        page = find_page(address)
        if page is None:
            raise HTTPException(404, NO_PAGE)
        return Response(page.content, media_type=page.media_type, headers={"Cache-Control": "no-cache"})

    return app


def build_blueprint() -> "Blueprint":
    """The documentation in Airflow 2, for whoever has its right to read documentation."""
    from airflow.auth.managers.models.resource_details import AccessView
    from airflow.www.auth import has_access_view
    from flask import Blueprint, Response, abort

    from airflow_provider_aam.ui.docs import find_page

    @has_access_view(AccessView.DOCS)  # type: ignore[untyped-decorator]
    def documentation(address: str = "") -> Response:
        page = find_page(address) or abort(404, NO_PAGE)
        return Response(page.content, content_type=page.media_type, headers={"Cache-Control": "no-cache"})

    blueprint = Blueprint("aam_documentation", __name__, url_prefix=f"{PREFIX}/docs")
    for rule in ("/", "/<path:address>"):
        blueprint.add_url_rule(rule, view_func=documentation)
    return blueprint


def _readable() -> Any:
    """A dependency: the ids of the Connections to AAM that the user has the right to read, sorted."""
    from airflow.api_fastapi.app import get_auth_manager
    from airflow.api_fastapi.auth.managers.models.resource_details import ConnectionDetails
    from airflow.api_fastapi.core_api.security import GetUserDep
    from airflow.models.connection import Connection
    from airflow.providers.common.compat.sdk import conf
    from airflow.utils.session import create_session
    from fastapi import Depends
    from sqlalchemy import select

    def readable(user: GetUserDep) -> list[str]:
        manager = get_auth_manager()
        stored = select(Connection.conn_id).where(
            Connection.conn_type == "aam",
            Connection.conn_id.in_(manager.get_authorized_connections(user=user, method="GET")),
        )
        with create_session() as session:
            found = set(session.scalars(stored))
        # Airflow lists the Connections of its database only.
        named = {each.strip() for each in conf.get("aam", "ui_connections", fallback="").split(",")} - {"", *found}
        found.update(
            each
            for each in named
            if manager.is_authorized_connection(method="GET", details=ConnectionDetails(conn_id=each), user=user)
        )
        return sorted(found)

    return Annotated[list[str], Depends(readable)]
