"""The message about a task, handed to whatever sends messages."""

from __future__ import annotations

import asyncio
import copy
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from airflow_provider_aam.compat.notifiers import BaseNotifier

if TYPE_CHECKING:
    from airflow_provider_aam.compat import Context


_LOST = (
    "failed without an error of its own: its process went away (killed, out of memory, a lost worker). What it did in "
    "AAM until then stays. See its log, and that of Airflow's scheduler."
)
"""Airflow 3 then calls back from the DAG processor, with neither an exception nor a state."""


class AAMNotifier(BaseNotifier):
    """Say in one message what a task of this package did, or why it failed, and hand that to another notifier.

    For ``on_success_callback``, ``on_failure_callback`` and ``on_retry_callback`` of a task, and for a DAG's. Of a
    task that failed the message is the error, which says whether AAM was changed and what to do; of one that succeeded
    it is its receipt, plan, drift or verdict. Below are the DAG, the task, the run and the address of the log.

    :param send: another notifier, whose templates then know ``{{ aam_message }}`` and ``{{ aam_title }}`` (one line);
        or a callable that takes the message.
    """

    def __init__(self, send: BaseNotifier | Callable[[str], object], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.send = send

    def notify(self, context: Context) -> None:
        title, message = render(context)
        if isinstance(self.send, BaseNotifier):
            known: Any = context  # not copied: on Airflow 2.11 a copy reads, and warns of, every deprecated key
            known.update(aam_title=title, aam_message=message)
            copy.copy(self.send)(context)  # a notifier keeps what it has rendered
        else:
            self.send(message)

    async def async_notify(self, context: Context) -> None:
        """For callbacks that run in the triggerer."""
        await asyncio.to_thread(self.notify, context)


def render(context: Context) -> tuple[str, str]:
    """Title (one line) and message about the task, or the DAG, whose callback has this context."""
    from airflow_provider_aam.api.visible import one_line, visible
    from airflow_provider_aam.notifications.text import describe, shorten

    if "reason" in context or context.get("ti") is None:
        dag = context.get("dag")
        reason = context.get("reason")
        text = f"DAG {getattr(dag, 'dag_id', 'unknown')}{f': {reason}' if reason else ''}"
    elif context.get("exception") is not None:
        text = f"{context['ti'].task_id} failed: {context['exception']}"
    elif context["ti"].state == "success":
        text = describe(_returned(context["ti"])) or f"{context['ti'].task_id} succeeded"
    elif context["ti"].state in (None, "failed", "up_for_retry"):
        text = f"{context['ti'].task_id} {_LOST}"
    else:
        text = f"{context['ti'].task_id}: {context['ti'].state}"
    text = shorten(visible(text))
    return one_line(text.partition("\n")[0]), "\n".join([text, *_where(context)])


def _returned(ti: Any) -> object:
    return ti.xcom_pull(task_ids=ti.task_id, map_indexes=ti.map_index)


def _where(context: Context) -> Iterator[str]:
    ti, run = context.get("ti"), context.get("dag_run")
    if ti is not None and "reason" not in context:  # else it is of the task that ended last
        number = f"[{ti.map_index}]" if ti.map_index is not None and ti.map_index >= 0 else ""
        yield f"DAG {ti.dag_id}, task {ti.task_id}{number}, run {ti.run_id}, try {ti.try_number}"
        yield f"Log: {ti.log_url}"
    elif run is not None:
        yield f"Run {run.run_id}"
