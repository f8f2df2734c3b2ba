"""The AAM client: build it from a config, use its collections. Works without Airflow."""

from __future__ import annotations

import logging
import platform
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from functools import cache, cached_property
from types import TracebackType
from typing import Self

from airflow_provider_aam import __version__
from airflow_provider_aam.api import resources
from airflow_provider_aam.api.actions import Actions
from airflow_provider_aam.api.collection import Collection
from airflow_provider_aam.api.config import AAMConfig
from airflow_provider_aam.api.dcs import Dcs
from airflow_provider_aam.api.destinations import Destinations
from airflow_provider_aam.api.errors import AAMArgumentError
from airflow_provider_aam.api.ims import Token
from airflow_provider_aam.api.inbound import DataSources
from airflow_provider_aam.api.moments import utc_now
from airflow_provider_aam.api.names import near_misses
from airflow_provider_aam.api.pool import Item, Result, in_order, side_by_side
from airflow_provider_aam.api.profiles import Profiles
from airflow_provider_aam.api.redaction import Redactor, SecretObserver
from airflow_provider_aam.api.reports import Reports
from airflow_provider_aam.api.retry import RetryPolicy
from airflow_provider_aam.api.sender import Sender
from airflow_provider_aam.api.session import AAMSession
from airflow_provider_aam.api.shared import shared
from airflow_provider_aam.api.stream import Stream
from airflow_provider_aam.api.throttle import MOST, ConcurrencyLimit, Places
from airflow_provider_aam.api.token import TokenSource
from airflow_provider_aam.api.transport import RequestsTransport, Transport
from airflow_provider_aam.api.users import Users

log = logging.getLogger(__name__)


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

    def __init__(self, session: AAMSession, *, customer_data: AAMSession, dcs: Dcs) -> None:
        """``customer_data``: the host of the Customer Data API."""
        self.session = session
        self._customer_data = customer_data
        self.dcs = dcs

    @classmethod
    def from_config(
        cls,
        config: AAMConfig,
        *,
        transport: Transport | None = None,
        user_agent: str = "",
        on_secret: SecretObserver | None = None,
        now: Callable[[], datetime] = utc_now,
        sleep: Callable[[float], None] = time.sleep,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> Self:
        """Nothing is asked of Adobe until the first call.

        ``on_secret`` is told every secret, tokens minted later included. ``user_agent`` is added to our own. No attempt
        of a call begins later than ``max_attempts × timeout_s`` after the first. ``transport`` sends the requests, to
        IMS as well, in place of our own (``timeout_s``, ``verify`` and ``proxies`` are then its business); the client
        closes it. ``now``, ``sleep`` and ``monotonic`` are for tests.
        """
        for exposure in config.exposures():
            _warn_once(exposure)
        budget_s = config.max_attempts * config.timeout_s
        fingerprint = config.credential.fingerprint()

        def places(url: str) -> Places:
            limit = shared(ConcurrencyLimit, ConcurrencyLimit, fingerprint=fingerprint, address=url)
            return Places(limit, config.max_concurrency, sleep=sleep, monotonic=monotonic)

        sender = Sender(
            credential=config.credential,
            token_url=config.token_url,
            timeout_s=config.timeout_s,
            user_agent=f"{_user_agent()} {user_agent}".strip(),
            transport=transport
            or RequestsTransport(
                timeout_s=config.timeout_s,
                longest_s=budget_s,
                pool_size=MOST + 1,  # a token may be renewed while all places are taken
                verify=config.verify,
                proxies=config.proxies,
            ),
            token_source=shared(
                TokenSource, lambda: TokenSource(now=now), fingerprint=fingerprint, address=config.token_url
            ),
            retries=RetryPolicy(max_attempts=config.max_attempts, budget_s=budget_s, sleep=sleep, monotonic=monotonic),
            places=places(config.base_url),
            redactor=Redactor(config.secrets(), observer=on_secret),
            now=now,
        )
        data = replace(sender, places=places(f"{config.stream_url}/stream"))
        return cls(
            AAMSession(base_url=config.base_url, sender=sender),
            customer_data=AAMSession(base_url=config.stream_url, sender=data, root=""),
            dcs=Dcs(sender=replace(sender, places=places(f"{config.dcs_url or ''}/event")), url=config.dcs_url),
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self.session.sender.transport.close()

    @property
    def base_url(self) -> str:
        return self.session.base_url

    @property
    def timeout_s(self) -> float:
        """How long one request waits for its response."""
        return self.session.sender.timeout_s

    @property
    def max_concurrency(self) -> int:
        """So many requests at most are under way together; how many it is depends on AAM's responses."""
        return self.session.sender.places.most

    @property
    def max_attempts(self) -> int:
        """So often at most is one request sent."""
        return self.session.sender.retries.max_attempts

    def at_most(self, max_concurrency: int | None) -> Self:
        """The same client with a bound of its own, lower or higher (64 at most); ``None`` changes nothing."""
        if max_concurrency is None:
            return self
        return type(self)(
            self.session.at_most(max_concurrency),
            customer_data=self._customer_data.at_most(max_concurrency),
            dcs=self.dcs.at_most(max_concurrency),
        )

    def pause(self, seconds: float) -> None:
        self.session.sender.retries.sleep(seconds)

    def sign_in(self) -> Token:
        """A new token from Adobe, by the credential itself; every client of it in this process goes on with that."""
        return self.session.sender.sign_in()

    def in_order(self, work: Callable[[Item], Result], items: Iterable[Item]) -> Iterator[Result]:
        """The results of ``work``, as many at a time as requests may be under way, in the order of ``items``."""
        return in_order(work, items, concurrency=self.max_concurrency)

    def side_by_side(self, work: Callable[[Item], None], items: Iterable[Item]) -> None:
        """``work`` on each, as many at a time as requests may be under way; no slow one holds up the others.

        The first error ends it when the rest of what has begun is done; nothing else begins.
        """
        side_by_side(work, items, concurrency=self.max_concurrency)

    segments = _collection(resources.SEGMENTS)
    traits = _collection(resources.TRAITS)
    segment_folders = _collection(resources.SEGMENT_FOLDERS)
    trait_folders = _collection(resources.TRAIT_FOLDERS)
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
    def data_sources(self) -> DataSources:
        return DataSources(self.session)

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
    def stream(self) -> Stream:
        return Stream(self._customer_data)

    @cached_property
    def profiles(self) -> Profiles:
        return Profiles(self._customer_data)

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


@cache
def _warn_once(exposure: str) -> None:
    log.warning("The AAM Connection is not safe: %s", exposure)


def _user_agent() -> str:
    return f"airflow-provider-aam/{__version__} Python/{platform.python_version()}"
