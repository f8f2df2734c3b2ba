"""One HTTP exchange: what was sent, what came back, or why nothing did. No retries, no credentials, no AAM."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Protocol
from urllib.parse import urljoin, urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3.exceptions import DecodeError, HTTPError, ReadTimeoutError

from airflow_provider_aam.api.breakage import host_of, reason_of, unsendable, why_no_answer
from airflow_provider_aam.api.errors import AAMBadAnswer, AAMNoAnswer, Fate

CONNECT_TIMEOUT_S = 10.0
LARGEST_ANSWER_BYTES = 192 * 1024 * 1024
"""Unpacked. The 100,000 traits that an account may hold, of 2 kB each and unpaged, are about as long."""
_PART_BYTES = 512 * 1024
_REDIRECTS = frozenset({301, 302, 307, 308})
SMALLEST_FINAL_STATUS = 200
"""Smaller ones announce a response that is still to come, which http.client does not wait for (but for 100)."""


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
    one to the same address with or without a slash at its end is: AAM takes both, a gateway before it perhaps not.
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
        self._by_host: dict[str, dict[str, Any]] = {}
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
            response = self._session.send(
                self._prepared(request),
                timeout=(min(CONNECT_TIMEOUT_S, self._timeout_s), self._timeout_s),
                allow_redirects=False,
                **self._surroundings(request.url),
            )
        except requests.RequestException as failure:
            # The exception would carry the request, with its token, into every traceback that prints attributes.
            failure.request = failure.response = None
            raise why_no_answer(failure, request, timeout_s=self._timeout_s) from failure
        except (OSError, ValueError) as problem:  # requests lets a missing CA bundle, odd hosts and headers through
            raise unsendable(request, problem) from problem
        with response:  # closes the connection unless the response was read to its end
            final = response.status_code >= SMALLEST_FINAL_STATUS
            if "," in response.headers.get("Content-Encoding", ""):
                raise AAMBadAnswer(
                    f"{request}: the response is compressed more than once, which AAM does not do. Does a proxy in "
                    "between change it?",
                    fate=Fate.UNKNOWN,
                )
            body = b"".join(self._parts(response, request, ends_at)) if final else b""
            return Answer(status=response.status_code, headers=response.headers, body=body)

    def _prepared(self, request: Request) -> requests.PreparedRequest:
        """Not by the session, which would let ~/.netrc replace our Authorization header."""
        headers = {**self._session.headers, **request.headers}
        return requests.Request(
            request.method, request.url, params=request.params, data=request.body, headers=headers
        ).prepare()

    def _surroundings(self, url: str) -> dict[str, Any]:
        """Proxies and CA bundle, those of the environment too, looked up once a host."""
        host = urlsplit(url).netloc
        if host not in self._by_host:
            self._by_host[host] = dict(
                self._session.merge_environment_settings(
                    url, dict(self._proxies), stream=True, verify=self._verify, cert=None
                )
            )
        return self._by_host[host]

    def _parts(self, response: requests.Response, request: Request, ends_at: float) -> Iterator[bytes]:
        """The body; a traceback of what is raised here holds no more of it than the last part."""
        size = 0
        try:
            while part := response.raw.read1(_PART_BYTES, decode_content=True):
                yield part
                size += len(part)
                if size > self._largest_bytes:
                    raise AAMBadAnswer(
                        f"{request}: the response is longer than {self._largest_bytes} bytes. "
                        "Is the Connection's host the API's address?",
                        fate=Fate.UNKNOWN,
                    )
                if time.monotonic() > ends_at:
                    raise AAMNoAnswer(
                        f"{request}: the response of {host_of(request)} came too slowly to be whole within "
                        f"{self._longest_s:g} s (extra['max_attempts'] × extra['timeout_s']).",
                        fate=Fate.RUNNING,
                    )
        except ReadTimeoutError as failure:
            raise AAMNoAnswer(
                f"{request}: the response of {host_of(request)} stopped coming for {self._timeout_s:g} s "
                "(extra['timeout_s']).",
                fate=Fate.RUNNING,
            ) from failure
        except DecodeError as failure:
            raise AAMBadAnswer(
                f"{request}: the response cannot be decompressed. Does a proxy in between change it?", fate=Fate.UNKNOWN
            ) from failure
        except HTTPError as failure:
            raise AAMBadAnswer(
                f"{request}: the response broke off before its end ({reason_of(failure)}).", fate=Fate.UNKNOWN
            ) from failure


class _Session(requests.Session):
    """requests works out the next address even where it is told not to follow, and fails if that is not one."""

    def get_redirect_target(self, resp: requests.Response) -> None:  # noqa: ARG002
        return None


def _is_about_slash(url: str, location: str) -> bool:
    """Whether a redirect leads to the same address but for the slash at its end. Such a request was not carried out."""
    try:
        here, there = urlsplit(url), urlsplit(urljoin(url, location))
    except ValueError:  # the Location is not an address
        return False
    same_origin = (here.scheme, here.netloc) == (there.scheme, there.netloc)
    return same_origin and here.path != there.path and here.path.rstrip("/") == there.path.rstrip("/")
