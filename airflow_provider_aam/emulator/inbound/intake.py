"""One inbound file read against the account: a record is stored, or counted in one category of the status report."""

from __future__ import annotations

import gzip
import re
import zlib
from collections import Counter
from typing import TYPE_CHECKING

from airflow_provider_aam.emulator.inbound.ids import Ids, ids_of
from airflow_provider_aam.emulator.inbound.lines import LONGEST, MOST_PER_USER, Item, Malformed, read_line
from airflow_provider_aam.emulator.inbound.names import Name, Unusable
from airflow_provider_aam.emulator.inbound.outcome import Outcome

if TYPE_CHECKING:
    from collections.abc import Mapping

    from airflow_provider_aam.emulator.core.state import State
    from airflow_provider_aam.emulator.settings import Category

_ONE_EQUALITY = re.compile(r'\s*"?([^"\s=]+)"?\s*==\s*"?([^"]+?)"?\s*')
_MOST_EMAILS = 10


class Intake:
    """What of the account is needed to read files of one name; it is copied, so that reading can run in a thread.

    `failing` are shares of records by category, spread evenly over the file.
    """

    def __init__(self, state: State, name: Name, failing: Mapping[Category, float]) -> None:
        rows = state.collections["data_sources"].rows
        unknown = [source for source in name.sources if ids_of(source, rows.get(source)) is None]
        if name.target is not None and name.target not in rows:
            unknown.append(name.target)
        if unknown:
            raise Unusable(f"data source {unknown[0]} does not exist")
        self._columns = [ids for source in name.sources if (ids := ids_of(source, rows.get(source)))]
        onboarded = [
            row
            for row in state.collections["traits"].rows.values()
            if row["dataSourceId"] == name.target and row["traitType"] == "ON_BOARDED_TRAIT"
        ]
        self._sids = {row["sid"] for row in onboarded}
        self._signals: dict[tuple[str, str], set[int]] = {}
        for row in onboarded:
            if row["integrationCode"]:
                self._signals.setdefault(("ic", row["integrationCode"].casefold()), set()).add(row["sid"])
            if found := _ONE_EQUALITY.fullmatch(row["traitRule"] or ""):
                self._signals.setdefault((found[1].casefold(), found[2].casefold()), set()).add(row["sid"])
        self._name = name
        self._failing = failing

    def read(self, content: bytes) -> Outcome:
        """Return what becomes of a file. Raises `Unusable`."""
        outcome, lines_of, script = Outcome(), Counter[str](), _Script(self._failing)
        for line in _lines(content, self._name.packing):
            user = line.partition("\t")[0]
            lines_of[user] += 1
            if lines_of[user] > MOST_PER_USER or len(line.encode()) > LONGEST:
                continue  # discarded; that it is not counted as received is inferred
            outcome.counts["receivedRecords"] += 1
            if category := script.next() or self._take(line, outcome):
                outcome.failed(category, line)
        return outcome

    def _take(self, line: str, outcome: Outcome) -> str | None:
        """Take a record in, or return the category of what is wrong with it."""
        if self._name.target is None:
            return self._id_sync_fault(line)
        try:
            user, items = read_line(line, may_be_empty=self._name.mode == "overwrite")
        except Malformed:
            return "formatErrors"
        if not self._columns[0].take(user):
            return self._columns[0].category
        return None if self._store((self._name.sources[0], user), items, outcome) else "noTraitRealized"

    def _store(self, user: tuple[int, str], items: tuple[Item, ...], outcome: Outcome) -> bool:
        """Whether a trait is gained or lost, or the record says that there is none."""
        gains: set[int] = set()
        losses: set[int] = set()
        for item in items:
            if item.sid and item.sid not in self._sids:
                outcome.counts["totalTraitsFailedValidation"] += 1
            elif item.removed:
                losses |= {item.sid} if self._name.mode == "sync" else set()
            elif item.sid:
                gains.add(item.sid)
            else:
                outcome.counts["totalSignals"] += 1
                realized = self._signals.get(item.signal, set())
                outcome.counts["totalUnusedSignals"] += not realized
                gains |= realized
        if items and not gains and not losses:
            return False
        outcome.counts["totalRealizedTraits"] += len(gains)
        outcome.counts["totalRemovedTraits"] += len(losses)
        outcome.gains.setdefault(user, set()).update(gains)
        outcome.losses.setdefault(user, set()).update(losses)
        return True

    def _id_sync_fault(self, line: str) -> str | None:
        ids = line.split("\t")
        columns: list[Ids] = self._columns
        if line != line.rstrip(" \t") or len(ids) < len(columns):
            return "formatErrors"
        if len(ids) > len(columns):
            if len(columns) != 2 or len(ids) > 1 + _MOST_EMAILS:
                return "formatErrors"
            columns = [columns[0], *[columns[1]] * (len(ids) - 1)]
        return next((each.category for each, text in zip(columns, ids, strict=True) if not each.take(text)), None)


def _lines(content: bytes, packing: str) -> list[str]:
    if packing == ".gz":
        try:
            content = gzip.decompress(content)
        except (OSError, EOFError, zlib.error) as error:
            raise Unusable(f"not gzip: {error}") from None
    elif packing:
        raise Unusable("the emulator cannot decrypt files")
    if not content:
        raise Unusable("the file is empty")
    try:
        return content.decode().removesuffix("\n").split("\n")
    except UnicodeDecodeError:
        raise Unusable("neither ASCII nor UTF-8") from None


class _Script:
    """Which records fail because a test wants it: their shares of all, rounded, and evenly spread."""

    def __init__(self, shares: Mapping[Category, float]) -> None:
        self._shares = shares
        self._owed = dict.fromkeys(shares, 0.5)

    def next(self) -> str | None:
        """The category of the next record, if it is to fail."""
        for category, share in self._shares.items():
            self._owed[category] += share
        due = next((category for category, owed in self._owed.items() if owed > 1 - 1e-9), None)
        if due is not None:
            self._owed[due] -= 1
        return due
