"""Parameters of a token request, wherever the client put them."""

from __future__ import annotations

from email.parser import BytesParser
from email.policy import HTTP
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

if TYPE_CHECKING:
    from airflow_provider_aam.emulator.core.call import Call


def token_parameters(call: Call) -> dict[str, str]:
    """Return the parameters of query and body; the body may be urlencoded or multipart, and wins."""
    found = {name: values[-1] for name, values in call.query.items()}
    content_type = call.headers.get("content-type", "")
    kind = content_type.partition(";")[0].strip().casefold()
    if kind == "application/x-www-form-urlencoded":
        found |= dict(parse_qsl(call.body.decode("utf-8", "replace"), keep_blank_values=True))
    elif kind == "multipart/form-data":
        found |= _multipart(content_type, call.body)
    return found


def _multipart(content_type: str, body: bytes) -> dict[str, str]:
    head = f"Content-Type: {content_type}\r\n\r\n".encode("latin-1")
    message = BytesParser(policy=HTTP).parsebytes(head + body)
    found = {}
    for part in message.iter_parts():
        name = part.get_param("name", header="content-disposition")
        payload = part.get_payload(decode=True)
        if isinstance(name, str) and isinstance(payload, bytes):
            found[name] = payload.decode("utf-8", "replace")
    return found
