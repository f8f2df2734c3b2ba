"""One token for all threads of a process: fetched once, renewed before it ends, renewed once more after a 401."""

from __future__ import annotations

import copy
import enum
import logging
import threading
from collections.abc import Callable
from datetime import datetime

import pendulum

from airflow_provider_aam.api.errors import AAMError
from airflow_provider_aam.api.ims import Token
from airflow_provider_aam.api.redaction import Redactor

log = logging.getLogger(__name__)

LONGEST_LEAD = pendulum.duration(minutes=2)
PAUSE_AFTER_FAILURE = pendulum.duration(seconds=15)


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
"""Exchanges the credential for a token, given the previous one. Tries once: retries are the caller's."""


class TokenSource:
    """Gives a usable token to any number of threads, with one exchange under way at most.

    Threads that wait for an exchange share its outcome, a failure too: a wrong secret is sent once, not once a thread.
    """

    def __init__(self, *, now: Callable[[], datetime]) -> None:
        self._now = now
        self._token: Token | None = None
        self._renewing = threading.Lock()
        self._exchanges = 0
        self._failure: AAMError | None = None
        self._ahead_not_before: datetime | None = None

    def get(self, fetch: Fetch, redactor: Redactor) -> Token:
        token = self._token
        state = state_of(token, self._now()) if token else TokenState.EXPIRED
        if token is None or state is TokenState.EXPIRED:
            token = self._renew(token, fetch)
        elif state is TokenState.STALE:
            token = self._renew_ahead(token, fetch)
        redactor.add(token.value)
        return token

    def renew_rejected(self, rejected: Token, fetch: Fetch, redactor: Redactor) -> Token:
        """A token other than ``rejected``, which AAM refused with 401 before its time."""
        token = self._token
        if token is None or token.value == rejected.value:
            token = self._renew(token, fetch)
        redactor.add(token.value)
        return token

    def sign_in(self, fetch: Fetch) -> Token:
        """A new token by the credential itself, whatever there is; everybody goes on with it."""
        with self._renewing:
            return self._exchange(lambda _: fetch(None))

    def _renew(self, seen: Token | None, fetch: Fetch) -> Token:
        exchanges = self._exchanges
        with self._renewing:
            token = self._token
            if token is not None and token is not seen and state_of(token, self._now()) is not TokenState.EXPIRED:
                return token
            if self._exchanges != exchanges and self._failure is not None:
                raise copy.copy(self._failure)
            return self._exchange(fetch)

    def _renew_ahead(self, token: Token, fetch: Fetch) -> Token:
        """One thread renews, the others go on with ``token``. A failure changes nothing: there is time left."""
        if self._ahead_not_before is not None and self._now() < self._ahead_not_before:
            return token
        if not self._renewing.acquire(blocking=False):
            return token
        try:
            return self._exchange(fetch) if self._token is token else self._token or token
        except AAMError as error:
            self._ahead_not_before = self._now() + PAUSE_AFTER_FAILURE
            log.warning("The AAM token could not be renewed ahead of time; the present one is used on: %s", error)
            return token
        finally:
            self._renewing.release()

    def _exchange(self, fetch: Fetch) -> Token:
        """Only with the lock held."""
        self._failure = None
        try:
            token = self._token = fetch(self._token)
        except AAMError as error:
            self._failure = error
            raise
        else:
            self._ahead_not_before = None
            return token
        finally:
            self._exchanges += 1
