"""What the file systems behind a path raise, and say."""

from __future__ import annotations

import zlib

UNWRITABLE = (OSError, ValueError, NotImplementedError)
UNREADABLE = (*UNWRITABLE, EOFError, zlib.error)
"""A broken .gz included."""


_PASSING = {
    "HTTPClientError",
    "ConnectionError",
    "ClientConnectionError",
    "ServiceRequestError",
    "ServiceResponseError",
}
"""Classes of botocore, aiohttp and Azure, which are not OSErrors."""


def may_pass(trouble: BaseException) -> bool:
    """Whether the way to a store broke, not the request; by name, since the libraries need not be installed."""
    return isinstance(trouble, OSError) or any(each.__name__ in _PASSING for each in type(trouble).__mro__)


def reason(refused: BaseException) -> str:
    """In a few words."""
    return getattr(refused, "strerror", None) or str(refused) or type(refused).__name__
