"""A watched folder over time: when each file is picked up, and when its figures and members show."""

from __future__ import annotations

import asyncio
import math
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from airflow_provider_aam.emulator.inbound.intake import Intake
from airflow_provider_aam.emulator.inbound.names import OURS, Name, Unusable, read_name
from airflow_provider_aam.emulator.inbound.outcome import Outcome, apply, report
from airflow_provider_aam.emulator.inbound.store import Store, Upload

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from airflow_provider_aam.emulator.core.state import State

LOOK_EVERY_S = 1.0
"""Of real time; `advance` looks as well, before and after. A file that did not change for so long is complete."""


@dataclass
class Watched:
    """A file of the folder. Times are the emulator's; `status` is waiting, picked up, processed or rejected."""

    upload: Upload
    seen_s: float
    status: str = "waiting"
    reason: str | None = None
    picked_up_s: float = 0.0
    name: Name | None = None
    outcome: Outcome = field(default_factory=Outcome)

    def as_json(self) -> dict[str, Any]:
        """What the control plane shows of it."""
        return {"path": self.upload.path, "name": self.upload.name, "status": self.status, "reason": self.reason}


class Inbound:
    """What `settings` call `inbound_…` is looked at when a file is due, so a test may change it until then."""

    def __init__(self, state: State, store: Store) -> None:
        self._state, self._store = state, store
        self._began_s = state.clock.now_s()
        self._files: dict[Upload, Watched] = {}
        self._one_at_a_time = asyncio.Lock()
        self._looking: asyncio.Task[None] | None = None
        self.trouble: str | None = None

    def as_json(self) -> dict[str, Any]:
        """What it has seen, and why it could not look the last time."""
        return {"files": [each.as_json() for each in self._files.values()], "trouble": self.trouble}

    def keep_looking(self) -> None:
        """Look again and again, for as long as the state has this folder."""
        self._looking = asyncio.create_task(self._keep_looking())

    async def look(self) -> None:
        """Do all that is due by now."""
        async with self._one_at_a_time:
            self._note(await asyncio.to_thread(lambda: dict.fromkeys(self._store.uploads())))
            for each in self._due("waiting", self._picked_up_at):
                await self._pick_up(each)
            for each in self._due("picked up", self._processed_at):
                self._process(each)

    def _note(self, uploads: dict[Upload, None]) -> None:
        gone = [upload for upload, file in self._files.items() if file.status == "waiting" and upload not in uploads]
        for upload in gone:
            del self._files[upload]
        for upload in uploads:
            if upload.name.startswith(OURS):
                self._files.setdefault(upload, Watched(upload, self._state.clock.now_s()))

    async def _keep_looking(self) -> None:
        while self._state.inbound is self:
            try:
                await self.look()
                self.trouble = None
            except Exception as error:  # noqa: BLE001 - a store that is down for a while, with errors of its own
                self.trouble = f"{type(error).__name__}: {error}"
            await asyncio.sleep(LOOK_EVERY_S)

    def _due(self, status: str, at: Callable[[Watched], float]) -> Iterable[Watched]:
        now = self._state.clock.now_s()
        due = [each for each in self._files.values() if each.status == status and at(each) <= now]
        return sorted(due, key=lambda each: (at(each), each.upload.path))

    def _picked_up_at(self, file: Watched) -> float:
        settings, name = self._state.settings, file.upload.name
        if _matches(name, settings.inbound_ignored):
            return math.inf
        late_s = max((late for form, late in settings.inbound_late_s.items() if _matches(name, [form])), default=0.0)
        every_s, complete_s = settings.inbound_every_s, file.seen_s - self._began_s + LOOK_EVERY_S
        next_run_s = math.ceil(complete_s / every_s) * every_s if every_s else complete_s
        return self._began_s + next_run_s + late_s

    def _processed_at(self, file: Watched) -> float:
        return file.picked_up_s + self._state.settings.inbound_report_after_s

    async def _pick_up(self, file: Watched) -> None:
        upload = file.upload
        try:
            await self._read(file)
        except Unusable as unusable:
            await asyncio.to_thread(self._store.remove, upload)
            file.status, file.reason = "rejected", str(unusable)
            return
        if not _matches(upload.name, self._state.settings.inbound_lost_markers):
            await asyncio.to_thread(self._store.mark, upload)
        file.picked_up_s, file.status = self._picked_up_at(file), "picked up"

    async def _read(self, file: Watched) -> None:
        settings, upload = self._state.settings, file.upload
        if _matches(upload.name, settings.inbound_rejected):
            raise Unusable("a test wants it so")
        file.name = read_name(upload.name)
        intake = Intake(self._state, file.name, settings.inbound_failing)
        file.outcome = await asyncio.to_thread(lambda: intake.read(self._store.read(upload)))

    def _process(self, file: Watched) -> None:
        if self._state.inbound is not self or file.name is None:
            return
        at_ms = int(self._processed_at(file) * 1000)
        apply(self._state, file.name, file.outcome, at_ms=at_ms)
        report(self._state, file.name, file.upload.name, file.outcome, begun_ms=int(file.picked_up_s * 1000))
        file.outcome = Outcome(file.outcome.counts)
        file.status = "processed"


async def watch(state: State, url: str, options: dict[str, Any]) -> None:
    """Watch another folder from now on, or this one again. Raises what its filesystem does when it cannot be read."""
    inbound = Inbound(state, await asyncio.to_thread(Store, url, options))
    await inbound.look()
    state.inbound = inbound
    inbound.keep_looking()


def _matches(name: str, forms: Iterable[str]) -> bool:
    return any(fnmatchcase(name, form) for form in forms)
