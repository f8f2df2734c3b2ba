"""Each kind of scripted trouble, carried out."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import msgspec
from starlette.responses import Response

from airflow_provider_aam.emulator.core.authentication import expired
from airflow_provider_aam.emulator.core.call import refusal_reply
from airflow_provider_aam.emulator.core.sockets import HalfBody, ResetConnection

if TYPE_CHECKING:
    from collections.abc import Callable

    from airflow_provider_aam.emulator.core.call import Call, Reply
    from airflow_provider_aam.emulator.core.troubles import Trouble

HTML = "<html><head><title>{title}</title></head><body><center><h1>{title}</h1></center><hr>openresty</body></html>"


async def serve(trouble: Trouble, call: Call, handle: Callable[[], Reply]) -> Response:
    """Answer one request as the script says. `handle` does the request's work when it is called."""
    details = trouble.details
    if trouble.kind == "delay":
        await asyncio.sleep(float(details["seconds"]))
    elif (response := _instead_of_handling(trouble.kind, details, call)) is not None:
        return response
    reply = handle()
    if trouble.kind == "delay_after":
        await asyncio.sleep(float(details["seconds"]))
    return _after_handling(trouble.kind, details, reply)


def _instead_of_handling(kind: str, details: dict[str, Any], call: Call) -> Response | None:
    match kind:
        case "reset_before":
            return ResetConnection()
        case "status":
            return _status(details)
        case "html":
            status = int(details.get("status", 502))
            return Response(HTML.format(title=f"{status} Bad Gateway"), status, media_type="text/html")
        case "expired_token":
            return refusal_reply(expired(call)).response()
        case _:
            return None


def _after_handling(kind: str, details: dict[str, Any], reply: Reply) -> Response:
    match kind:
        case "reset_after":
            return ResetConnection()
        case "half_body":
            return HalfBody(reply.body, reply.status, reply.headers, reply.media_type)
        case "non_json":
            return Response(HTML.format(title="Maintenance"), 200, media_type="text/html")
        case "server_error_after":
            error = {"code": "INTERNAL_ERROR", "message": "An unexpected error occurred."}
            return Response(msgspec.json.encode(error), int(details.get("status", 500)), media_type="application/json")
        case "total_changes" | "short_page" | "duplicate_row" if reply.status == 200:
            reply.body = _changed_list(kind, reply.body, int(details.get("by", 1)))
    return reply.response()


def _status(details: dict[str, Any]) -> Response:
    status = int(details.get("status", 503))
    body = details.get("body")
    if body is None:
        body = (
            {"error_code": "429050", "message": "Too many requests"}
            if status == 429
            else {"code": "SCRIPTED", "message": f"Scripted answer {status}."}
        )
    content, media_type = (
        (body, "text/plain") if isinstance(body, str) else (msgspec.json.encode(body), "application/json")
    )
    headers = {} if details.get("retry_after") is None else {"Retry-After": str(details["retry_after"])}
    return Response(content, status, headers, media_type)


def _changed_list(kind: str, body: bytes, by: int) -> bytes:
    value = msgspec.json.decode(body)
    rows = value.get("list") if isinstance(value, dict) else value
    if not isinstance(rows, list):
        return body
    if kind == "total_changes" and isinstance(value, dict):
        value["total"] += by
    if kind == "short_page":
        del rows[max(len(rows) - by, 0) :]
    if kind == "duplicate_row" and len(rows) > 1:
        rows[-1] = rows[0]
    return msgspec.json.encode(value)
