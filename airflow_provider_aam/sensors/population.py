"""Waits until the population of a trait or segment passes a bound."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from airflow_provider_aam.api.errors import AAMCheckFailed
from airflow_provider_aam.compat.sensors import PokeReturnValue
from airflow_provider_aam.failures import task_failures
from airflow_provider_aam.operators.base import tell_outlets
from airflow_provider_aam.operators.links import Subject, guiding
from airflow_provider_aam.sensors.base import AAMSensor, raise_failure

if TYPE_CHECKING:
    from airflow_provider_aam.compat import Context
    from airflow_provider_aam.reports.goal import Goal

log = logging.getLogger(__name__)


class AAMPopulationSensor(AAMSensor):
    """Wait until the population of a trait or segment is large or small enough; fail when it is not by the deadline.

    A figure that AAM leaves out is waited for: it does not mean 0. A trait or segment that does not exist fails the
    task at once, and so does the deadline, without Airflow's retries. The deadline is a moment: no retry and no restart
    moves it. Errors of AAM that may pass are logged, and fail the task only after the deadline. Returns ``kind, sid,
    metric, value, at_least, at_most, asked_at`` as XCom; Assets in ``outlets`` get the same in their event's extra. AAM
    is only read.

    :param kind: ``traits`` or ``segments``. (templated)
    :param sid: the id of the trait or segment. (templated)
    :param metric: ``uniques30Day`` by default for traits, ``totalUniques30Day`` for segments. (templated)
    :param at_least: wait until the population is as large.
    :param at_most: wait until the population is as small.
    :param deadline: a ``timedelta`` after the start of the DAG run, an aware ``datetime`` or ISO 8601 text. (templated)
    :param deferrable: wait in the triggerer; by default as ``[operators] default_deferrable`` says.
    :param poke_interval: seconds between two looks. AAM computes populations once a day.
    :param mode: ``reschedule``, or ``poke``, which keeps a worker.
    :param aam_conn_id: the Airflow Connection of type ``aam``. (templated)
    """

    template_fields: Sequence[str] = ("kind", "sid", "metric", "deadline", "aam_conn_id")
    ui_color = "#f3ece2"

    def __init__(
        self,
        *,
        kind: str,
        sid: int | str,
        metric: str | None = None,
        at_least: float | None = None,
        at_most: float | None = None,
        deadline: timedelta | datetime | str = timedelta(days=7),
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.kind = kind
        self.sid = sid
        self.metric = metric
        self.at_least = at_least
        self.at_most = at_most
        self.deadline = deadline

    def execute_complete(self, context: Context, event: Mapping[str, Any]) -> dict[str, Any]:
        """Goes on where the trigger has fired."""
        with task_failures(), guiding(context):
            raise_failure(event)
            return self._end(context, **event)

    def poke(self, context: Context) -> PokeReturnValue:
        from airflow_provider_aam.hooks.patience import patience

        met, value, end = False, None, None
        with task_failures(), guiding(context):
            goal, deadline = self._goal(), self._deadline_of(context)
            with patience(deadline, "The population"):
                value, asked_at = self._ask(goal)
                met = goal.is_met(value)
                if not met and asked_at < deadline:
                    log.info("Waiting for %s: it is %s.", goal, _said(value))
                else:
                    end = self._end(context, met=met, value=value, asked_at=asked_at.isoformat())
        return PokeReturnValue(is_done=end is not None, xcom_value=end)

    def _ask(self, goal: Goal) -> tuple[int | None, datetime]:
        from contextlib import closing

        from airflow_provider_aam.api.moments import utc_now
        from airflow_provider_aam.hooks.aam import AAMHook
        from airflow_provider_aam.reports.figures import read_figures

        asked_at = utc_now()
        with closing(AAMHook(self.aam_conn_id)) as hook:
            return goal.value_in(read_figures(hook.client, goal.kind, goal.sid)), asked_at

    def _defer(self, context: Context) -> None:
        from airflow_provider_aam.triggers.population import AAMPopulationTrigger

        trigger = AAMPopulationTrigger(
            goal=self._goal().as_json(),
            deadline=self._deadline_of(context).isoformat(),
            aam_conn_id=self.aam_conn_id,
            poll_interval=self.poke_interval,
        )
        self._wait_for(trigger)

    def _end(self, context: Context, *, met: bool, value: int | None, asked_at: str) -> dict[str, Any]:
        goal = self._goal()
        if not met:
            raise AAMCheckFailed(
                f"The population did not pass its bound by {self._deadline_of(context):%Y-%m-%d %H:%M} UTC: expected "
                f"{goal}, found {_said(value)}. Find out why, or give a later deadline."
            )
        log.info("Waited for %s: it is %s.", goal, _said(value))
        result = {**goal.as_json(), "value": value, "asked_at": asked_at}
        tell_outlets(self.outlets, context, result)
        return result

    def subject(self) -> Subject:
        return Subject(self.kind, self.sid)

    def _goal(self) -> Goal:
        from airflow_provider_aam.reports.goal import Goal

        return Goal.parse(
            kind=self.kind, sid=self.sid, metric=self.metric, at_least=self.at_least, at_most=self.at_most
        )

    def _deadline_of(self, context: Context) -> datetime:
        from airflow_provider_aam.api.moments import parse_moment, utc_now

        if isinstance(self.deadline, timedelta):
            return (context["dag_run"].start_date or utc_now()) + self.deadline
        return parse_moment(self.deadline, what="deadline")


def _said(value: int | None) -> str:
    return "not told by AAM" if value is None else f"{value:,}"
