"""One token for all threads of a process: fetched once, renewed before it ends, renewed once more after a 401."""

from __future__ import annotations

import enum
import logging
import os
import threading
from collections.abc import Callable
from datetime import datetime, timedelta

from airflow_provider_aam.api.errors import AAMError
from airflow_provider_aam.api.ims import Token
from airflow_provider_aam.api.redaction import Redactor

log = logging.getLogger(__name__)

LONGEST_LEAD = timedelta(minutes=2)


class TokenState(enum.Enum):
    FRESH = "fresh"
    STALE = "stale"
    """Still accepted, but due: one thread renews it while the others go on with it."""
    EXPIRED = "expired"


def state_of(token: Token, now: datetime) -> TokenState:
    """Stale for the last two minutes, or the last tenth of a token that lives less than twenty."""
    if now >= token.expires_at:
        return TokenState.EXPIRED
    lead = min(LONGEST_LEAD, token.lifetime / 10)
    return TokenState.STALE if now >= token.expires_at - lead else TokenState.FRESH


Fetch = Callable[[Token | None], Token]
"""Exchanges the credential for a token, given the previous one."""


class TokenSource:
    """Gives a usable token to any number of threads, with one exchange under way at most."""

    def __init__(self, *, now: Callable[[], datetime]) -> None:
        self._now = now
        self._token: Token | None = None
        self._renewing = threading.Lock()

    def get(self, fetch: Fetch, redactor: Redactor) -> str:
        token = self._token
        state = state_of(token, self._now()) if token else TokenState.EXPIRED
        if state is not TokenState.FRESH or token is None:
            token = (
                self._renew_stale(token, fetch) if token and state is TokenState.STALE else self._renew(token, fetch)
            )
        redactor.add(token.value)
        return token.value

    def renew_rejected(self, rejected: str, fetch: Fetch, redactor: Redactor) -> str:
        """A token other than ``rejected``, which AAM answered with 401 before its time."""
        with self._renewing:
            token = self._token
            if token is None or token.value == rejected:
                token = self._token = fetch(token)
        redactor.add(token.value)
        return token.value

    def _renew(self, seen: Token | None, fetch: Fetch) -> Token:
        with self._renewing:
            token = self._token
            if token is None or token is seen or state_of(token, self._now()) is TokenState.EXPIRED:
                token = self._token = fetch(token)
            return token

    def _renew_stale(self, token: Token, fetch: Fetch) -> Token:
        if not self._renewing.acquire(blocking=False):
            return token
        try:
            if self._token is not token and self._token is not None:
                return self._token
            token = self._token = fetch(token)
        except AAMError as error:
            log.warning("The AAM token could not be renewed ahead of time; the present one is used on: %s", error)
        finally:
            self._renewing.release()
        return token


_shared: dict[tuple[str, str], TokenSource] = {}
_shared_lock = threading.Lock()


def shared_token_source(fingerprint: str, token_url: str, *, now: Callable[[], datetime]) -> TokenSource:
    """The process's one source for this credential, so that any number of hooks cost one exchange."""
    with _shared_lock:
        return _shared.setdefault((fingerprint, token_url), TokenSource(now=now))


def forget_tokens() -> None:
    """Start over: for tests, and for a forked child, whose copied locks may be held by threads it does not have."""
    global _shared_lock  # noqa: PLW0603
    _shared_lock = threading.Lock()
    _shared.clear()


os.register_at_fork(after_in_child=forget_tokens)
