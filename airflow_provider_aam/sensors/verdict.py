"""What sensors on a verdict with two deadlines have in common: a warning at the soft one, and one way to end."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Protocol

from airflow_provider_aam.api.errors import AAMError
from airflow_provider_aam.compat.sensors import PokeReturnValue
from airflow_provider_aam.failures import task_failures
from airflow_provider_aam.operators.base import RESULT, tell_outlets
from airflow_provider_aam.operators.links import guiding
from airflow_provider_aam.sensors.base import AAMSensor, raise_failure

if TYPE_CHECKING:
    from airflow_provider_aam.compat import Context

log = logging.getLogger(__name__)


class Verdict(Protocol):
    @property
    def soft_deadline(self) -> datetime: ...
    @property
    def hard_deadline(self) -> datetime: ...
    @property
    def asked_at(self) -> datetime: ...
    @property
    def is_final(self) -> bool: ...
    @property
    def is_late(self) -> bool: ...
    @property
    def summary(self) -> str: ...
    def table(self) -> Iterator[str]: ...
    def advice(self) -> Iterator[str]: ...
    def require_passed(self) -> None: ...
    def as_json(self) -> dict[str, Any]: ...
    def as_asset_extra(self) -> dict[str, Any]: ...


class VerdictSensor(AAMSensor):
    def __init__(
        self, *, soft_deadline: timedelta | datetime | str, hard_deadline: timedelta | datetime | str, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.soft_deadline = soft_deadline
        self.hard_deadline = hard_deadline
        self._warned = False
        self._waiting: Verdict | None = None

    def execute_complete(self, context: Context, event: Mapping[str, Any], *, warned: bool = False) -> Any:
        """Goes on where the trigger has fired."""
        self._warned = warned
        with task_failures(), guiding(context):
            raise_failure(event)
            self._enter(context)
            verdict = self._verdict(event["verdict"])
            if not self._is_done(verdict, context):
                self._defer(context)
        return verdict.as_json()

    def poke(self, context: Context) -> PokeReturnValue:
        with task_failures(), guiding(context):
            self._enter(context)
            verdict = self._ask()
            if verdict is None or not self._is_done(verdict, context):
                return PokeReturnValue(is_done=False)
            return PokeReturnValue(is_done=True, xcom_value=verdict.as_json())

    def _enter(self, context: Context) -> None:
        """Take from the run what the question needs of it."""

    def _ask(self) -> Verdict | None:
        """``None``: it could not be read, and that may pass."""
        raise NotImplementedError

    def _verdict(self, document: Mapping[str, Any]) -> Verdict:
        """What a trigger has fired."""
        raise NotImplementedError

    def _trigger(self) -> Any:
        raise NotImplementedError

    def _note(self, verdict: Verdict, context: Context, error: AAMError | None = None) -> None:
        """For the page, where it shows such verdicts."""

    def _defer(self, context: Context) -> None:
        self._enter(context)
        self._wait_for(self._trigger(), warned=self._warned)

    def _is_done(self, verdict: Verdict, context: Context) -> bool:
        """Say what there is to say. Raises ``AAMCheckFailed`` when the verdict is bad."""
        self._waiting = verdict
        if not verdict.is_final:
            log.info("%s", verdict.summary)
            if verdict.is_late and self._is_news(verdict):
                self._warned = True
                log.warning("AAM is late:\n%s", "\n".join(verdict.table()))
            return False
        lines = [*verdict.table(), *verdict.advice()]
        try:
            verdict.require_passed()
        except AAMError as error:
            for line in lines:
                if line.strip() not in error.message:  # the error says it, in the same log
                    log.info("%s", line)
            context["ti"].xcom_push(key=RESULT, value=verdict.as_json())
            self._note(verdict, context, error)
            raise
        for line in (verdict.summary, *lines):
            log.info("%s", line)
        self._note(verdict, context)
        tell_outlets(self.outlets, context, verdict.as_asset_extra())
        return True

    def _get_next_poke_interval(self, *given: Any, **named: Any) -> float:
        """Airflow asks for it; as triggers do, it looks when a deadline has come."""
        from airflow_provider_aam.triggers.verdict import pause_s

        interval_s: float = super()._get_next_poke_interval(*given, **named)
        return interval_s if self._waiting is None else pause_s(interval_s, self._waiting)

    def _is_news(self, verdict: Verdict) -> bool:
        """Between two looks of a rescheduled task nothing is remembered: the look that the deadline brought warns."""
        if self.reschedule and not self.deferrable:
            return (verdict.asked_at - verdict.soft_deadline).total_seconds() < self.poke_interval
        return not self._warned
