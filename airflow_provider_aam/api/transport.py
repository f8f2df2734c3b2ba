"""One HTTP exchange: what was sent, what came back, or why nothing did. No retries, no credentials, no AAM."""

from __future__ import annotations

import ssl
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Protocol
from urllib.parse import urljoin, urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3.exceptions import (
    ConnectTimeoutError,
    DecodeError,
    HTTPError,
    InvalidHeader,
    MaxRetryError,
    NewConnectionError,
    ProxyError,
    ReadTimeoutError,
)

from airflow_provider_aam.api.errors import AAMBadAnswer, AAMConfigError, AAMError, AAMNoAnswer, AAMUntrusted, Fate

CONNECT_TIMEOUT_S = 10.0
LARGEST_ANSWER_BYTES = 512 * 1024 * 1024
"""Far more than any list that AAM answers unpaged; without an end, an answer would take all memory."""
_PART_BYTES = 512 * 1024
_REDIRECTS = frozenset({301, 302, 307, 308})
SMALLEST_FINAL_STATUS = 200
"""Smaller ones announce an answer that is still to come, which http.client does not wait for (but for 100)."""


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
        """Whatever the status is. Raises :class:`AAMNoAnswer`, :class:`AAMUntrusted`, :class:`AAMBadAnswer` (half a
        body), and :class:`AAMConfigError` when the request cannot be sent as configured.
        """

    def close(self) -> None: ...


class RequestsTransport:
    """Pooled keep-alive connections over ``requests``; safe to share between threads.

    ``timeout_s`` bounds each wait for bytes, ``longest_s`` the time until the whole body is there (headers that drip in
    without end are not noticed), ``largest_bytes`` its length. Connecting takes :data:`CONNECT_TIMEOUT_S` at most.
    Proxies and the CA bundle of the environment (``HTTPS_PROXY``, ``NO_PROXY``, ``REQUESTS_CA_BUNDLE``) count where
    none are given.
    Redirects are not followed: AAM documents none, and following one would carry the token to another address. Only
    one to the same address with or without a slash at its end is: AAM takes both, a gateway before it may not.
    """

    def __init__(
        self,
        *,
        timeout_s: float,
        longest_s: float,
        pool_size: int,
        verify: bool | str = True,
        proxies: Mapping[str, str] | None = None,
        largest_bytes: int = LARGEST_ANSWER_BYTES,
    ) -> None:
        self._timeout_s = timeout_s
        self._longest_s = longest_s
        self._largest_bytes = largest_bytes
        self._verify = verify
        self._proxies = dict(proxies or {})
        self._session = _Session()
        adapter = HTTPAdapter(pool_connections=4, pool_maxsize=pool_size)
        self._session.mount("https://", adapter)
        self._session.mount("http://", adapter)

    def close(self) -> None:
        self._session.close()

    def send(self, request: Request) -> Answer:
        answer = self._send_once(request)
        if answer.status in _REDIRECTS and _is_about_slash(request.url, answer.headers.get("Location", "")):
            url = request.url.removesuffix("/") if request.url.endswith("/") else f"{request.url}/"
            return self._send_once(replace(request, url=url))
        return answer

    def _send_once(self, request: Request) -> Answer:
        ends_at = time.monotonic() + self._longest_s
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
                stream=True,
                verify=self._verify,
                proxies=self._proxies or None,
            )
        except requests.RequestException as failure:
            # The exception would carry the request, with its token, into every traceback that prints attributes.
            failure.request = failure.response = None
            raise self._translate(failure, request) from failure
        except (OSError, ValueError) as unsendable:  # requests lets a missing CA bundle, odd hosts and headers through
            raise _unsendable(request, unsendable) from unsendable
        with response:  # closes the connection unless the answer was read to its end
            final = response.status_code >= SMALLEST_FINAL_STATUS
            body = b"".join(self._parts(response, request, ends_at)) if final else b""
            return Answer(status=response.status_code, headers=response.headers, body=body)

    def _parts(self, response: requests.Response, request: Request, ends_at: float) -> Iterator[bytes]:
        """The body; a traceback of what is raised here holds no more of it than the last part."""
        size = 0
        try:
            while part := response.raw.read1(_PART_BYTES, decode_content=True):
                yield part
                size += len(part)
                if size > self._largest_bytes:
                    raise AAMBadAnswer(
                        f"{request}: the answer is longer than {self._largest_bytes} bytes. "
                        "Is the Connection's host the API's address?",
                        fate=Fate.UNKNOWN,
                    )
                if time.monotonic() > ends_at:
                    raise AAMNoAnswer(
                        f"{request}: the answer of {_host(request)} came too slowly to be whole within "
                        f"{self._longest_s:g} s (extra['max_attempts'] × extra['timeout_s']).",
                        fate=Fate.RUNNING,
                    )
        except ReadTimeoutError as failure:
            raise AAMNoAnswer(
                f"{request}: the answer of {_host(request)} stopped coming for {self._timeout_s:g} s "
                "(extra['timeout_s']).",
                fate=Fate.RUNNING,
            ) from failure
        except DecodeError as failure:
            raise AAMBadAnswer(
                f"{request}: the answer cannot be decompressed. Does a proxy in between change it?", fate=Fate.UNKNOWN
            ) from failure
        except HTTPError as failure:
            raise AAMBadAnswer(
                f"{request}: the answer broke off before its end ({_reason(failure)}).", fate=Fate.UNKNOWN
            ) from failure

    def _translate(self, failure: requests.RequestException, request: Request) -> AAMError:
        host = _host(request)
        if isinstance(_deepest(failure), InvalidHeader):  # urllib3's, about the answer: the request has been sent
            return AAMBadAnswer(
                f"{request}: the headers of the answer contradict each other. Does a proxy in between change them?",
                fate=Fate.UNKNOWN,
            )
        if isinstance(failure, ValueError):  # an address, a proxy or a header that requests cannot use
            return _unsendable(request, failure)
        if isinstance(_deepest(failure), ssl.SSLCertVerificationError):
            return AAMUntrusted(
                f"{request}: the TLS certificate of {host} cannot be verified. If a proxy of your company re-signs "
                "traffic, put the path of its CA bundle into extra['verify']."
            )
        if _never_connected(failure):
            return AAMNoAnswer(
                f"{request}: no connection to {host} ({_reason(failure)}). Check host and proxies in the Connection, "
                "and that this machine may reach the address.",
                fate=Fate.NOT_DONE,
            )
        if isinstance(failure, requests.Timeout) or isinstance(_deepest(failure), TimeoutError | ReadTimeoutError):
            return AAMNoAnswer(
                f"{request}: no answer from {host} within {self._timeout_s:g} s (extra['timeout_s']).",
                fate=Fate.RUNNING,
            )
        return AAMNoAnswer(
            f"{request}: the connection to {host} broke before an answer came ({_reason(failure)}).",
            fate=Fate.UNKNOWN,
        )


