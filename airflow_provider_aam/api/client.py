"""The AAM client: build it from a config, use its collections. Works without Airflow."""

from __future__ import annotations

import platform
import time
from collections.abc import Callable
from datetime import datetime
from functools import cached_property
from types import TracebackType
from typing import Self

from airflow_provider_aam import __version__
from airflow_provider_aam.api import resources
from airflow_provider_aam.api.actions import Actions
from airflow_provider_aam.api.collection import Collection
from airflow_provider_aam.api.config import AAMConfig
from airflow_provider_aam.api.destinations import Destinations
from airflow_provider_aam.api.errors import AAMArgumentError
from airflow_provider_aam.api.moments import utc_now
from airflow_provider_aam.api.names import near_misses
from airflow_provider_aam.api.redaction import Redactor, SecretObserver
from airflow_provider_aam.api.reports import Reports
from airflow_provider_aam.api.retry import RetryPolicy
from airflow_provider_aam.api.session import AAMSession
from airflow_provider_aam.api.throttle import ConcurrencyLimit
from airflow_provider_aam.api.token import shared_token_source
from airflow_provider_aam.api.transport import RequestsTransport
from airflow_provider_aam.api.users import Users


def _collection(resource: resources.Resource) -> cached_property[Collection]:
    return cached_property(lambda client: Collection(resource, client.session))


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
            longest_s=config.max_attempts * config.timeout_s,
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

    segments = _collection(resources.SEGMENTS)
    traits = _collection(resources.TRAITS)
    segment_folders = _collection(resources.SEGMENT_FOLDERS)
    trait_folders = _collection(resources.TRAIT_FOLDERS)
    data_sources = _collection(resources.DATA_SOURCES)
    mappings = _collection(resources.MAPPINGS)
    derived_signals = _collection(resources.DERIVED_SIGNALS)
    models = _collection(resources.MODELS)
    algorithms = _collection(resources.ALGORITHMS)
    taxonomies = _collection(resources.TAXONOMIES)
    trait_types = _collection(resources.TRAIT_TYPES)
    dcs_regions = _collection(resources.DCS_REGIONS)
    partner_sites = _collection(resources.PARTNER_SITES)
    groups = _collection(resources.GROUPS)
    segment_test_groups = _collection(resources.SEGMENT_TEST_GROUPS)
    data_feeds = _collection(resources.DATA_FEEDS)
    available_data_feeds = _collection(resources.AVAILABLE_DATA_FEEDS)

    @cached_property
    def destinations(self) -> Destinations:
        return Destinations(self.session)

    @cached_property
    def users(self) -> Users:
        return Users(self.session)

    @cached_property
    def reports(self) -> Reports:
        return Reports(resources.REPORTS, self.session)

    @cached_property
    def schemas(self) -> Actions:
        return Actions(resources.SCHEMAS, self.session)

    def collection(self, name: str) -> Collection:
        """The collection of that name, as in ``AAMPullOperator(resource=…)``."""
        if name not in resources.RESOURCES:
            near = near_misses([name], resources.RESOURCES)
            raise AAMArgumentError(f"There is no resource {name!r}; there are {', '.join(resources.RESOURCES)}.{near}")
        own = getattr(type(self), name, None)
        return getattr(self, name) if own is not None else Collection(resources.RESOURCES[name], self.session)


def _user_agent() -> str:
    return f"airflow-provider-aam/{__version__} Python/{platform.python_version()}"
