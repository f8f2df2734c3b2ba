"""Why no response came, told from what requests and urllib3 raise."""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING

import requests
from urllib3.exceptions import (
    ConnectTimeoutError,
    InvalidHeader,
    MaxRetryError,
    NewConnectionError,
    ProxyError,
    ReadTimeoutError,
)

from airflow_provider_aam.api.errors import AAMBadAnswer, AAMConfigError, AAMError, AAMNoAnswer, AAMUntrusted, Fate

if TYPE_CHECKING:
    from airflow_provider_aam.api.transport import Request


def why_no_answer(failure: requests.RequestException, request: Request, *, timeout_s: float) -> AAMError:
    host = host_of(request)
    if isinstance(_deepest(failure), InvalidHeader):  # urllib3's, about the response: the request has been sent
        return AAMBadAnswer(
            f"{request}: the headers of the response contradict each other. Does a proxy in between change them?",
            fate=Fate.UNKNOWN,
        )
    if isinstance(failure, ValueError):  # an address, a proxy or a header that requests cannot use
        return unsendable(request, failure)
    if isinstance(_deepest(failure), ssl.SSLCertVerificationError):
        return AAMUntrusted(
            f"{request}: the TLS certificate of {host} cannot be verified. If a proxy of your company re-signs "
            "traffic, put the path of its CA bundle into extra['verify']."
        )
    if _never_connected(failure):
        return AAMNoAnswer(
            f"{request}: no connection to {host} ({reason_of(failure)}). Check host, port and proxies in the "
            "Connection, and that this machine can reach that address.",
            fate=Fate.NOT_DONE,
        )
    if isinstance(failure, requests.Timeout) or isinstance(_deepest(failure), TimeoutError | ReadTimeoutError):
        return AAMNoAnswer(
            f"{request}: no response from {host} within {timeout_s:g} s (extra['timeout_s']).",
            fate=Fate.RUNNING,
        )
    return AAMNoAnswer(
        f"{request}: the connection to {host} broke before a response came ({reason_of(failure)}).",
        fate=Fate.UNKNOWN,
    )


def unsendable(request: Request, problem: Exception) -> AAMConfigError:
    """Its text is left out: it may quote a header."""
    text = (
        f"{request} cannot be sent ({type(problem).__name__}): check host, proxies, and the CA bundle that "
        "extra['verify'] or REQUESTS_CA_BUNDLE names"
    )
    return AAMConfigError.from_problems("the AAM Connection", [text])


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


def reason_of(failure: BaseException) -> str:
    deepest = _deepest(failure)
    words = (
        deepest.reason
        if isinstance(deepest, ssl.SSLError)
        else deepest.strerror
        if isinstance(deepest, OSError)
        else None
    )
    return f"{type(deepest).__name__}: {words}" if words else type(deepest).__name__


def host_of(request: Request) -> str:
    return request.url.split("/")[2]
