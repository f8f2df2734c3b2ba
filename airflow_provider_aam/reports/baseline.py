"""The populations that were last accepted, kept in a JSON file between checks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

import msgspec

from airflow_provider_aam.api.errors import AAMArgumentError, AAMDestinationError
from airflow_provider_aam.api.visible import one_line
from airflow_provider_aam.files.staging import Destination, stage
from airflow_provider_aam.reports.populations import Population


@dataclass(frozen=True, kw_only=True)
class Baseline:
    """The file's content: ``{"kind", "metric", "accepted_at", "populations": [{"sid", "code", "name", "value"}]}``."""

    kind: str
    metric: str
    accepted_at: datetime
    populations: tuple[Population, ...]

    @property
    def by_sid(self) -> Mapping[int, Population]:
        return {each.sid: each for each in self.populations if each.sid is not None}


def read_baseline(path: Destination, *, kind: str, metric: str) -> Baseline | None:
    """``None`` when there is no such file. Raises :class:`AAMArgumentError` for a file that is not of this check."""
    try:
        content = path.read_bytes()  # type: ignore[union-attr]
    except FileNotFoundError:
        return None
    except (PermissionError, IsADirectoryError, NotADirectoryError) as refused:
        raise AAMDestinationError(
            f"baseline {path} cannot be read: {type(refused).__name__}: {refused}. Check the path, and whether the "
            "task's user or the baseline's connection has access to it."
        ) from refused
    try:
        baseline = msgspec.json.decode(content, type=Baseline)
    except (msgspec.MsgspecError, UnicodeDecodeError) as foreign:
        raise AAMArgumentError(
            f"baseline {one_line(str(path))} is not a file of a population check ({foreign}). Give another path, "
            "or delete it: the next check then starts a new one."
        ) from foreign
    if (baseline.kind, baseline.metric) != (kind, metric):
        raise AAMArgumentError(
            f"baseline {one_line(f'{path} holds {baseline.metric} of {baseline.kind}')}, this check is about {metric} "
            f"of {kind}. Each check needs a baseline of its own: give another path, or remove the file to start over."
        )
    return baseline


def write_baseline(
    path: Destination, populations: Iterable[Population], *, kind: str, metric: str, now: datetime
) -> str:
    """Put it in place of an older one, complete or not at all. Returns its URI."""
    baseline = Baseline(kind=kind, metric=metric, accepted_at=now, populations=tuple(populations))
    with stage(path) as staged:
        text = msgspec.json.encode(baseline, enc_hook=datetime.isoformat)  # msgspec does not know pendulum's DateTime
        staged.local.write_bytes(msgspec.json.format(text, indent=1) + b"\n")
        staged.publish()
        return staged.uri
