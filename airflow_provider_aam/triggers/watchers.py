"""Asset watchers: DAGs that start when something has happened in AAM. Airflow 3.3."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import AsyncGenerator, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from airflow_provider_aam.api.errors import AAMArgumentError
from airflow_provider_aam.triggers.hub import Reading, hub_of
from airflow_provider_aam.triggers.readings import polled, read_on
from airflow_provider_aam.triggers.watching import Watcher

if TYPE_CHECKING:
    from airflow_provider_aam.api.client import AAMClient
    from airflow_provider_aam.catalog import Drift, Uri
    from airflow_provider_aam.feeds.deliveries import Delivery


class AAMPopulationWatcher(Watcher):
    """Fires when the population of a trait or segment passes a bound, once for each time that it does.

    A population that has passed the bound when the watcher first sees it fires nothing. After it has fired, the
    population must leave the bound by ``hysteresis`` before it can fire again. What was seen is kept across restarts of
    the triggerer. A triggerer that dies within ten seconds after an event may fire it again, with the same payload:
    ``kind, sid, metric, value, at_least, at_most, asked_at``. All watchers and sensors of a Connection look together.

    :param kind: ``traits`` or ``segments``.
    :param sid: the id of the trait or segment.
    :param metric: ``uniques30Day`` by default for traits, ``totalUniques30Day`` for segments.
    :param at_least: the population passes it when it becomes as large.
    :param at_most: the population passes it when it becomes as small.
    :param hysteresis: a share of the bound, 0.05 is 5 %.
    :param poll_interval: seconds between two polls. AAM computes populations once a day.
    :param aam_conn_id: the Airflow Connection of type ``aam``.
    """

    arguments: ClassVar[tuple[str, ...]] = (
        "kind",
        "sid",
        "metric",
        "at_least",
        "at_most",
        "hysteresis",
        "poll_interval",
        "aam_conn_id",
    )

    def __init__(
        self,
        *,
        kind: str,
        sid: int,
        metric: str | None = None,
        at_least: float | None = None,
        at_most: float | None = None,
        hysteresis: float = 0.05,
        poll_interval: float = 1800,
        aam_conn_id: str = "aam_default",
    ) -> None:
        from airflow_provider_aam.reports.goal import Goal

        super().__init__()  # type: ignore[no-untyped-call]
        self.kind = kind
        self.sid = sid
        self.metric = metric
        self.at_least = at_least
        self.at_most = at_most
        self.hysteresis = hysteresis
        self.poll_interval = poll_interval
        self.aam_conn_id = aam_conn_id
        # Checked here, for an import error of the DAG: in the triggerer there is no one to tell.
        self._goal = Goal.parse(kind=kind, sid=sid, metric=metric, at_least=at_least, at_most=at_most)

    def _key(self) -> str:
        goal = self._goal
        bounds = "-".join("" if bound is None else str(bound) for bound in (goal.at_least, goal.at_most))
        return f"{self.aam_conn_id}-{goal.kind}-{goal.sid}-{goal.metric}-{bounds}"

    def _readings(self) -> AsyncGenerator[Reading[Any], None]:
        return read_on(self.aam_conn_id, self._goal.kind, self._goal.sid, every_s=self.poll_interval)

    def _look(self, reading: Reading[Any], known: Any) -> tuple[Any, dict[str, Any] | None]:
        value = self._goal.value_in(reading.result())
        if known and not self._goal.is_left(value, self.hysteresis):
            return known, None
        met = self._goal.is_met(value)
        if value is None or known is None or not met:
            return known if value is None else met, None
        return met, {**self._goal.as_json(), "value": value, "asked_at": reading.asked_at.isoformat()}


class AAMDeliveryWatcher(Watcher):
    """Fires when AAM has completed deliveries of files to a destination.

    By AAM's history of outbound files, whose fields Adobe documents; that a delivery without an ``endTime`` is still
    under way is inferred. Each completed file is told once, the failed ones too (``success`` is false); those that
    ended before the watcher first looked are not told. The payload is ``destination`` and ``deliveries: [{file,
    success, received, sent, begun_at, ended_at}]``. Restarts are as of :class:`AAMPopulationWatcher`.

    :param destination: the id of the destination.
    :param poll_interval: seconds between two polls.
    :param aam_conn_id: the Airflow Connection of type ``aam``.
    """

    arguments: ClassVar[tuple[str, ...]] = ("destination", "poll_interval", "aam_conn_id")

    def __init__(self, *, destination: int, poll_interval: float = 1800, aam_conn_id: str = "aam_default") -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.destination = destination
        self.poll_interval = poll_interval
        self.aam_conn_id = aam_conn_id

    def _key(self) -> str:
        return f"{self.aam_conn_id}-deliveries-{self.destination}"

    def _readings(self) -> AsyncGenerator[Reading[Any], None]:
        return polled(
            hub_of(self.aam_conn_id), ("deliveries", self.destination), self._read, every_s=self.poll_interval
        )

    def _read(self, client: AAMClient) -> Sequence[Delivery]:
        from airflow_provider_aam.feeds.deliveries import read_deliveries

        return read_deliveries(client, destination=self.destination)

    def _look(
        self, reading: Reading[Sequence[Delivery]], known: list[str] | None
    ) -> tuple[list[str], dict[str, Any] | None]:
        ended = reading.result()
        keys = sorted(delivery.key for delivery in ended)
        new = [delivery for delivery in ended if known is not None and delivery.key not in known]
        if not new:
            return keys, None
        return keys, {"destination": self.destination, "deliveries": [delivery.as_json() for delivery in new]}


class AAMDriftWatcher(Watcher):
    """Fires when AAM comes to differ from a catalog, once for each difference.

    What differs when the watcher first looks is not told. A difference is an object too many or too few, or a field
    with its values on both sides; one that went away and has come back is told again. The payload is ``source``,
    ``create``, ``update`` and ``delete`` (what a push would do), ``new`` (how many of these have new differences),
    ``differences`` (the first 20 of them, as a plan says them) and ``asked_at``. AAM is only read. Restarts are as of
    :class:`AAMPopulationWatcher`.

    ``kind``, ``match_on``, ``prune`` and ``prune_scope`` are as in :class:`AAMDriftOperator`. Watchers of one
    Connection with the same of these and the same source look together.

    :param source: URI of a file or folder that the triggerer can open, or a list of them.
    :param source_conn_id: the Airflow Connection of their store.
    :param poll_interval: seconds between two polls; each reads whole lists of AAM.
    :param aam_conn_id: the Airflow Connection of type ``aam``.
    """

    arguments: ClassVar[tuple[str, ...]] = (
        "source",
        "source_conn_id",
        "kind",
        "match_on",
        "prune",
        "prune_scope",
        "poll_interval",
        "aam_conn_id",
    )

    def __init__(
        self,
        *,
        source: Uri | Sequence[Uri],
        source_conn_id: str | None = None,
        kind: str | None = None,
        match_on: str | None = None,
        prune: bool = False,
        prune_scope: Mapping[str, Any] | None = None,
        poll_interval: float = 3600,
        aam_conn_id: str = "aam_default",
    ) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.source = _uris(source)
        self.source_conn_id = source_conn_id
        self.kind = kind
        self.match_on = match_on
        self.prune = prune
        self.prune_scope = prune_scope
        self.poll_interval = poll_interval
        self.aam_conn_id = aam_conn_id
        self._refuse_problems()

    def _refuse_problems(self) -> None:
        from airflow_provider_aam.catalog import check_scope, option_problems

        problems = option_problems(
            kind=self.kind, match_on=self.match_on, prune=self.prune, prune_scope=self.prune_scope
        )
        if problems:
            raise AAMArgumentError.from_problems(type(self).__name__, problems)
        if self.prune:
            check_scope(self.prune_scope)

    def _key(self) -> str:
        about = [self.source, self.source_conn_id, self.kind, self.match_on, self.prune, self.prune_scope]
        digest = hashlib.sha256(json.dumps(about, sort_keys=True).encode()).hexdigest()[:12]
        name = re.sub(r"\W+", "_", self.source[0].rstrip("/").rpartition("/")[2])
        return f"{self.aam_conn_id}-drift-{name}-{digest}"

    def _readings(self) -> AsyncGenerator[Reading[Any], None]:
        hub = hub_of(self.aam_conn_id, "drift")
        return polled(hub, self._key(), self._read, every_s=self.poll_interval)

    def _read(self, client: AAMClient) -> Drift:
        from airflow_provider_aam.api.moments import utc_now
        from airflow_provider_aam.catalog import find_drift
        from airflow_provider_aam.hooks.paths import open_path

        return find_drift(
            client,
            self.source,
            kind=self.kind,
            match_on=self.match_on,
            prune_scope=self.prune_scope if self.prune else None,
            open_uri=partial(open_path, conn_id=self.source_conn_id, what="source"),
            now=utc_now(),
        )

    def _look(self, reading: Reading[Drift], known: str | None) -> tuple[str, dict[str, Any] | None]:
        drift = reading.result()
        new = () if known is None else drift.since(known)
        event = {**drift.as_json(new), "asked_at": reading.asked_at.isoformat()} if new else None
        return drift.known(), event


def _uris(source: Uri | Sequence[Uri]) -> list[str]:
    """Rows are refused: what a trigger is given is kept in Airflow's database."""
    uris = [source] if isinstance(source, str | os.PathLike) else [*source]
    if not uris or not all(isinstance(each, str | os.PathLike) for each in uris):
        raise AAMArgumentError("source of AAMDriftWatcher must be the URI of a file or folder, or a list of such URIs.")
    return [os.fspath(each) for each in uris]
