"""How a credential becomes an access token: one request to Adobe IMS (or AAM's own OAuth), and what a response means.

Token lifetimes come in the unit of their endpoint: milliseconds from the JWT exchange, seconds from the others.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import msgspec
import pendulum

from airflow_provider_aam.api import refusals
from airflow_provider_aam.api.answers import UNREADABLE, is_success, read_refusal
from airflow_provider_aam.api.assertion import sign
from airflow_provider_aam.api.credentials import Credential, JwtCredential, LegacyCredential, ServerToServerCredential
from airflow_provider_aam.api.errors import (
    AAMBadAnswer,
    AAMConfigError,
    AAMCredentialError,
    AAMError,
    AAMNoAnswer,
    AAMTokenUnavailable,
)
from airflow_provider_aam.api.redaction import Redactor
from airflow_provider_aam.api.refusals import Verdict
from airflow_provider_aam.api.retry import RETRIED_STATUSES, parse_retry_after
from airflow_provider_aam.api.transport import Answer, Request

Send = Callable[[Request], Answer]

_WHERE = "extra['ims_url']"
_BEARER = re.compile("[!-~]+")
"""What fits into a header."""


@dataclass(frozen=True, kw_only=True)
class Token:
    """``expires_at`` is counted from before the request was sent, so that it never lies in Adobe's past."""

    value: str = field(repr=False)
    expires_at: datetime
    lifetime: timedelta
    refresh_token: str | None = field(default=None, repr=False)


class _TokenAnswer(msgspec.Struct):
    access_token: str
    expires_in: float
    refresh_token: str | None = None

    def __repr__(self) -> str:
        return type(self).__name__


def request_token(
    credential: Credential,
    *,
    token_url: str,
    send: Send,
    now: Callable[[], datetime],
    redactor: Redactor,
    previous: Token | None = None,
) -> Token:
    """One exchange. ``previous`` lets legacy OAuth use its refresh token.

    Raises :class:`AAMCredentialError` when IMS refuses, :class:`AAMTokenUnavailable` when it gives no usable response
    or none at all, :class:`AAMConfigError` when something else than IMS responds, :class:`AAMUntrusted`.
    """
    match credential:
        case JwtCredential():
            return _exchange_jwt(credential, token_url, send, now, redactor)
        case ServerToServerCredential():
            return _client_credentials(credential, token_url, send, now, redactor)
        case LegacyCredential():  # pragma: no branch  mypy proves that there is no other
            return _legacy(credential, token_url, send, now, redactor, previous)


def _exchange_jwt(
    credential: JwtCredential, token_url: str, send: Send, now: Callable[[], datetime], redactor: Redactor
) -> Token:
    request = _form_request(
        f"{token_url}/ims/exchange/jwt",
        {
            "client_id": credential.client_id,
            "client_secret": credential.client_secret,
            "jwt_token": redactor.add(sign(credential, now())),
        },
    )
    return _ask(request, send, now, redactor, unit=pendulum.duration(milliseconds=1), known=refusals.JWT)


def _client_credentials(
    credential: ServerToServerCredential, token_url: str, send: Send, now: Callable[[], datetime], redactor: Redactor
) -> Token:
    request = _form_request(
        f"{token_url}/ims/token/v3",
        {
            "grant_type": "client_credentials",
            "client_id": credential.client_id,
            "client_secret": credential.client_secret,
            "scope": ",".join(credential.scopes),
        },
    )
    return _ask(request, send, now, redactor, unit=pendulum.duration(seconds=1), known=refusals.SERVER_TO_SERVER)


def _legacy(
    credential: LegacyCredential,
    token_url: str,
    send: Send,
    now: Callable[[], datetime],
    redactor: Redactor,
    previous: Token | None,
) -> Token:
    def request_of(form: Mapping[str, str]) -> Request:
        basic = base64.b64encode(f"{credential.client_id}:{credential.client_secret}".encode()).decode()
        return _form_request(f"{token_url}/oauth/token", form, {"Authorization": f"Basic {redactor.add(basic)}"})

    if previous is not None and previous.refresh_token:
        request = request_of({"grant_type": "refresh_token", "refresh_token": previous.refresh_token})
        try:
            return _ask(request, send, now, redactor, unit=pendulum.duration(seconds=1), known=refusals.LEGACY)
        except AAMCredentialError:
            pass  # a refresh token ends too; the password grant below decides
    request = request_of(
        {"grant_type": "password", "username": credential.username, "password": credential.user_password}
    )
    return _ask(request, send, now, redactor, unit=pendulum.duration(seconds=1), known=refusals.LEGACY)


