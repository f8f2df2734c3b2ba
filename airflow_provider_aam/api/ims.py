"""How a credential becomes an access token: one request to Adobe IMS (or AAM's own OAuth), and what each answer means.

Token lifetimes come in the unit of their endpoint: milliseconds from the JWT exchange, seconds from the others."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import msgspec

from airflow_provider_aam.api import refusals
from airflow_provider_aam.api.answers import read_answer
from airflow_provider_aam.api.assertion import sign
from airflow_provider_aam.api.credentials import Credential, JwtCredential, LegacyCredential, ServerToServerCredential
from airflow_provider_aam.api.errors import (
    AAMBadAnswer,
    AAMCredentialError,
    AAMError,
    AAMRefused,
    AAMServerError,
    AAMTokenUnavailable,
)
from airflow_provider_aam.api.redaction import Redactor
from airflow_provider_aam.api.refusals import Refusal
from airflow_provider_aam.api.transport import Answer, Request

Send = Callable[[Request], Answer]


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

    Raises :class:`AAMCredentialError` when IMS refuses, :class:`AAMTokenUnavailable` when it gives no usable answer,
    and the transport's errors.
    """
    match credential:
        case JwtCredential():
            return _exchange_jwt(credential, token_url, send, now, redactor)
        case ServerToServerCredential():
            return _client_credentials(credential, token_url, send, now, redactor)
        case LegacyCredential():
            return _legacy(credential, token_url, send, now, redactor, previous)


def _exchange_jwt(
    credential: JwtCredential, token_url: str, send: Send, now: Callable[[], datetime], redactor: Redactor
) -> Token:
    assertion = sign(credential, now())
    redactor.add(assertion)
    form = {"client_id": credential.client_id, "client_secret": credential.client_secret, "jwt_token": assertion}
    request = _form_request(f"{token_url}/ims/exchange/jwt", form)
    return _ask(request, send, now, redactor, unit=timedelta(milliseconds=1), known=refusals.JWT)


def _client_credentials(
    credential: ServerToServerCredential, token_url: str, send: Send, now: Callable[[], datetime], redactor: Redactor
) -> Token:
    form = {
        "grant_type": "client_credentials",
        "client_id": credential.client_id,
        "client_secret": credential.client_secret,
        "scope": ",".join(credential.scopes),
    }
    request = _form_request(f"{token_url}/ims/token/v3", form)
    return _ask(request, send, now, redactor, unit=timedelta(seconds=1), known=refusals.SERVER_TO_SERVER)


def _legacy(
    credential: LegacyCredential,
    token_url: str,
    send: Send,
    now: Callable[[], datetime],
    redactor: Redactor,
    previous: Token | None,
) -> Token:
    basic = base64.b64encode(f"{credential.client_id}:{credential.client_secret}".encode()).decode()
    redactor.add(basic)
    url, headers = f"{token_url}/oauth/token", {"Authorization": f"Basic {basic}"}
    if previous is not None and previous.refresh_token:
        form = {"grant_type": "refresh_token", "refresh_token": previous.refresh_token}
        try:
            request = _form_request(url, form, headers)
            return _ask(request, send, now, redactor, unit=timedelta(seconds=1), known=refusals.LEGACY)
        except AAMCredentialError:
            pass  # a refresh token ends too; the password grant below decides
    form = {"grant_type": "password", "username": credential.username, "password": credential.user_password}
    request = _form_request(url, form, headers)
    return _ask(request, send, now, redactor, unit=timedelta(seconds=1), known=refusals.LEGACY)


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
    known: Sequence[Refusal],
) -> Token:
    asked_at = now()
    answer = send(request)
    try:
        body = read_answer(request, answer, now=now(), redactor=redactor)
    except AAMError as error:
        raise _token_error(request, error, known) from error
    token = _parse_token(request, body, asked_at=asked_at, unit=unit)
    redactor.add(token.value)
    if token.refresh_token:
        redactor.add(token.refresh_token)
    return token


def _parse_token(request: Request, body: bytes | None, *, asked_at: datetime, unit: timedelta) -> Token:
    try:
        answer = msgspec.json.decode(body or b"{}", type=_TokenAnswer, strict=False)
    except msgspec.MsgspecError as broken:
        raise AAMTokenUnavailable(
            f"{request}: the answer is no token: {_keys(body)} Is extra['ims_url'] the address of Adobe IMS?"
        ) from broken
    if not answer.access_token or answer.expires_in <= 0:
        raise AAMTokenUnavailable(f"{request}: the answer holds an empty or already expired token.")
    lifetime = answer.expires_in * unit
    return Token(
        value=answer.access_token,
        expires_at=asked_at + lifetime,
        lifetime=lifetime,
        refresh_token=answer.refresh_token,
    )


def _keys(body: bytes | None) -> str:
    try:
        value: Any = msgspec.json.decode(body or b"{}")
    except msgspec.DecodeError:
        return "it is broken JSON."
    return f"its keys are {sorted(value)}." if isinstance(value, dict) else f"it is a JSON {type(value).__name__}."


def _token_error(request: Request, error: AAMError, known: Sequence[Refusal]) -> AAMError:
    if isinstance(error, AAMBadAnswer):
        return AAMTokenUnavailable(f"{error.message} Is extra['ims_url'] the address of Adobe IMS?")
    if not isinstance(error, AAMRefused | AAMServerError):
        return error
    code = error.code or ""
    refusal = next((row for row in known if row.fits(code, error.reason)), None)
    if error.retryable and (refusal is None or refusal.error is None):
        return AAMTokenUnavailable(error.message, retry_after_s=error.retry_after_s)
    if refusal is None:
        return error
    text = f"{request}: {error.status} {code}: {error.reason}. {refusal.advice}"
    return refusal.kind(text, status=error.status, error=code)
