"""A process that applies a plan is killed at some write, once or several times; the next run ends it all the same."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from signal import SIGKILL
from typing import Any

import pytest

from airflow_provider_aam.catalog.applying.push import make_plan
from airflow_provider_aam.catalog.exporting.export import export_catalog
from airflow_provider_aam.catalog.kinds import KINDS
from airflow_provider_aam.catalog.plan.plan import Plan
from catalog.accounts import described, options, rows, seed
from catalog.crashed_account import AFTER, BEFORE
from catalog.crashing import Proxy, Trouble, apply_file, connect, push_files, run_until_killed, running_proxy

KILLS: tuple[Trouble, ...] = ("kill before", "kill after")
RESETS: tuple[Trouble, ...] = ("reset before", "reset after")
PLANNED = range(60)
PUSHED = range(100, 120)
NUMBERS = [
    number if number % 5 == 0 else pytest.param(number, marks=pytest.mark.slow) for number in (*PLANNED, *PUSHED)
]


@dataclass(frozen=True)
class Scene:
    """The account before, the catalog and the plan that lead to the account after."""

    proxy: Proxy
    emulator: Any
    connection: dict[str, Any]
    catalog: Path
    plan: Path
    writes: int
    wanted: dict[str, list[str]]

    def begin(self) -> None:
        self.proxy.forget()
        seed(self.emulator, BEFORE)

    def work(self, seeded: random.Random, *, planned: bool) -> tuple[Any, ...]:
        threads = seeded.choice((1, 4))
        return (
            (apply_file, self.connection, self.plan, threads)
            if planned
            else (push_files, self.connection, self.catalog, threads)
        )


@pytest.fixture(scope="module")
def scene(emulator_server: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """With the state that an undisturbed run of the same plan leaves, and the writes that it takes."""
    folder = tmp_path_factory.mktemp("crash")
    with running_proxy(emulator_server.url) as proxy:
        told = emulator_server.connection("oauth_server_to_server")
        connection = {
            "login": told["login"],
            "password": told["password"],
            "host": proxy.url,
            "extra": told["extra"] | {"ims_url": proxy.url},
        }
        with connect(connection) as client:
            seed(emulator_server, AFTER)
            export_catalog(client, folder / "catalog")
            wanted = described(emulator_server)
            seed(emulator_server, BEFORE)
            catalog = rows(folder / "catalog")
            make_plan(
                client,
                catalog,
                options(catalog),
                source="B",
                plan_path=folder / "plan.json",
                now=datetime.now(UTC),
            )
        proxy.forget()
        apply_file(connection, folder / "plan.json", 4)
        assert described(emulator_server) == wanted
        yield Scene(proxy, emulator_server, connection, folder / "catalog", folder / "plan.json", proxy.writes, wanted)


def disturbances(seeded: random.Random, writes: int) -> dict[int, Trouble]:
    """By number of the write: the kill, and up to three lost connections before it."""
    last = seeded.randint(1, writes)
    troubles: dict[int, Trouble] = {seeded.randint(1, last): seeded.choice(RESETS) for _ in range(seeded.randint(0, 3))}
    return troubles | {last: seeded.choice(KILLS)}


def test_plan_creates_updates_and_deletes_every_kind_that_it_can(scene: Scene) -> None:
    plan = Plan.from_json(scene.plan.read_bytes())
    done = {(change.kind, change.action) for change in plan.changes}
    able = {(kind.name, action) for kind in KINDS.values() for action in kind.acts}
    by_path = {(kind.name, "update") for kind in KINDS.values() if kind.is_tree}
    assert done == able - by_path
    assert scene.writes == len(plan.changes)


@pytest.mark.parametrize("number", NUMBERS)
def test_next_run_ends_what_killed_runs_began(scene: Scene, number: int) -> None:
    seeded = random.Random(number)
    scene.begin()
    work = scene.work(seeded, planned=number in PLANNED)
    left, killed = scene.writes, 0
    for _ in range(seeded.choice((1, 1, 2, 3))):
        if left:
            killed += run_until_killed(scene.proxy, disturbances(seeded, left), *work) == -SIGKILL
            left -= min(left, scene.proxy.writes)
    assert killed
    scene.proxy.forget()
    do, *args = work
    do(*args)
    assert described(scene.emulator) == scene.wanted
    scene.proxy.forget()
    do(*args)
    assert scene.proxy.writes == 0


@pytest.mark.parametrize("number", range(4))
def test_run_that_loses_the_connection_at_every_second_write_ends_by_itself(scene: Scene, number: int) -> None:
    seeded = random.Random(number)
    scene.begin()
    scene.proxy.troubles = {at: seeded.choice(RESETS) for at in range(1, 4 * scene.writes, 2)}
    apply_file(scene.connection, scene.plan, threads=1)
    assert described(scene.emulator) == scene.wanted
