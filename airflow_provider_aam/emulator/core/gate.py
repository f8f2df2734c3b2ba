"""The first thing a request meets: its path is made regular, and it is counted and recorded."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, unquote

from starlette.responses import PlainTextResponse

from airflow_provider_aam.emulator.core.sockets import TRANSPORT, transport_of
from airflow_provider_aam.emulator.core.stats import KEPT_HEADERS, RecordedRequest
from airflow_provider_aam.emulator.core.visitors import HOSTS, hostname, why_refused

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from airflow_provider_aam.emulator.core.state import State

HEADERS, QUERY, HOST, RECORDED = "aam.headers", "aam.query", "aam.host", "aam.recorded"
OWN_PATHS = ("/_emulator", "/docs", "/redoc", "/openapi.json", "/static-offline-docs", "/favicon.ico")
_SLASHES = re.compile("/{2,}")


class Gate:
    """ASGI middleware around the whole application."""

    def __init__(self, app: ASGIApp, state: State) -> None:
        self.app = app
        self.state = state

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request; the emulator's own pages and control plane are neither counted nor changed."""
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope.get("headers", ())}
        if scope["type"] == "http" and (foreign := why_refused(headers)):
            await PlainTextResponse(f"{foreign}\n", 403)(scope, receive, send)
            return
        if scope["type"] != "http" or scope["path"] == "/" or scope["path"].startswith(OWN_PATHS):
            await self.app(scope, receive, send)
            return
        host, path = _host_and_path(headers.get("host", ""), scope["raw_path"].decode("latin-1"))
        query = parse_qs(scope["query_string"].decode("latin-1"), keep_blank_values=True)
        recorded = RecordedRequest(
            method=scope["method"],
            path=path,
            query=query,
            headers={name: headers[name] for name in KEPT_HEADERS if name in headers},
            connection=scope["client"][1] if scope["client"] else 0,
        )
        scope.update(path=path, raw_path=path.encode())
        scope.update({HEADERS: headers, QUERY: query, HOST: host, RECORDED: recorded})
        scope[TRANSPORT] = transport_of(receive)

        async def recording_send(message: Message) -> None:
            if message["type"] == "http.response.start":
                recorded.status = message["status"]
            await send(message)

        stats = self.state.stats  # kept: a reset during this request must not unbalance the new counters
        stats.entered(recorded)
        try:
            await self.app(scope, receive, recording_send)
        finally:
            stats.left()


def _host_and_path(host_header: str, raw_path: str) -> tuple[str | None, str]:
    """Return whose header rules the address asks for, and the path without what only names the host.

    Public clients double slashes inside paths and put or omit the last one, so all of these are the same path.
    """
    path = _SLASHES.sub("/", raw_path)
    host = HOSTS.get(hostname(host_header))
    for prefix in ("demdex", "gateway"):
        if path.startswith(f"/{prefix}/"):
            host, path = prefix, path.removeprefix(f"/{prefix}")
    if path.startswith("/api/v1/"):  # so the documents print users and groups
        path = path.removeprefix("/api")
    return host, unquote(path.rstrip("/") or "/")
