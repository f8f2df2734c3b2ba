"""How a task ended, for the page *Browse → Audience Manager*."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from airflow_provider_aam.api.errors import AAMError, AAMPushFailed
from airflow_provider_aam.compat import AIRFLOW_V_3_3_PLUS, Context

if TYPE_CHECKING:
    from datetime import datetime

    from airflow_provider_aam.catalog import Plan
    from airflow_provider_aam.files.notes import NoteKind, PlanText
    from airflow_provider_aam.operators.base import AAMOperator

log = logging.getLogger(__name__)

LONGEST_ERROR = 4_000


@dataclass
class Ended:
    result: Any = None


@contextmanager
def noting(operator: AAMOperator, context: Context) -> Iterator[Ended]:
    """Leave a note of what the block put into ``result``, or of the error that it raised."""
    if operator.shown_as is None:
        yield Ended()
        return
    from airflow_provider_aam.api.moments import utc_now

    ended = Ended()
    tell = partial(leave, context, kind=operator.shown_as, aam_conn_id=operator.aam_conn_id, started_at=utc_now())
    try:
        yield ended
    except AAMError as error:
        done: dict[str, Any] = {}
        if isinstance(error, AAMPushFailed):
            pushed = {"outcomes": error.counts, "plan_sha256": operator.applied_sha256}
            done = pushed if operator.shown_as == "push" else {**error.counts}
        tell(done, error=error, plan=operator.shown_plan)
        raise
    tell(ended.result, plan=operator.shown_plan)


def leave(
    context: Context,
    result: Any,
    *,
    kind: NoteKind,
    aam_conn_id: str,
    started_at: datetime | None = None,
    error: AAMError | None = None,
    plan: Plan | None = None,
) -> None:
    """A note of a task that ends now, and began when Airflow says unless ``started_at`` does."""
    if not AIRFLOW_V_3_3_PLUS or "ti" not in context:
        return
    from airflow_provider_aam.api.moments import utc_now
    from airflow_provider_aam.files.notes import Note, Task, leave_note
    from airflow_provider_aam.hooks.page import page_folder

    now, task = utc_now(), context["ti"]
    names = ("dag_id", "run_id", "task_id", "map_index", "try_number")
    try:
        note = Note(
            kind=kind,
            at=now,
            seconds=now.timestamp() - (started_at or task.start_date).timestamp(),
            task=Task(**{name: getattr(task, name) for name in names}),
            result={name: value for name, value in result.items() if name != "summary"},
            error=None if error is None else error.message[:LONGEST_ERROR],
            plan=_text_of(plan) if plan else None,
        )
        leave_note(page_folder(aam_conn_id), note)
    except Exception as failure:  # noqa: BLE001 - whatever a storage raises, a page never fails a task
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
