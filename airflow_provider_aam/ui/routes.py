"""What the page asks for. Knows FastAPI and the folder that tasks write to; Airflow's rights come in from outside."""

# No `from __future__ import annotations`: FastAPI must see the annotations themselves.
from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException


def build_router(*, guard: Any, readable: Any) -> APIRouter:
    """GET only: the cookie that signs the user in is sent along by other sites' links, too.

    ``guard`` refuses who lacks the right to read the Connection; ``readable`` annotates the ids that may be read.
    """
    router = APIRouter(prefix="/api/connections", dependencies=[guard])

    def known(connection_id: str, ids: readable) -> str:
        if connection_id not in ids:
            raise HTTPException(404, f"There is no Connection of type aam {connection_id!r} that the page may show.")
        return connection_id

    Known = Annotated[str, Depends(known)]

    @router.get("")
    def connections(ids: readable) -> list[str]:
        return ids

    @router.get("/{connection_id}")
    def overview(connection: Known) -> dict[str, Any]:
        return {"connection": connection}

    return router