def _form_request(url: str, form: Mapping[str, str], headers: Mapping[str, str] | None = None) -> Request:
    path = "/" + url.split("/", 3)[3]
    all_headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json", **(headers or {})}
    return Request(method="POST", url=url, path=path, headers=all_headers, body=urlencode(form).encode())


def _ask(
    request: Request,
    send: Send,
    now: Callable[[], datetime],
    redactor: Redactor,
    *,
    unit: timedelta,
    known: Sequence[Verdict],
) -> Token:
    asked_at = now()
    try:
        answer = send(request)
    except (AAMNoAnswer, AAMBadAnswer) as failure:
        # Whatever became of this exchange, AAM was asked for nothing: the write that waits for the token may be sent.
        raise AAMTokenUnavailable(f"No token: {failure.message}") from failure
    if not is_success(answer) or _is_refusal(answer.body):
        raise _token_error(request, answer, now(), redactor, known)
    token = _parse_token(request, answer, asked_at=asked_at, unit=unit)
    redactor.add(token.value)
    if token.refresh_token:
        redactor.add(token.refresh_token)
    return token


def _is_refusal(body: bytes) -> bool:
    """Whether it says ``error`` and holds no token: a refusal, whatever its status is."""
    try:
        value: Any = msgspec.json.decode(body)
    except UNREADABLE:
        return False
    return isinstance(value, dict) and "access_token" not in value and isinstance(value.get("error"), str)


def _parse_token(request: Request, answer: Answer, *, asked_at: datetime, unit: timedelta) -> Token:
    try:
        given = msgspec.json.decode(answer.body, type=_TokenAnswer, strict=False)
        lifetime = given.expires_in * unit
        expires_at = asked_at + lifetime
    except (*UNREADABLE, OverflowError) as broken:
        raise AAMTokenUnavailable(
            f"{request}: the response is not a token: {_keys(answer.body)} Is {_WHERE} the URL of Adobe IMS?"
        ) from broken
    if not _BEARER.fullmatch(given.access_token) or lifetime <= timedelta(0):
        raise AAMTokenUnavailable(
            f"{request}: the response holds an empty, broken or expired token. Is {_WHERE} the URL of Adobe IMS?"
        )
    return Token(value=given.access_token, expires_at=expires_at, lifetime=lifetime, refresh_token=given.refresh_token)


def _keys(body: bytes) -> str:
    """What is wrong with it, without its values: one of them may be a token."""
    try:
        value: Any = msgspec.json.decode(body)
    except UNREADABLE:
        return "it is not JSON."
    return f"its keys are {sorted(value)}." if isinstance(value, dict) else f"it is a JSON {type(value).__name__}."


def _token_error(
    request: Request, answer: Answer, now: datetime, redactor: Redactor, known: Sequence[Verdict]
) -> AAMError:
    refusal = read_refusal(answer, redactor)
    verdict = next(row for row in known if row.fits(refusal.code or "", refusal.reason))
    if verdict.error or refusal.status in (400, 401) or (refusal.status == 403 and refusal.code):
        return verdict.kind(refusal.explain(request, verdict.remedy), status=refusal.status, error=refusal.code)
    if refusal.status in RETRIED_STATUSES or refusal.status >= 500 or is_success(answer):
        return AAMTokenUnavailable(
            refusal.explain(request, "Adobe IMS is down or is limiting token requests."),
            retry_after_s=parse_retry_after(answer.headers.get("Retry-After"), now),
        )
    said = refusal.explain(request, "Adobe IMS does not respond like that.")
    return AAMConfigError.from_problems("the AAM Connection", [f"{_WHERE} is not the address of Adobe IMS: {said}"])
