"""What happens around a handler: latency, trouble, authentication, and turning its reply into a response."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from starlette.requests import Request

from airflow_provider_aam.emulator.core import misbehaviour
from airflow_provider_aam.emulator.core.authentication import authenticate
from airflow_provider_aam.emulator.core.call import Call, Reply, Route, refusal_reply
from airflow_provider_aam.emulator.core.gate import HEADERS, HOST, QUERY, RECORDED
from airflow_provider_aam.emulator.core.refusals import Refusal

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.responses import Response

    from airflow_provider_aam.emulator.core.state import State


def endpoint(route: Route, state: State) -> Callable[[Request], Awaitable[Response]]:
    """Return the ASGI-side function of a route."""

    async def serve(request: Request) -> Response:
        scope = request.scope
        recorded = scope[RECORDED]
        state.stats.routed(recorded, route.name)
        body = await request.body()  # before the pause, or the server would stop reading a long one during it
        if state.settings.latency_s > 0:
            await asyncio.sleep(state.settings.latency_s)
        call = Call(
            state=state,
            headers=scope[HEADERS],
            query=scope[QUERY],
            query_string=scope["query_string"],
            params=scope["path_params"],
            body=body,
            host=scope[HOST],
            recorded=recorded,
        )
        call.trouble = state.troubles.take(route.name, f"{recorded.method} {recorded.path}")
        if call.trouble is None:
            return answer(route, call).response()
        return await misbehaviour.serve(call.trouble, call, lambda: answer(route, call))

    return serve


def answer(route: Route, call: Call) -> Reply:
    """Authenticate, handle, and return a refusal as the reply it is."""
    try:
        if route.bearer:
            authenticate(call)
        return route.handler(call)
    except Refusal as refusal:
        return refusal_reply(refusal)
