"""What is asked about the files of a push: which signs of AAM count, what is good enough, and until when to wait."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, Self, get_args

from airflow_provider_aam.api.errors import AAMArgumentError
from airflow_provider_aam.api.inbound import CATEGORIES
from airflow_provider_aam.api.moments import parse_deadline
from airflow_provider_aam.api.names import near_misses
from airflow_provider_aam.api.plain import Plain
from airflow_provider_aam.members.receipt import MembersReceipt

Signal = Literal["history", "marker", "both", "either"]
SIGNALS: tuple[Signal, ...] = get_args(Signal)
SOFT, HARD = timedelta(hours=24), timedelta(hours=48)
"""AAM fills its report within 24 hours; 48 hours are Adobe's guideline for the whole way to activation."""


@dataclass(frozen=True, kw_only=True)
class Question(Plain):
    """``max_errors``: by category, an integer for records and a float for a share of them. JSON-safe by
    :meth:`as_json`; nothing in it is secret, and both deadlines are moments.
    """

    batch: int
    uris: tuple[str, ...]
    data_source: int
    sent_from: datetime
    soft_deadline: datetime
    hard_deadline: datetime
    signal: Signal
    min_percent_success: float | None
    max_errors: Mapping[str, int | float]

    @classmethod
    def of(
        cls,
        receipt: object,
        *,
        data_source: int | str | None = None,
        signal: str = "history",
        min_percent_success: float | None = None,
        max_errors: Mapping[str, int | float] | None = None,
        soft_deadline: object = SOFT,
        hard_deadline: object = HARD,
    ) -> Self:
        """Deadlines are moments, or durations after the upload.

        The history of the data source that owns the traits is asked unless another is given [inferred: Adobe's report
        is per data source, and a global one is not the customer's]. Raises :class:`AAMArgumentError` with all problems.
        """
        sent = MembersReceipt.from_xcom(receipt)
        problems = [*_limits(signal, min_percent_success, max_errors or {})]
        soft, hard = (
            _deadline(given, sent.finished_at, what, problems)
            for given, what in ((soft_deadline, "soft_deadline"), (hard_deadline, "hard_deadline"))
        )
        if soft is not None and hard is not None and soft > hard:
            problems.append(f"soft_deadline {soft.isoformat()} is after hard_deadline {hard.isoformat()}")
        owner = data_source if data_source is not None else sent.target_data_source or sent.data_source
        if not str(owner).isdecimal():
            problems.append(f"data_source is {owner!r}; expected the id of a data source")
        if problems or soft is None or hard is None:
            raise AAMArgumentError.from_problems("The wait for AAM's verdict", problems)
        return cls(
            batch=sent.batch,
            uris=tuple(file.uri for file in sent.files),
            data_source=int(owner),
            sent_from=sent.started_at,
            soft_deadline=soft,
            hard_deadline=hard,
            signal=signal,  # type: ignore[arg-type]
            min_percent_success=min_percent_success,
            max_errors=max_errors or {},
        )


def _deadline(given: object, sent_at: datetime, what: str, problems: list[str]) -> datetime | None:
    try:
        return parse_deadline(given, sent_at, what=what)
    except AAMArgumentError as refused:
        problems.append(refused.message)
        return None


def _limits(signal: str, least: Any, most: Mapping[str, Any]) -> Iterator[str]:
    if signal not in SIGNALS:
        yield f"signal is {signal!r}; expected {', '.join(map(repr, SIGNALS[:-1]))} or {SIGNALS[-1]!r}"
    elif signal in ("marker", "either") and (least is not None or most):
        yield f"min_percent_success and max_errors need AAM's history: signal is {signal!r}; set 'history' or 'both'"
    if least is not None and not (_is_number(least) and 0 <= least <= 100):
        yield f"min_percent_success is {least!r}; expected a number from 0 to 100"
    elif least is not None and 0 < least < 1:
        yield f"min_percent_success is {least!r}, less than one percent; expected a percentage, like {least * 100:g}"
    if unknown := sorted(str(name) for name in most if name not in CATEGORIES):
        near = near_misses(unknown, CATEGORIES)
        yield f"max_errors has unknown categories {', '.join(unknown)}.{near} Known: {', '.join(CATEGORIES)}"
    for name, limit in most.items():
        if not _is_number(limit) or limit < 0 or (isinstance(limit, float) and limit > 1):
            yield f"max_errors[{name!r}] is {limit!r}; expected an integer of records or a share from 0.0 to 1.0"


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
