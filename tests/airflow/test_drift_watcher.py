"""The drift watcher: what it tells, what it has told already, and what it does not mind."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from watched import Store, Stores, fired_by, hurry

from airflow_provider_aam.api.errors import AAMArgumentError
from airflow_provider_aam.compat import AIRFLOW_V_3_0_PLUS
from airflow_provider_aam.triggers.watchers import AAMDriftWatcher

pytestmark = pytest.mark.skipif(not AIRFLOW_V_3_0_PLUS, reason="Airflow 2 has no watchers")
LOOK = "GET /v1/users/self"
"""Each look that succeeds asks once for it."""
TRAITS = "GET /v1/traits"
WITHIN = {"prune": True, "prune_scope": {"dataSource": "web"}}
TRAIT = {"traitType": "ON_BOARDED_TRAIT", "folderId": 0, "ttl": 30, "description": "ours"}
ROW = "- {name: One, integrationCode: one, traitType: ON_BOARDED_TRAIT, dataSource: web, folder: /, ttl: 30"
CATALOG = f"{ROW}, description: ours}}\n"


class Account:
    """A data source with the trait that the catalog describes. Its methods make steps."""

    def __init__(self, emulator: Any, client: Any) -> None:
        source = emulator.add("data_sources", {"name": "Web", "integrationCode": "web"})
        self._emulator, self._traits = emulator, client.traits
        self._trait = {**TRAIT, "dataSourceId": source["dataSourceId"]}
        self._sids: dict[str, int] = {}
        self.added("One")()

    def added(self, *names: str) -> Callable[[], None]:
        traits = [{**self._trait, "name": name, "integrationCode": name.lower()} for name in names]
        return lambda: self._sids.update({each["name"]: each["sid"] for each in self._emulator.add("traits", traits)})

    def edited(self, **fields: Any) -> Callable[[], Any]:
        trait = {**self._trait, "name": "One", "integrationCode": "one", **fields}
        return lambda: self._traits.update(self._sids["One"], trait)

    def deleted(self, name: str) -> Callable[[], Any]:
        return lambda: self._traits.delete(self._sids[name])


@pytest.fixture(autouse=True)
def account(emulator, connect, monkeypatch) -> Account:
    hurry(emulator, monkeypatch)
    return Account(emulator, connect())


@pytest.fixture
def catalog(tmp_path) -> Path:
    path = tmp_path / "traits.yaml"
    path.write_text(CATALOG)
    return path


@pytest.fixture
def fired(emulator, caplog) -> Callable[..., list[dict[str, Any]]]:
    looks = lambda: emulator.count(LOOK) + caplog.text.count("looks again")  # noqa: E731
    return lambda watcher, store, *steps: fired_by(watcher, Stores(store), looks, *steps)


def watcher(catalog: Path, **more: Any) -> AAMDriftWatcher:
    return AAMDriftWatcher(source=str(catalog), **{"poll_interval": 0, **more})


def lines(events: list[dict[str, Any]]) -> list[list[str]]:
    return [event["differences"] for event in events]


def test_drift_is_told_once_and_again_when_it_comes_back(emulator, account, catalog, fired):
    steps = [account.edited(ttl=90), account.edited(), account.edited(ttl=90)]
    events = fired(watcher(catalog), Store(), *steps)
    line = "~ trait web/one “One”: ttl: 90 → 30"
    assert lines(events) == [[line], [line]]
    assert {**events[0], "asked_at": None} == {
        "source": str(catalog),
        "create": 0,
        "update": 1,
        "delete": 0,
        "new": 1,
        "differences": [line],
        "asked_at": None,
    }
    emulator_saw = {each["method"] for each in emulator.requests if each["path"].startswith("/v1/")}
    assert emulator_saw == {"GET", "PUT"}  # the steps' own


def test_what_differs_already_is_not_told_and_another_field_or_value_is(account, catalog, fired):
    account.edited(ttl=90)()
    steps = [
        account.edited(ttl=90, description="theirs"),
        account.edited(ttl=90),  # one of two has gone
        account.edited(ttl=60),
    ]
    events = fired(watcher(catalog), Store(), *steps)
    assert lines(events) == [
        ["~ trait web/one “One”: ttl: 90 → 30; description: “theirs” → “ours”"],
        ["~ trait web/one “One”: ttl: 60 → 30"],
    ]


def test_objects_too_many_and_too_few_are_told(account, catalog, fired):
    steps = [account.added("Two", "Three"), account.deleted("One")]
    events = fired(watcher(catalog, **WITHIN), Store(), *steps)
    assert sorted(lines(events)[0]) == ["- trait web/three “Three”", "- trait web/two “Two”"]
    assert [line[:24] for line in lines(events)[1]] == ["+ trait web/one “One”: t"]
    assert [(event["new"], event["create"], event["delete"]) for event in events] == [(2, 0, 2), (1, 1, 2)]


def test_goes_on_where_another_triggerer_was(account, catalog, fired):
    store = Store()
    assert fired(watcher(catalog), store) == []
    account.edited(ttl=90)()  # while there is no triggerer
    assert len(fired(watcher(catalog), store)) == 1
    assert fired(watcher(catalog), store) == []


def test_trouble_of_any_kind_forgets_nothing(emulator, account, catalog, fired, caplog):
    account.edited(ttl=90)()
    steps = [
        partial(catalog.write_text, "- {name: 'One}"),
        catalog.unlink,
        partial(catalog.write_text, "[]"),
        partial(catalog.write_text, CATALOG),
        partial(emulator.trouble, TRAITS, "status", times=None, status=503),
        emulator.clear_trouble,
        account.edited(ttl=60),
    ]
    assert lines(fired(watcher(catalog), Store(), *steps)) == [["~ trait web/one “One”: ttl: 60 → 30"]]
    assert f"aam_default-drift-traits_yaml-{'0' * 12}" in _without_digest(caplog.text)
    for said in ("traits.yaml:1: is not YAML", "No such file", "describes no objects", "503"):
        assert said in caplog.text, said


def _without_digest(text: str) -> str:
    return re.sub(r"-[0-9a-f]{12}\b", f"-{'0' * 12}", text)


def test_watchers_of_one_source_look_together(emulator, account, catalog):
    account.edited(ttl=90)()
    watchers = [watcher(catalog, poll_interval=3600) for _ in range(20)]
    watchers.append(watcher(catalog, poll_interval=3600, match_on="integrationCode"))

    def two_looks() -> None:
        while emulator.count(LOOK) < 2:
            time.sleep(0.05)

    async def together() -> None:
        running = [asyncio.ensure_future(anext(aiter(each.run()))) for each in watchers]
        await asyncio.to_thread(two_looks)
        await asyncio.sleep(1)  # for a look too many
        for each in running:
            each.cancel()

    asyncio.run(asyncio.wait_for(together(), 60))
    assert (emulator.count(LOOK), emulator.count("POST /ims/token/v3")) == (2, 1)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"kind": "cats"}, "kind is 'cats'"),
        ({"match_on": "code"}, "match_on is 'code'"),
        ({"prune_scope": {"folder": "/"}}, "prune is off"),
        ({"prune": True}, "prune scope"),
        ({"source": [{"name": "a row"}]}, "source of AAMDriftWatcher must be the URI"),
        ({"source": []}, "source of AAMDriftWatcher must be the URI"),
    ],
)
def test_arguments_that_cannot_be_are_an_import_error_of_the_dag(arguments, said):
    with pytest.raises(AAMArgumentError, match=said):
        AAMDriftWatcher(**{"source": "traits.yaml", **arguments})
