"""What an answer of AAM, or of Adobe's gateway in front of it, means: a value, or one error of the tree.

AAM's own errors are ``{"code", "message", "childMessages", "data"}``, the gateway's ``{"error_code", "message"}``;
either host may answer with an HTML page instead.
"""

from __future__ import annotations

import html
import re
from datetime import datetime
from typing import Any

import msgspec

from airflow_provider_aam.api.errors import (
    AAMApiKeyRejected,
    AAMBadAnswer,
    AAMConflict,
    AAMError,
    AAMForbidden,
    AAMInvalid,
    AAMLimitReached,
    AAMNoProductProfile,
    AAMNotFound,
    AAMRefused,
    AAMServerError,
    AAMThrottled,
    AAMUnauthorized,
    Fate,
)
from airflow_provider_aam.api.guide import Step
from airflow_provider_aam.api.redaction import Redactor
from airflow_provider_aam.api.retry import RETRIED_STATUSES, parse_retry_after
from airflow_provider_aam.api.transport import Answer, Request

LONGEST_REASON = 600
REQUEST_ID_HEADERS = ("x-request-id", "x-adobe-request-id", "x-gw-request-id", "x-debug-id")
_TITLE = re.compile(rb"<title[^>]*>(.*?)</title>", re.IGNORECASE | re.DOTALL)

# Adobe I/O gateway codes (Experience Platform troubleshooting guide; the gateway is shared by all Adobe APIs).
_GATEWAY: dict[str, tuple[type[AAMRefused], str]] = {
    "403000": (AAMApiKeyRejected, f"Put the client id into the Connection's login. {Step.CONNECTION.pointer}"),
    "403003": (
        AAMApiKeyRejected,
        f"The client id's project does not have the Audience Manager API. {Step.ADD_API.pointer}",
    ),
    "403010": (AAMForbidden, "The gateway saw no token; does a proxy in between remove the Authorization header?"),
    "403025": (
        AAMNoProductProfile,
        "The credential has no Audience Manager product profile, or extra['org_id'] names another organisation. "
        + Step.PRODUCT_PROFILE.pointer,
    ),
}
_CODES: dict[str, tuple[type[AAMRefused], str]] = {
    "resource_limit_exceeded": (
        AAMLimitReached,
        "The account is full for this kind of object: delete unused ones, or ask Adobe for a higher limit.",
    ),
    "cannot_delete_entity_mapped": (AAMConflict, "It is mapped to a destination: remove the mapping first."),
    "cannot_delete_entity_with_mappings": (AAMConflict, "It has mappings: remove them first."),
}
_STATUSES: dict[int, tuple[type[AAMRefused], str]] = {
    400: (AAMInvalid, "Correct the values that AAM names."),
    401: (
        AAMUnauthorized,
        "The token is new, so Adobe does not accept this credential for this host: check host, environment and org_id. "
        + Step.FIRST_CALL.pointer,
    ),
    403: (
        AAMForbidden,
        "The technical account may not do this. With role-based access control it must be in a group that may. "
        + Step.TECHNICAL_USER.pointer,
    ),
    404: (AAMNotFound, "It does not exist, or the technical account may not see it."),
    409: (AAMConflict, "Something with the same key exists already, or something still uses it."),
    415: (AAMInvalid, "AAM reads JSON only; does a proxy in between change the request?"),
    429: (
        AAMThrottled,
        "Adobe's limits are shared by all users of a Developer Console project: lower extra['max_concurrency'].",
    ),
}


class _Words(msgspec.Struct, rename={"children": "childMessages"}):
    """Whatever of both error shapes an answer holds."""

    code: str | int | None = None
    error_code: str | int | None = None
    error: str | None = None
    error_description: str | None = None
    message: str | None = None
    children: list[str] | None = None

    def machine_code(self) -> str | None:
        for value in (self.error_code, self.code, self.error):
            if value is not None:
                return str(value)
        return None

    def reason(self) -> str:
        parts = [self.message or self.error_description or "", *(self.children or [])]
        return "; ".join(dict.fromkeys(part.strip() for part in parts if part and part.strip()))


def read_answer(request: Request, answer: Answer, *, now: datetime, redactor: Redactor) -> bytes | None:
    """The JSON body of a good answer as bytes, ``None`` for an empty one. Raises the error that a bad answer means."""
    if 200 <= answer.status < 300:
        if not answer.body.strip():
            return None
        if not _looks_like_json(answer.body):
            raise AAMBadAnswer(
                f"{request}: answered {answer.status} with {_describe(answer)} instead of JSON. Is the Connection's "
                f"host the API's address?{_request_id(answer)}",
                fate=Fate.UNKNOWN,
            )
        return answer.body
    raise _error(request, answer, now=now, redactor=redactor)


def decode(request: Request, body: bytes | None) -> Any:
    """The body's JSON value; ``None`` for an empty body."""
    if body is None:
        return None
    try:
        return msgspec.json.decode(body)
    except msgspec.DecodeError as broken:
        raise AAMBadAnswer(f"{request}: the answer is not JSON ({broken}).", fate=Fate.UNKNOWN) from broken


def _error(request: Request, answer: Answer, *, now: datetime, redactor: Redactor) -> AAMError:
    words = _words(answer)
    code = words.machine_code()
    reason = redactor.clean(words.reason() or _describe(answer))[:LONGEST_REASON]
    said = f"{request}: {answer.status}{f' {redactor.clean(code)}' if code else ''}: {reason}"
    kind, advice = _meaning(answer.status, code)
    return kind(
        f"{said}{'' if said.endswith(('.', '!', '?')) else '.'} {advice}{_request_id(answer)}".strip(),
        status=answer.status,
        code=code,
        reason=reason,
        retry_after_s=parse_retry_after(answer.headers.get("Retry-After"), now),
    )


def _meaning(status: int, code: str | None) -> tuple[type[AAMRefused | AAMServerError], str]:
    if code in _GATEWAY and status in (401, 403):
        return _GATEWAY[code]
    if code is not None and code.lower() in _CODES and 400 <= status < 500:
        return _CODES[code.lower()]
    if status in _STATUSES:
        return _STATUSES[status]
    if status in RETRIED_STATUSES or status >= 500:
        return AAMServerError, "Adobe's side failed; it was asked again where that is safe."
    if 300 <= status < 400:
        return AAMRefused, "AAM redirects to another address: put the right one into the Connection's host."
    return AAMRefused, ""


def _words(answer: Answer) -> _Words:
    if not _looks_like_json(answer.body):
        return _Words()
    try:
        return msgspec.json.decode(answer.body, type=_Words, strict=False)
    except msgspec.MsgspecError:
        return _Words()


def _looks_like_json(body: bytes) -> bool:
    return body.lstrip()[:1] in (b"{", b"[", b'"') or body.strip() in (b"true", b"false", b"null") or body.isdigit()


def _describe(answer: Answer) -> str:
    if not answer.body.strip():
        return "no text"
    title = _TITLE.search(answer.body)
    if title:
        return f"an HTML page titled “{html.unescape(title.group(1).decode(errors='replace')).strip()}”"
    kind = answer.headers.get("Content-Type", "no content type").partition(";")[0]
    return f"{len(answer.body)} bytes of {kind}"


def _request_id(answer: Answer) -> str:
    for name in REQUEST_ID_HEADERS:
        if value := answer.headers.get(name):
            return f" [{name}: {value}]"
    return ""
