"""The AAM client: build it from a config, use its collections. Works without Airflow."""

from __future__ import annotations

import platform
import time
from collections.abc import Callable
from datetime import datetime
from functools import cached_property
from types import TracebackType
from typing import Any, Self

from airflow_provider_aam import __version__
from airflow_provider_aam.api.collection import Collection, Record
from airflow_provider_aam.api.config import AAMConfig
from airflow_provider_aam.api.errors import AAMBadAnswer, AAMInvalid, Fate
from airflow_provider_aam.api.redaction import Redactor, SecretObserver
from airflow_provider_aam.api.resources import (
    DATA_SOURCES,
    RESOURCES,
    SEGMENT_FOLDERS,
    SEGMENTS,
    TRAIT_FOLDERS,
    TRAITS,
)
from airflow_provider_aam.api.retry import RetryPolicy
from airflow_provider_aam.api.session import AAMSession, utc_now
from airflow_provider_aam.api.throttle import ConcurrencyLimit
from airflow_provider_aam.api.token import shared_token_source
from airflow_provider_aam.api.transport import RequestsTransport


class AAMClient:
    """One AAM account. Safe to share between threads; close it, or use it as a context manager.

    ::

        config = AAMConfig.from_connection(login=client_id, password=client_secret, extra={"org_id": "…@AdobeOrg"})
        with AAMClient.from_config(config) as client:
            for segment in client.segments.list(folderId=7):
                ...
    """

    def __init__(self, session: AAMSession, transport: RequestsTransport) -> None:
        self.session = session
        self._transport = transport

    @classmethod
    def from_config(
        cls,
        config: AAMConfig,
        *,
        user_agent: str = "",
        on_secret: SecretObserver | None = None,
        now: Callable[[], datetime] = utc_now,
        sleep: Callable[[float], None] = time.sleep,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> Self:
        """Nothing is asked of Adobe until the first call.

        ``on_secret`` is told every secret, tokens minted later included. ``user_agent`` is added to our own. No attempt
        of a call begins later than ``max_attempts × timeout_s`` after the first. ``now``, ``sleep`` and ``monotonic``
        are for tests.
        """
        transport = RequestsTransport(
            timeout_s=config.timeout_s,
            pool_size=config.max_concurrency + 1,  # a token may be renewed while all slots are taken
            verify=config.verify,
            proxies=config.proxies,
        )
        session = AAMSession(
            credential=config.credential,
            base_url=config.base_url,
            token_url=config.token_url,
            timeout_s=config.timeout_s,
            user_agent=f"{_user_agent()} {user_agent}".strip(),
            transport=transport,
            token_source=shared_token_source(config.credential.fingerprint(), config.token_url, now=now),
            retries=RetryPolicy(
                max_attempts=config.max_attempts,
                budget_s=config.max_attempts * config.timeout_s,
                sleep=sleep,
                monotonic=monotonic,
            ),
            limit=ConcurrencyLimit(config.max_concurrency, sleep=sleep, monotonic=monotonic),
            redactor=Redactor(config.secrets(), observer=on_secret),
            now=now,
        )
        return cls(session, transport)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self._transport.close()

    @cached_property
    def segments(self) -> Collection:
        return Collection(SEGMENTS, self.session)

    @cached_property
    def traits(self) -> Collection:
        return Collection(TRAITS, self.session)

    @cached_property
    def segment_folders(self) -> Collection:
        return Collection(SEGMENT_FOLDERS, self.session)

    @cached_property
    def trait_folders(self) -> Collection:
        return Collection(TRAIT_FOLDERS, self.session)

    @cached_property
    def data_sources(self) -> Collection:
        return Collection(DATA_SOURCES, self.session)

    @cached_property
    def users(self) -> Users:
        return Users(self.session)

    def collection(self, name: str) -> Collection:
        """The collection of that name, as in ``AAMPullOperator(resource=…)``."""
        if name not in RESOURCES:
            raise AAMInvalid(f"There is no resource {name!r}; there are {', '.join(RESOURCES)}.")
        return Collection(RESOURCES[name], self.session)


class Users:
    """AAM's users, as far as a technical account needs them."""

    def __init__(self, session: AAMSession) -> None:
        self._session = session

    def self(self) -> Record:
        """The technical account as AAM sees it: ``userId, pid, username, groups, …``.

        Under role-based access control the first such call creates the account in AAM.
        """
        answer: Any = self._session.call("GET", "users/self")
        if not isinstance(answer, dict):
            text = (
                f"GET /v1/users/self: a JSON {type(answer).__name__} came where a user was due. Is host AAM's address?"
            )
            raise AAMBadAnswer(text, fate=Fate.UNKNOWN)
        return answer


def _user_agent() -> str:
    return f"airflow-provider-aam/{__version__} Python/{platform.python_version()}"
