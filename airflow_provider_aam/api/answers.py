"""What a response of AAM, or of Adobe's gateway in front of it, means: a value, or one error of the tree.

AAM's own errors are ``{"code", "message", "childMessages", "data"}``, the gateway's ``{"error_code", "message"}``;
either host may send an HTML page instead.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from airflow_provider_aam.api.errors import AAMBadAnswer, AAMConflict, AAMError, Fate
from airflow_provider_aam.api.meanings import meaning_of
from airflow_provider_aam.api.redaction import Redactor
from airflow_provider_aam.api.retry import parse_retry_after
from airflow_provider_aam.api.transport import SMALLEST_FINAL_STATUS, Answer, Request

NO_CONTENT = 204
LONGEST_REASON = 600
LONGEST_CODE = 80
LONGEST_QUOTE = 200
_SHAPES: dict[type, str] = {
    type(None): "nothing",
    bool: "a boolean",
    int: "a number",
    float: "a number",
    str: "a string",
    list: "a list",
    dict: "an object",
}
UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
"""What decoding raises for bytes that are not JSON, or JSON nested without end."""
REQUEST_ID_HEADERS = ("x-request-id", "x-adobe-request-id", "x-gw-request-id", "x-debug-id")
READ_OF_PAGE = 64 * 1024
"""Bytes of a refusal or a page that are searched for words to show."""
_TITLE = re.compile(rb"<title[^<>]*>([^<]*)<", re.IGNORECASE)
_BARE = re.compile(rb"true|false|null|-?[0-9]+([.][0-9]+)?([eE][-+]?[0-9]+)?")
"""JSON that is neither object, array nor text."""
_DESCRIPTION = re.compile(r'error_description="([^"]*)"')


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """What a response without success says, with its secrets taken out.

    ``code`` is the machine word (AAM's ``code``, the gateway's ``error_code``, OAuth's ``error``), ``reason`` the text
    for people, ``request_id`` a note for Adobe's support or nothing.
    """

    status: int
    code: str | None
    reason: str
    request_id: str

    def explain(self, request: Request, advice: str) -> str:
        """The whole message: what was attempted, what came back, what to do next."""
        said = f"{request}: {self.status}{f' {self.code}' if self.code else ''}: {self.reason}"
        return f"{said}{'' if said.endswith(('.', '!', '?')) else '.'} {advice}{self.request_id}"


def read_refusal(answer: Answer, redactor: Redactor) -> Refusal:
    body = _json_object(answer.body)
    inner = body["data"] if isinstance(body.get("data"), dict) else {}
    codes = (body.get("error_code"), body.get("code"), inner.get("code"), body.get("error"))
    code = next((str(value) for value in codes if isinstance(value, str | int) and value != ""), None)
    said = _reason(body) or _reason(inner) or _challenge(answer)
    reason = redactor.clean(said[:READ_OF_PAGE]) or (
        "no text" if code else redactor.clean(_quote(answer))[:LONGEST_QUOTE]
    )
    return Refusal(
        status=answer.status,
        code=redactor.clean(code[:READ_OF_PAGE])[:LONGEST_CODE] if code else None,
        reason=(reason or redactor.clean(_describe(answer)))[:LONGEST_REASON],
        request_id=redactor.clean(_request_id(answer)),
    )


def is_success(answer: Answer) -> bool:
    return 200 <= answer.status < 300


def read_answer(
    request: Request,
    answer: Answer,
    *,
    now: datetime,
    redactor: Redactor,
    is_good: Callable[[Answer], bool] = is_success,
) -> bytes | None:
    """The JSON body of a good response as bytes, ``None`` for an empty one. Raises the error that a bad response means.

    A GET that gets nothing got a response only where AAM says so (204): else nothing would be taken for an empty list.
    """
    if is_good(answer):
        if not answer.body.strip():
            if request.method == "GET" and answer.status != NO_CONTENT:
                note = redactor.clean(_request_id(answer))
                raise AAMBadAnswer(f"{request}: returned {answer.status} with an empty body.{note}", fate=Fate.UNKNOWN)
            return None
        if not _looks_like_json(answer.body):
            page = redactor.clean(_describe(answer))[:LONGEST_REASON]
            raise AAMBadAnswer(
                f"{request}: returned {answer.status} with {page} instead of JSON. Is the Connection's host the API's "
                f"address?{redactor.clean(_request_id(answer))}",
                fate=Fate.UNKNOWN,
            )
        return answer.body
    if answer.status < SMALLEST_FINAL_STATUS:
        raise AAMBadAnswer(
            f"{request}: {answer.status} announces a response, but none followed. Does a proxy in between send it?",
            fate=Fate.UNKNOWN,
        )
    raise _error(request, answer, now=now, redactor=redactor)


def decode(request: Request, body: bytes | None) -> Any:
    """The body's JSON value; ``None`` for an empty body."""
    if not body:
        return None
    try:
        return msgspec.json.decode(body)
    except UNREADABLE as broken:
        raise AAMBadAnswer(f"{request}: the response is not JSON ({broken}).", fate=Fate.UNKNOWN) from broken


def shape_of(value: object) -> str:
    """What a decoded JSON value is, in a message's words."""
    return _SHAPES[type(value)]


def _error(request: Request, answer: Answer, *, now: datetime, redactor: Redactor) -> AAMError:
    refusal = read_refusal(answer, redactor)
    from_aam = _looks_like_json(answer.body) or not answer.body.strip()
    is_page = answer.body.lstrip()[:1] == b"<"
    kind, advice = meaning_of(refusal.status, (refusal.code or "").lower(), from_aam=from_aam, is_page=is_page)
    deletes = request.method == "DELETE" or request.path.endswith("/bulk-delete")
    if refusal.status == 400 and deletes and answer.body.lstrip()[:1] == b"[":
        kind, advice = (
            AAMConflict,
            "It is still in use by these objects: delete them first.",
        )  # models: a list of ids of traits
    return kind(
        refusal.explain(request, advice),
        status=refusal.status,
        code=refusal.code,
        reason=refusal.reason,
        retry_after_s=parse_retry_after(answer.headers.get("Retry-After"), now),
    )


def _json_object(body: bytes) -> dict[str, Any]:
    try:
        value = msgspec.json.decode(body)
    except UNREADABLE:
        return {}
    return value if isinstance(value, dict) else {}


def _reason(body: Mapping[str, Any]) -> str:
    children = body.get("childMessages")
    children = [children] if isinstance(children, str) else children
    said = [body.get("message") or body.get("error_description"), *(children if isinstance(children, list) else ())]
    return "; ".join(dict.fromkeys(text.strip() for text in said if isinstance(text, str) and text.strip()))


def _quote(answer: Answer) -> str:
    """A refusal in plain words, or in JSON of another shape, as it is; nothing of a page or of bytes."""
    if len(answer.body) > READ_OF_PAGE:
        return ""
    try:
        text = " ".join(answer.body.decode().split())
    except UnicodeDecodeError:
        return ""
    return "" if text.startswith("<") or not text.isprintable() else text


def _challenge(answer: Answer) -> str:
    """The reason in the header that `api.demdex.com` sends with a 401, whatever its body is."""
    found = _DESCRIPTION.search(answer.headers.get("WWW-Authenticate", ""))
    return found.group(1) if found else ""


def _looks_like_json(body: bytes) -> bool:
    return body.lstrip()[:1] in (b"{", b"[", b'"') or _BARE.fullmatch(body.strip()) is not None


def _describe(answer: Answer) -> str:
    if not answer.body.strip():
        return "no text"
    title = _TITLE.search(answer.body[:READ_OF_PAGE])
    if title and (said := html.unescape(title.group(1).decode(errors="replace")).strip()):
        return f"an HTML page titled “{said}”"
    kind = answer.headers.get("Content-Type", "no content type").partition(";")[0]
    return f"{len(answer.body)} bytes of {kind}"


def _request_id(answer: Answer) -> str:
    for name in REQUEST_ID_HEADERS:
        if value := answer.headers.get(name):
            return f" [{name}: {value}]"
    return ""