class _Session(requests.Session):
    """requests works out the next address even where it is told not to follow, and fails if that is none."""

    def __init__(self) -> None:
        super().__init__()
        self._environment: dict[str, Any] = {}

    def get_redirect_target(self, resp: requests.Response) -> None:  # noqa: ARG002
        return None

    def merge_environment_settings(self, url: Any, *settings: Any) -> Any:
        """Proxies and CA bundle of the environment, looked up once a host: that takes a quarter of a request's time."""
        host = urlsplit(url).netloc
        if host not in self._environment:
            self._environment[host] = super().merge_environment_settings(url, *settings)
        return self._environment[host]


def _unsendable(request: Request, problem: Exception) -> AAMConfigError:
    """Its text is left out: it may quote a header."""
    text = (
        f"{request} cannot be sent ({type(problem).__name__}): check host, proxies, and the CA bundle that "
        "extra['verify'] or REQUESTS_CA_BUNDLE names"
    )
    return AAMConfigError.from_problems("the AAM Connection", [text])


def _is_about_slash(url: str, location: str) -> bool:
    """Whether a redirect leads to the same address but for the slash at its end. Such a request was not carried out."""
    try:
        here, there = urlsplit(url), urlsplit(urljoin(url, location))
    except ValueError:  # the Location is no address
        return False
    same_origin = (here.scheme, here.netloc) == (there.scheme, there.netloc)
    return same_origin and here.path != there.path and here.path.rstrip("/") == there.path.rstrip("/")


def _keep_headers(prepared: requests.PreparedRequest) -> requests.PreparedRequest:
    """An ``auth`` that changes nothing: without one, requests lets ~/.netrc replace our Authorization header."""
    return prepared


def _never_connected(failure: requests.RequestException) -> bool:
    if isinstance(failure, requests.exceptions.ConnectTimeout):
        return True
    cause = failure.args[0] if failure.args else None
    reason = cause.reason if isinstance(cause, MaxRetryError) else cause
    if isinstance(reason, ProxyError):
        # By itself it says nothing: urllib3 also raises it when the connection broke after the request was sent.
        reason = reason.original_error
        if isinstance(reason, OSError) and str(reason).startswith("Tunnel connection failed"):
            return True
    return isinstance(reason, NewConnectionError | ConnectTimeoutError)


def _deepest(failure: BaseException) -> BaseException:
    """The operating system's own error, inside those of urllib3 and requests."""
    inner = [getattr(failure, "reason", None), *failure.args[::-1], failure.__cause__]
    return next((_deepest(error) for error in inner if isinstance(error, BaseException)), failure)


def _reason(failure: BaseException) -> str:
    deepest = _deepest(failure)
    words = (
        deepest.reason
        if isinstance(deepest, ssl.SSLError)
        else deepest.strerror
        if isinstance(deepest, OSError)
        else None
    )
    return f"{type(deepest).__name__}: {words}" if words else type(deepest).__name__


def _host(request: Request) -> str:
    return request.url.split("/")[2]
