"""What the page asks for. Knows FastAPI and the folder that tasks write to; Airflow's rights come in from outside."""

# No `from __future__ import annotations`: FastAPI must see the annotations themselves.
import logging
from functools import lru_cache, partial
from typing import Annotated, Any, Literal
from urllib.parse import urlencode

import msgspec
from fastapi import APIRouter, Depends, FastAPI, HTTPException, Request, Response
from fastapi import Query as Parameter
from fastapi.exception_handlers import http_exception_handler
from fastapi.responses import JSONResponse, RedirectResponse

from airflow_provider_aam.api.errors import AAMError
from airflow_provider_aam.api.visible import one_line
from airflow_provider_aam.files.page_files import PERIODS
from airflow_provider_aam.files.refusals import UNREADABLE, reason
from airflow_provider_aam.hooks.page import page_folder
from airflow_provider_aam.ui.folder import PageFolder
from airflow_provider_aam.ui.populations import Query, Sort

log = logging.getLogger(__name__)

MOST_CONNECTIONS = 4
"""Whose lists one process holds in memory: 100,000 traits are some 100 MB."""
BROKEN = (AAMError, msgspec.MsgspecError, *UNREADABLE)
Resource = Literal["segments", "traits"]


def build_router(*, guard: Any, readable: Any) -> APIRouter:
    """GET only: the cookie that signs the user in is sent along by other sites' links, too.

    ``guard`` refuses who lacks the right to read the Connection; ``readable`` annotates the ids that may be read.
    """
    router = APIRouter(prefix="/api/connections", dependencies=[guard, Depends(_keep_out_of_caches)])
    folder_of = lru_cache(MOST_CONNECTIONS)(lambda connection_id: PageFolder(partial(page_folder, connection_id)))

    def find_folder(connection_id: str, ids: readable) -> PageFolder:
        if connection_id not in ids:
            raise HTTPException(404, "There is no Connection of type aam with this id that the page may show.")
        return folder_of(connection_id)

    found_folder = Annotated[PageFolder, Depends(find_folder)]

    @router.get("")
    def connections(ids: readable) -> list[str]:
        return list(ids)

    @router.get("/{connection_id}")
    def overview(folder: found_folder) -> dict[str, Any]:
        return folder.overview()

    @router.get("/{connection_id}/populations/{resource}")
    def populations(
        *,
        folder: found_folder,
        resource: Resource,
        search: Annotated[str, Parameter(max_length=200)] = "",
        sort: Sort = "population",
        descending: bool = True,
        period: int = 30,
        offset: Annotated[int, Parameter(ge=0)] = 0,
        limit: Annotated[int, Parameter(ge=1, le=200)] = 50,
    ) -> dict[str, Any]:
        if period not in PERIODS:
            raise HTTPException(422, f"period: expected one of {', '.join(map(str, PERIODS))}")
        query = Query(search=search, sort=sort, descending=descending, period=period, offset=offset, limit=limit)
        return folder.find(resource, query)

    @router.get("/{connection_id}/plans/{plan}")
    def plan(folder: found_folder, plan: str) -> dict[str, Any]:
        found = folder.plan(plan)
        if found is None:
            raise HTTPException(404, "This plan is not among the newest that tasks told the page of.")
        return found

    return router


def _keep_out_of_caches(response: Response) -> None:
    """Whoever signs in next in the same browser may lack the right."""
    response.headers["Cache-Control"] = "no-store"


def explain_broken_folder(app: FastAPI) -> None:
    """The page says what is wrong with its folder, where FastAPI would say nothing; the log has the traceback."""

    def explain(request: Request, broken: Exception) -> JSONResponse:
        log.warning("%s cannot be answered", one_line(request.url.path), exc_info=broken)
        return JSONResponse({"detail": f"The folder of the page cannot be read: {one_line(reason(broken))}"}, 503)

    for kind in BROKEN:
        app.add_exception_handler(kind, explain)


def sign_in_for(app: FastAPI, prefix: str) -> None:
    """Who opens a page below ``prefix`` from a message is led to Airflow's sign-in first, and back."""

    async def lead(request: Request, refused: HTTPException) -> Response:
        here, root = request.url.path, request.scope["root_path"]
        if not here.startswith(root + prefix):
            return await http_exception_handler(request, refused)
        airflow = root.rpartition("/")[0]
        return RedirectResponse(f"{airflow}/api/v2/auth/login?{urlencode({'next': here})}")

    app.add_exception_handler(401, lead)  # type: ignore[arg-type]
