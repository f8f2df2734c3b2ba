"""What becomes of one inbound file: the figures of the status report, and who gains and loses which traits."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from airflow_provider_aam.emulator.aam.datasources.service import HISTORY, REPORT_CATEGORIES
from airflow_provider_aam.emulator.aam.traits.members import join, leave
from airflow_provider_aam.emulator.core.state import PID

if TYPE_CHECKING:
    from airflow_provider_aam.emulator.core.state import State, User
    from airflow_provider_aam.emulator.inbound.names import Name

MOST_SAMPLES = 10
"""Of each category [doc: "Onboarding status report"]."""
_TAKES_MS = 600_000


@dataclass
class Outcome:
    """`gains` and `losses` are sids by user; a user of an overwrite file is in `gains` without a trait as well."""

    counts: Counter[str] = field(default_factory=Counter)
    samples: dict[str, list[str]] = field(default_factory=dict)
    gains: dict[User, set[int]] = field(default_factory=dict)
    losses: dict[User, set[int]] = field(default_factory=dict)

    def failed(self, category: str, line: str) -> None:
        """Count a record of a category of the report, and keep the first ones."""
        self.counts[category] += 1
        if len(samples := self.samples.setdefault(category, [])) < MOST_SAMPLES:
            samples.append(line)


def apply(state: State, name: Name, outcome: Outcome, *, at_ms: int) -> None:
    """Change who has which trait."""
    for user, sids in outcome.losses.items():
        leave(state, user, sids)
    if name.mode == "overwrite":
        traits = state.collections["traits"].rows
        owned = {sid for sid in state.members if sid in traits and traits[sid]["dataSourceId"] == name.target}
        for user in outcome.gains:
            leave(state, user, owned)
    for user, sids in outcome.gains.items():
        join(state, user, sids, at_ms)


def report(state: State, name: Name, file_name: str, outcome: Outcome, *, begun_ms: int) -> None:
    """Add the file to the inbound history. Who asks for any of its data sources sees it (inferred)."""
    sources = [*name.sources, *([] if name.target is None else [name.target])]
    known = state.collections["data_sources"].rows
    shown = next((source for source in sources if source in known), sources[0])
    sampled = any(known[source]["samplingEnabled"] for source in sources if source in known)
    counts = outcome.counts
    stored = counts["receivedRecords"] - sum(counts[category] for category in REPORT_CATEGORIES)
    row: dict[str, Any] = {
        "historyId": state.next_id(HISTORY.name),
        "pid": PID,
        "dataSourceId": shown,
        "dataSourceIds": sources,
        "dataFileName": file_name,
        "syncType": "FULL" if name.mode == "overwrite" else "ITERATIVE",
        "startTime": begun_ms,
        "endTime": begun_ms + _TAKES_MS,
        "success": True,
        **counts,
        "attemptedRecords": counts["receivedRecords"],
        "successRecords": stored,
        "failedRecords": counts["receivedRecords"] - stored,
        "samplingDetails": [
            {"errorType": category, "samples": samples} for category, samples in outcome.samples.items() if sampled
        ],
    }
    HISTORY.collection(state).put(row)
