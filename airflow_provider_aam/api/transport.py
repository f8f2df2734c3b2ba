"""One HTTP exchange: what was sent, what came back, or why nothing did. No retries, no credentials, no AAM."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import requests
from requests.adapters import HTTPAdapter
from urllib3.exceptions import ConnectTimeoutError, MaxRetryError, NewConnectionError

from airflow_provider_aam.api.errors import AAMBadAnswer, AAMError, AAMNoAnswer, AAMUntrusted, Fate

CONNECT_TIMEOUT_S = 10.0


@dataclass(frozen=True, kw_only=True)
class Request:
    """``path`` is what messages call the address: no host, no query."""

    method: str
    url: str
    path: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    params: Mapping[str, Any] = field(default_factory=dict)
    body: bytes | None = field(default=None, repr=False)

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


@dataclass(frozen=True, kw_only=True)
class Answer:
    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)


class Transport(Protocol):
    def send(self, request: Request) -> Answer:
        """Raises :class:`AAMNoAnswer`, :class:`AAMUntrusted` or :class:`AAMBadAnswer` (half a body), for no status."""


class RequestsTransport:
    """Pooled keep-alive connections over ``requests``; safe to share between threads.

    Redirects are not followed: AAM documents none, and following one would carry the token to another address.
    """

    def __init__(
        self,
        *,
        timeout_s: float,
        pool_size: int,
        verify: bool | str = True,
        proxies: Mapping[str, str] | None = None,
    ) -> None:
        self._timeout_s = timeout_s
        self._verify = verify
        self._proxies = dict(proxies or {})
        self._session = requests.Session()
        adapter = HTTPAdapter(pool_connections=4, pool_maxsize=pool_size)
        self._session.mount("https://", adapter)
        self._session.mount("http://", adapter)

    def close(self) -> None:
        self._session.close()

    def send(self, request: Request) -> Answer:
        try:
            response = self._session.request(
                request.method,
                request.url,
                params=request.params,
                data=request.body,
                headers=dict(request.headers),
                auth=_keep_headers,
                timeout=(min(CONNECT_TIMEOUT_S, self._timeout_s), self._timeout_s),
                allow_redirects=False,
                verify=self._verify,
                proxies=self._proxies or None,
            )
        except requests.RequestException as failure:
            # The exception would carry the request, with its token, into every traceback that prints attributes.
            failure.request = failure.response = None
            raise self._translate(failure, request) from failure
        return Answer(status=response.status_code, headers=response.headers, body=response.content)

    def _translate(self, failure: requests.RequestException, request: Request) -> AAMError:
        if isinstance(failure, requests.exceptions.SSLError):
            return AAMUntrusted(
                f"{request}: the TLS certificate of {_host(request)} cannot be verified. If a proxy of your company "
                "re-signs traffic, put the path of its CA bundle into extra['verify']."
            )
        if isinstance(failure, requests.exceptions.ChunkedEncodingError | requests.exceptions.ContentDecodingError):
            return AAMBadAnswer(f"{request}: the answer broke off before its end.", fate=Fate.UNKNOWN)
        if isinstance(failure, requests.exceptions.ProxyError) or _never_connected(failure):
            return AAMNoAnswer(
                f"{request}: no connection to {_host(request)} ({_reason(failure)}). Check host and proxies in the "
                "Connection, and that this machine may reach the address.",
                fate=Fate.NOT_DONE,
            )
        if isinstance(failure, requests.Timeout):
            return AAMNoAnswer(
                f"{request}: no answer from {_host(request)} within {self._timeout_s:g} s (extra['timeout_s']).",
                fate=Fate.RUNNING,
            )
        return AAMNoAnswer(
            f"{request}: the connection to {_host(request)} broke before an answer came ({_reason(failure)}).",
            fate=Fate.UNKNOWN,
        )


def _keep_headers(prepared: requests.PreparedRequest) -> requests.PreparedRequest:
    """An ``auth`` that changes nothing: without one, requests lets ~/.netrc replace our Authorization header."""
    return prepared


def _never_connected(failure: requests.RequestException) -> bool:
    if isinstance(failure, requests.exceptions.ConnectTimeout):
        return True
    cause = failure.args[0] if failure.args else None
    reason = cause.reason if isinstance(cause, MaxRetryError) else cause
    return isinstance(reason, NewConnectionError | ConnectTimeoutError)


def _reason(failure: requests.RequestException) -> str:
    cause: object = failure.args[0] if failure.args else failure
    if isinstance(cause, MaxRetryError):
        cause = cause.reason
    deepest = cause
    while isinstance(deepest, BaseException) and deepest.args and isinstance(deepest.args[-1], BaseException):
        deepest = deepest.args[-1]
    return type(deepest).__name__ if isinstance(deepest, BaseException) else type(failure).__name__


def _host(request: Request) -> str:
    return request.url.split("/")[2]
