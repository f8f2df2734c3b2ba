"""What the files of one Connection say, read when they are new and kept in memory while they are the newest."""

from __future__ import annotations

import gzip
import threading
import time
from collections.abc import Callable, Iterator
from functools import lru_cache, partial
from typing import Any, TypeVar

import msgspec

from airflow_provider_aam.account.uses import AccountUse
from airflow_provider_aam.api.errors import AAMSourceError
from airflow_provider_aam.api.visible import one_line
from airflow_provider_aam.files.notes import KEPT, KINDS, Note, read_note
from airflow_provider_aam.files.page_files import ACCOUNT, LISTS
from airflow_provider_aam.files.refusals import UNREADABLE, reason
from airflow_provider_aam.files.shelf import Shelved, newest_and_earlier, shelved
from airflow_provider_aam.ui.populations import PopulationIndex, Query, read_index
from airflow_provider_aam.ui.runs import show_note, show_plan

T = TypeVar("T")
FRESH_S = 5.0
"""For so long a folder is not looked into again: object stores take their time to list one."""
MOST_SHOWN = 12
"""Notes of each kind in the overview."""


class PageFolder:
    """``open_folder`` opens it again each time, so that no file system takes what it remembers for the present."""

    def __init__(self, open_folder: Callable[[], Any], *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._open = open_folder
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._files: list[Shelved] = []
        self._looked_at = -FRESH_S
        self._indexes: dict[str, tuple[tuple[str, ...], PopulationIndex]] = {}
        self._note = lru_cache(KEPT * len(KINDS))(self._read_note)

    def overview(self) -> dict[str, Any]:
        """``account`` (``None`` before the first refresh), ``lists`` (their dates), ``notes`` (newest first)."""
        return self._again_if_replaced(self._overview)

    def find(self, name: str, query: Query) -> dict[str, Any]:
        """Rows of a list; none before the first refresh."""
        index = self._again_if_replaced(partial(self._index, name))
        return index.find(query) if index else {"total": 0, "rows": []}

    def _again_if_replaced(self, read: Callable[[], T]) -> T:
        """A refresh deletes what it replaces, which may have been listed a moment before."""
        try:
            return read()
        except FileNotFoundError:
            self._looked_at = -FRESH_S
            return read()

    def _overview(self) -> dict[str, Any]:
        return {
            "account": self._account(),
            "lists": {name: self._dates(name) for name in LISTS},
            "notes": {kind: [*self._notes(kind)] for kind in KINDS},
        }

    def plan(self, wanted: str) -> dict[str, Any] | None:
        """The plan of the newest note with this ``sha256``, or of the note with this name."""
        for file in self._of(*KINDS):
            if wanted == file.name or wanted in self._sha256_of(file):
                note = read_note(file)
                if note is None or note.plan is None:
                    return None
                return show_plan(note.plan) | {"note": show_note(file.name, note, self._applied())}
        return None

    def _applied(self) -> dict[str, dict[str, Any]]:
        """The newest run that has applied a plan, by the sha256 of the plan's file."""
        notes = ((file.name, self._note(file.name)) for file in reversed(self._of("push")))
        return {str(note.result.get("plan_sha256")): show_note(name, note) for name, note in notes if note}

    def _sha256_of(self, file: Shelved) -> tuple[str, ...]:
        note = self._note(file.name)
        return (note.plan.sha256,) if note and note.plan else ()

    def _notes(self, kind: str) -> Iterator[dict[str, Any]]:
        applied = self._applied() if kind in ("plan", "drift") else {}
        for file in self._of(kind)[:MOST_SHOWN]:
            if note := self._note(file.name):
                yield show_note(file.name, note, applied)

    def _read_note(self, name: str) -> Note | None:
        """To be kept in memory: without the lines of its plan, which may be very many."""
        note = next((read_note(file) for file in self._listed() if file.name == name), None)
        if note is None or note.plan is None:
            return note
        return msgspec.structs.replace(note, plan=msgspec.structs.replace(note.plan, lines=()))

    def _account(self) -> dict[str, Any] | None:
        read = self._account_use()
        if read is None:
            return None
        file, account = read
        uses = [{**msgspec.to_builtins(use), "type": one_line(use.type)} for use in account.uses]
        return {"at": file.at.isoformat(), "pid": account.pid, "host": one_line(account.host), "uses": uses}

    def _account_use(self) -> tuple[Shelved, AccountUse] | None:
        for file in self._of(ACCOUNT)[:1]:
            try:
                return file, msgspec.json.decode(file.path.read_bytes(), type=AccountUse)
            except msgspec.MsgspecError:
                return None
        return None

    def _dates(self, name: str) -> dict[str, Any] | None:
        files = newest_and_earlier(self._of(name))
        if not files:
            return None
        return {"at": files[0].at.isoformat(), "before": files[1].at.isoformat() if len(files) > 1 else None}

    def _index(self, name: str) -> PopulationIndex | None:
        files = newest_and_earlier(self._of(name))
        names = tuple(file.name for file in files)
        if not files:
            return None
        with self._lock:
            if name not in self._indexes or self._indexes[name][0] != names:
                read = self._account_use()
                contents = [_lines_of(file) for file in files]
                sources = read[1].data_sources if read else {}
                index = read_index(name, contents[0], contents[1] if len(contents) > 1 else None, sources)
                self._indexes[name] = names, index
            return self._indexes[name][1]

    def _of(self, *kinds: str) -> list[Shelved]:
        return [file for file in self._listed() if file.kind in kinds]

    def _listed(self) -> list[Shelved]:
        if self._monotonic() - self._looked_at >= FRESH_S:
            self._files = shelved(self._open())
            self._looked_at = self._monotonic()
        return self._files


def _lines_of(file: Shelved) -> bytes:
    packed = file.path.read_bytes()
    try:
        return gzip.decompress(packed)
    except UNREADABLE as broken:
        raise AAMSourceError(
            f"{file.name} is damaged ({one_line(reason(broken))}). Delete it; AAMRefreshPageOperator writes a new one."
        ) from broken
