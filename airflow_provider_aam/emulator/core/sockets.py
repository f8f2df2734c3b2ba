"""Answers that break the connection: a TCP reset, and a body that stops in the middle.

ASGI has no word for either. uvicorn hands every request a `receive` that is a bound method of an object holding the
connection's transport; the gate keeps that transport in the scope, and only this file touches it.
"""

from __future__ import annotations

import asyncio
import socket
import struct
from typing import TYPE_CHECKING, cast

from starlette.responses import Response

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

TRANSPORT = "aam.transport"
_DISCARD_ON_CLOSE = struct.pack("ii", 1, 0)  # SO_LINGER on, 0 s: close() sends RST instead of FIN


def transport_of(receive: Receive) -> asyncio.Transport | None:
    """Return the connection's transport, or `None` when the server is not uvicorn."""
    cycle = getattr(receive, "__self__", None)
    return getattr(cycle, "transport", None)


class ResetConnection(Response):
    """Send nothing; the client sees "connection reset by peer"."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002
        transport = cast("asyncio.Transport", scope[TRANSPORT])
        transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _DISCARD_ON_CLOSE)
        transport.abort()
        await _wait_until_gone(receive)


class HalfBody(Response):
    """Announce the whole body, send half of it, then close."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        transport = cast("asyncio.Transport", scope[TRANSPORT])
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        half = bytes(self.body)[: len(self.body) // 2]
        await send({"type": "http.response.body", "body": half, "more_body": True})
        transport.close()
        await _wait_until_gone(receive)


async def _wait_until_gone(receive: Receive) -> None:
    """Return once uvicorn knows that the connection is lost; before that it would try to send a 500."""
    while (await receive())["type"] != "http.disconnect":
        pass
