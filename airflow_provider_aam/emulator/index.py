"""The page at `/`: what this server is, and where to go from here."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import HTMLResponse

from airflow_provider_aam.emulator.console_files import connection_line
from airflow_provider_aam.emulator.credentials import AUTHS

if TYPE_CHECKING:
    from fastapi import FastAPI

    from airflow_provider_aam.emulator.core.state import State

_PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Adobe Audience Manager, emulated</title>
<h1>Adobe Audience Manager and Adobe IMS, emulated</h1>
<p>Everything here is made up, kept in memory, and gone when the emulator stops. It serves this machine only.</p>
<ul>
<li><a href="/docs">API documentation</a>, also as <a href="/openapi.json">OpenAPI</a></li>
<li><a href="/_emulator/stats?requests=true">Requests so far</a>, <a href="/_emulator/objects/traits">traits</a> and
<a href="/_emulator/objects/segments">segments</a></li>
</ul>
<p>To reach it from Airflow or <code>airflow-aam</code>, copy one of these lines into a shell:</p>
"""


def add_index(app: FastAPI, state: State) -> None:
    """Add the page at `/`."""

    async def index(request: Request) -> HTMLResponse:
        url = f"http://{request.headers['host']}"
        lines = "".join(f"<pre>{escape(connection_line(state.credentials, url, auth))}</pre>\n" for auth in AUTHS)
        return HTMLResponse(_PAGE + lines)

    app.add_route("/", index, include_in_schema=False)
