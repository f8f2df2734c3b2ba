"""Every way in which work with AAM can end badly, one class per outcome that a caller handles differently::

    AAMError
    ├── AAMConfigError             the Connection cannot work as it is; lists every problem
    ├── AAMArgumentError           arguments or options that cannot be; lists every problem; AAM was not changed
    ├── AAMLookupFailed            a name, code or path that the account does not hold, or holds more than once
    ├── AAMCredentialError         Adobe IMS refused the credential
    │   ├── AAMClientRejected      client id or client secret
    │   ├── AAMKeyRejected         private key, certificate or signature
    │   ├── AAMClaimsRejected      organization, technical account or clock
    │   ├── AAMScopeRejected       scopes or metascopes
    │   └── AAMCredentialConverted JWT credential that Adobe has moved to OAuth server-to-server
    ├── AAMTokenUnavailable      ↻ IMS gave no usable response
    ├── AAMNoAnswer              ↻ the connection failed or timed out
    ├── AAMUntrusted               the server's TLS certificate cannot be verified
    ├── AAMBadAnswer             ↻ a response that is not what AAM documents (HTML, half a body)
    ├── AAMRefused                 AAM understood and said no
    │   ├── AAMInvalid             400, 415: the request's content
    │   ├── AAMUnauthorized        401 with a freshly minted token
    │   ├── AAMForbidden           403: permissions (role-based access control)
    │   │   ├── AAMApiKeyRejected  the Audience Manager API is not in the Developer Console project
    │   │   ├── AAMNoProductProfile the credential has no product profile
    │   │   └── AAMLimitReached    the account holds as many objects as it may
    │   ├── AAMNotFound            404
    │   ├── AAMConflict            409
    │   └── AAMThrottled         ↻ 429
    ├── AAMServerError           ↻ 5xx, 408
    ├── AAMOutcomeUnknown        ↻ a write whose response was lost: look before writing again
    ├── AAMIncomplete            ↻ a list that could not be verified complete
    ├── AAMSourceError             a catalog file with problems; lists every one
    ├── AAMPlanRefused             a plan that a guardrail stops
    ├── AAMPushFailed              rows were rejected (retryable when only unknown ones remain)
    ├── AAMCheckFailed             populations are out of bounds, inbound files not taken, outbound ones not there
    └── AAMDestinationError        a file or table that cannot be written there

↻ marks ``retryable``. Messages hold no secret. All pickle: Airflow moves them between processes.
"""

from __future__ import annotations

import enum
import functools
from collections.abc import Sequence
from typing import Any, Self

from airflow_provider_aam.api.visible import one_line, visible


class Fate(enum.Enum):
    """What a failed request may have done on the server."""

    NOT_DONE = "not done"
    """Nothing: it never got there, or the server said that it did not act."""
    UNKNOWN = "unknown"
    """The exchange is over; whether the server acted is not known."""
    RUNNING = "running"
    """No one waits for the response any more, but the server may still act."""


class AAMError(Exception):
    """Root of the tree; ``details`` holds the keyword arguments that the class adds as attributes."""

    retryable: bool = False

    def __init__(self, message: str, **details: Any) -> None:
        # Those that quote names and paths have one line.
        message = (one_line if isinstance(self, AAMLookupFailed | AAMDestinationError) else visible)(message)
        super().__init__(message)
        self.message = message
        self.details = details
        self.__dict__.update(details)

    def with_text(self, text: str) -> Self:
        """The same error, its message followed by ``text``."""
        return type(self)(f"{self.message} {text}", **{**self.details, "retryable": self.retryable})

    def __reduce__(self) -> tuple[Any, ...]:
        return functools.partial(type(self), **self.details), (self.message,), self.__dict__


class _Problems(AAMError, ValueError):
    problems: tuple[str, ...]

    def __init__(self, message: str, **details: Any) -> None:
        super().__init__(message, **{"problems": (message,), **details})

    @classmethod
    def from_problems(cls, what: str, problems: Sequence[str]) -> Self:
        count = "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
        return cls("\n  - ".join([f"{what} has {count}:", *problems]), problems=tuple(problems))


class AAMConfigError(_Problems):
    """The Connection cannot work as it is. ``problems`` lists each one."""


