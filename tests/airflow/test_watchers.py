"""Watchers: what they fire, what they remember, and what they do not mind."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pendulum
import pytest
from watched import Store, Stores, fired_by, hurry

from airflow_provider_aam.api.errors import AAMArgumentError
from airflow_provider_aam.compat import AIRFLOW_V_3_0_PLUS
from airflow_provider_aam.triggers.watchers import AAMDeliveryWatcher, AAMDriftWatcher, AAMPopulationWatcher

pytestmark = pytest.mark.skipif(not AIRFLOW_V_3_0_PLUS, reason="Airflow 2 has no watchers")
ONE = "GET /v1/segments/{sid}"
HISTORY = "GET /v1/destinations/{destinationId}/history/outbound"


@pytest.fixture(autouse=True)
def _place(emulator, monkeypatch) -> None:
    hurry(emulator, monkeypatch)


@pytest.fixture
def sid(emulator) -> int:
    emulator.seed(segments=1)
    return int(emulator.objects("segments")[0]["sid"])


def watcher(sid: int, **more: Any) -> AAMPopulationWatcher:
    return AAMPopulationWatcher(kind="segments", sid=sid, **{"at_least": 1000, "poll_interval": 0, **more})


@pytest.fixture
def fired(emulator) -> Callable[..., list[dict[str, Any]]]:
    return lambda watching, stores, route, *steps: fired_by(watching, stores, partial(emulator.count, route), *steps)


@pytest.fixture
def population(emulator, sid) -> Callable[[int], Callable[[], None]]:
    return lambda value: lambda: emulator.set_metrics(sid, {"totalUniques30Day": value})


def test_fires_once_for_each_crossing(sid, population, fired):
    population(900)()
    steps = [population(value) for value in (1000, 1100, 960, 1001, 940, 1002)]  # 940 is more than 5 % below
    events = fired(watcher(sid), Stores(Store()), ONE, *steps)
    assert [event["value"] for event in events] == [1000, 1002]
    assert {**events[0], "asked_at": None} == {
        "kind": "segments",
        "sid": sid,
        "metric": "totalUniques30Day",
        "value": 1000,
        "at_least": 1000,
        "at_most": None,
        "asked_at": None,
    }


def test_what_has_passed_before_is_not_told(sid, population, fired):
    population(2000)()
    assert fired(watcher(sid), Stores(Store()), ONE, population(3000)) == []


def test_at_most_is_passed_downward(sid, population, fired):
    population(900)()
    events = fired(watcher(sid, at_least=None, at_most=10), Stores(Store()), ONE, population(10), population(0))
    assert [event["value"] for event in events] == [10]


def test_goes_on_where_another_triggerer_was(sid, population, fired):
    store = Store()
    population(900)()
    assert fired(watcher(sid), Stores(store), ONE) == []
    population(1200)()  # while there is no triggerer
    assert [event["value"] for event in fired(watcher(sid), Stores(store), ONE)] == [1200]
    assert fired(watcher(sid), Stores(store), ONE) == []
    assert [*store.kept.values()] == ["true"]


def test_an_event_that_could_not_be_remembered_is_not_told_twice(sid, population, fired):
    population(900)()
    store = Store()

    def breaks() -> None:
        store.broken = True
        population(1200)()

    events = fired(watcher(sid), Stores(store), ONE, breaks, lambda: setattr(store, "broken", False))
    assert [event["value"] for event in events] == [1200]
    assert [*store.kept.values()] == ["true"]


def test_assets_with_equal_watchers_remember_together(sid, population, fired):
    one, other = Store(), Store()
    population(900)()
    assert fired(watcher(sid), Stores(one, other), ONE) == []
    assert one.kept == other.kept != {}


def test_watchers_of_one_asset_with_almost_the_same_bound_remember_apart(sid, population, fired):
    store = Store()
    population(1_000_000)()
    assert fired(watcher(sid, at_least=1_000_000), Stores(store), ONE) == []
    assert fired(watcher(sid, at_least=1_000_001), Stores(store), ONE) == []
    assert sorted(store.kept.values()) == ["false", "true"]


def test_trouble_of_any_kind_does_not_end_it(emulator, sid, population, fired, caplog):
    population(900)()

    def down() -> None:
        emulator.trouble(ONE, "status", times=None, status=503)

    def gone() -> None:
        emulator.clear_trouble()
        emulator.trouble(ONE, "status", times=None, status=404)

    events = fired(watcher(sid), Stores(Store()), ONE, down, gone, emulator.clear_trouble, population(1000))
    assert [event["value"] for event in events] == [1000]
    assert "503" in caplog.text
    assert f"AAM has no segment {sid}" in caplog.text


def test_without_a_store_it_remembers_while_it_runs(sid, population, fired):
    population(900)()
    assert len(fired(watcher(sid), None, ONE, population(1000), population(1001))) == 1


def test_arguments_that_cannot_be_are_an_import_error_of_the_dag():
    with pytest.raises(AAMArgumentError, match="nothing to wait for"):
        watcher(1, at_least=None)


@pytest.mark.parametrize(
    "watching",
    [
        watcher(7),
        AAMDeliveryWatcher(destination=7),
        AAMDriftWatcher(source=Path("/catalog"), prune=True, prune_scope={"dataSource": "web"}),
    ],
    ids=["population", "delivery", "drift"],
)
def test_arguments_survive(watching):
    path, arguments = watching.serialize()
    assert path == f"{type(watching).__module__}.{type(watching).__qualname__}"
    again = type(watching)(**json.loads(json.dumps(arguments)))
    assert (again.serialize(), again._key()) == (watching.serialize(), watching._key())


class Clocks:
    """The emulator's and this process's."""

    def __init__(self, emulator: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        self._emulator, self._shift_s, now = emulator, 0.0, pendulum.now
        monkeypatch.setattr(pendulum, "now", lambda *zone: now(*zone).add(seconds=self._shift_s))

    def move_to_noon(self) -> None:
        """The emulator sends files at two in the night."""
        now = pendulum.now("UTC")
        self._move((now.add(days=1).at(12) - now).total_seconds())

    def move_by_a_day(self) -> None:
        self._move(86_400)

    def _move(self, seconds: float) -> None:
        self._shift_s += seconds
        self._emulator.advance(seconds)


def test_deliveries_are_told_when_they_are_completed(emulator, fired, monkeypatch):
    emulator.configure(token_lifetime_s=10**7)
    clocks = Clocks(emulator, monkeypatch)
    clocks.move_to_noon()
    source = emulator.add("data_sources", {"name": "CRM", "integrationCode": "crm", "outboundS2S": True})
    destination = {"name": "Partner", "destinationType": "S2S", "dataSourceId": source["dataSourceId"]}
    key = int(emulator.add("destinations", destination)["destinationId"])
    watching = AAMDeliveryWatcher(destination=key, poll_interval=0)
    store = Store()
    assert fired(watching, Stores(store), HISTORY) == []
    events = fired(watching, Stores(store), HISTORY, clocks.move_by_a_day, clocks.move_by_a_day)
    assert [len(event["deliveries"]) for event in events] == [1, 1]
    assert events[0]["destination"] == key
    assert {"file", "success", "received", "sent", "begun_at", "ended_at"} == {*events[0]["deliveries"][0]}
    assert events[0]["deliveries"][0]["success"] is True
    assert fired(watching, Stores(store), HISTORY) == []
