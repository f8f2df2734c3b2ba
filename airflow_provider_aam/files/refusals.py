"""What the file systems behind a path raise, and say."""

from __future__ import annotations

import errno
import zlib

UNWRITABLE = (OSError, ValueError, NotImplementedError)
UNREADABLE = (*UNWRITABLE, EOFError, zlib.error)
"""A broken .gz included."""


_PASSING = frozenset(
    ("HTTPClientError", "ConnectionError", "ClientConnectionError", "ServiceRequestError", "ServiceResponseError")
)
"""Classes of botocore, aiohttp and Azure; by name, since the libraries need not be installed."""
_PASSING_NUMBERS = {errno.EIO, errno.EBUSY, errno.ETIMEDOUT, getattr(errno, "EREMOTEIO", errno.EIO)}
"""What s3fs makes of SlowDown, InternalError and codes that it does not know, among others."""


def may_pass(trouble: BaseException) -> bool:
    """Whether a later try may find the store well again."""
    if isinstance(trouble, (ConnectionError, TimeoutError)) or getattr(trouble, "errno", None) in _PASSING_NUMBERS:
        return True
    return any(each.__name__ in _PASSING for each in type(trouble).__mro__)


def reason(refused: BaseException) -> str:
    """In a few words."""
    if isinstance(refused, UnicodeDecodeError):
        return f"byte 0x{refused.object[refused.start]:02x} is not UTF-8: save the file as UTF-8"
    return getattr(refused, "strerror", None) or str(refused) or type(refused).__name__