class AAMArgumentError(_Problems):
    """Arguments or options that cannot be, of a call, task or command; AAM was not changed. ``problems`` lists each."""


class AAMLookupFailed(AAMError):
    """A name, code or path that the account does not hold, or that means several objects; AAM refused nothing."""


class AAMCredentialError(AAMError):
    """Adobe IMS refused the credential. ``status`` and ``error`` are IMS's own."""

    status: int | None = None
    error: str | None = None


class AAMClientRejected(AAMCredentialError):
    """IMS does not know the client id, or the client secret does not belong to it."""


class AAMKeyRejected(AAMCredentialError):
    """The private key cannot be read, or its certificate is not (or no longer) bound to the credential."""


class AAMClaimsRejected(AAMCredentialError):
    """The signed JWT's organization, technical account, audience or time is not accepted."""


class AAMScopeRejected(AAMCredentialError):
    """The scopes or metascopes asked for are not granted to the credential."""


class AAMCredentialConverted(AAMCredentialError):
    """The response that IMS gives for a JWT credential which Adobe has moved to OAuth server-to-server."""


class AAMTokenUnavailable(AAMError):
    """IMS could not be reached, or gave no usable response; AAM was not asked for anything."""

    retryable = True
    retry_after_s: float | None = None


class AAMNoAnswer(AAMError):
    """The connection failed, broke or timed out. ``fate`` tells what the server may have done."""

    retryable = True
    fate: Fate = Fate.UNKNOWN


class AAMUntrusted(AAMError):
    """The server's TLS certificate cannot be verified; nothing was sent."""

    fate: Fate = Fate.NOT_DONE


class AAMBadAnswer(AAMError):
    """A response that is not what AAM documents: an HTML page, half a body, JSON of another shape."""

    retryable = True
    fate: Fate = Fate.UNKNOWN


class _Answered(AAMError):
    status: int = 0
    code: str | None = None
    """AAM's ``code`` or the gateway's ``error_code``."""
    reason: str = ""
    """AAM's own words: its message and child messages."""
    retry_after_s: float | None = None


class AAMRefused(_Answered):
    """AAM understood the request and said no."""


class AAMInvalid(AAMRefused):
    """400 or 415: something in the request's content."""


class AAMUnauthorized(AAMRefused):
    """401 although the token was minted a moment ago."""


class AAMForbidden(AAMRefused):
    """403: the technical account lacks the permission."""


class AAMApiKeyRejected(AAMForbidden):
    """The gateway does not accept the client id for Audience Manager."""


class AAMNoProductProfile(AAMForbidden):
    """The credential has no product profile, or belongs to another organization."""


class AAMLimitReached(AAMForbidden):
    """The account already holds as many objects of this kind as Adobe allows."""


class AAMNotFound(AAMRefused):
    """404: no such object, or none that the technical account has access to."""


class AAMConflict(AAMRefused):
    """409: the object exists already, or another object still uses it."""


class AAMThrottled(AAMRefused):
    """429. Adobe's limits are shared by everything that uses the same Developer Console project."""

    retryable = True


class AAMServerError(_Answered):
    """5xx or 408 from AAM or a gateway in front of it."""

    retryable = True


class AAMOutcomeUnknown(AAMError):
    """A write whose response was lost: look before writing again. ``fate`` tells whether it may yet happen."""

    retryable = True
    fate: Fate = Fate.UNKNOWN


class AAMIncomplete(AAMError):
    """A list that could not be verified complete: rows, ids and the announced total do not agree."""

    retryable = True


class AAMSourceError(AAMError, ValueError):
    """A catalog file that must not be applied. ``findings`` lists every problem, as text."""

    findings: tuple[str, ...] = ()


class AAMPlanRefused(AAMError):
    """A guardrail stopped the plan before anything was written."""


class AAMPushFailed(AAMError):
    """More rows than allowed were rejected or have an unknown outcome. ``counts`` tells how many of each."""

    counts: dict[str, int]


class AAMCheckFailed(AAMError):
    """Populations out of bounds, differences from the catalog, files that AAM did not take or send: no retry helps."""


class AAMDestinationError(AAMError, ValueError):
    """A file or table cannot be written there: no permission, no such bucket or folder, columns that do not fit."""
