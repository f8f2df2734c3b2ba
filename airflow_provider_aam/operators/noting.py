"""How a task ended, for the page *Browse → Audience Manager*."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from airflow_provider_aam.api.errors import AAMError, AAMPushFailed
from airflow_provider_aam.compat import AIRFLOW_V_3_3_PLUS, Context

if TYPE_CHECKING:
    from pendulum import DateTime

    from airflow_provider_aam.catalog import Plan
    from airflow_provider_aam.files.notes import PlanText
    from airflow_provider_aam.operators.base import AAMOperator

log = logging.getLogger(__name__)

LONGEST_ERROR = 4_000


@dataclass
class Ended:
    result: Any = None


@contextmanager
def noting(operator: AAMOperator, context: Context) -> Iterator[Ended]:
    """Leave a note of what the block put into ``result``, or of the error that it raised."""
    if operator.shown_as is None or not AIRFLOW_V_3_3_PLUS or "ti" not in context:
        yield Ended()
        return
    from airflow_provider_aam.api.moments import utc_now

    ended, started_at = Ended(), utc_now()
    try:
        yield ended
    except AAMError as error:
        outcomes = {"outcomes": error.counts} if isinstance(error, AAMPushFailed) else {}
        _leave(operator, context, started_at, outcomes, error=error.message[:LONGEST_ERROR])
        raise
    _leave(operator, context, started_at, ended.result)


def _leave(operator: AAMOperator, context: Context, started_at: DateTime, result: Any, *, error: Any = None) -> None:
    from airflow_provider_aam.api.moments import utc_now
    from airflow_provider_aam.files.notes import Note, Task, leave_note
    from airflow_provider_aam.hooks.page import page_folder

    now, task = utc_now(), context["ti"]
    names = ("dag_id", "run_id", "task_id", "map_index", "try_number")
    try:
        note = Note(
            kind=operator.shown_as,  # type: ignore[arg-type]
            at=now,
            seconds=(now - started_at).total_seconds(),
            task=Task(**{name: getattr(task, name) for name in names}),
            result={name: value for name, value in result.items() if name != "summary"},
            error=error,
            plan=_text_of(operator.shown_plan) if operator.shown_plan else None,
        )
        leave_note(page_folder(operator.aam_conn_id), note)
    except Exception as failure:  # noqa: BLE001 - whatever a storage raises, a page is no reason to fail a task
        log.warning("The page Browse > Audience Manager will not show this run: %s", failure)


def _text_of(plan: Plan) -> PlanText:
    from airflow_provider_aam.catalog import render_plan, sha256_of
    from airflow_provider_aam.files.notes import PlanText

    return PlanText(
        sha256=sha256_of(plan),
        counts=plan.counts(),
        counts_by_kind=plan.counts_by_kind(),
        lines=tuple(render_plan(plan)),
    )
