"""What all sensors have in common: three ways to wait, which see and decide the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from airflow_provider_aam.api import errors
from airflow_provider_aam.api.errors import AAMArgumentError
from airflow_provider_aam.compat.sensors import BaseSensorOperator, PokeReturnValue, conf
from airflow_provider_aam.failures import task_failures
from airflow_provider_aam.operators.links import LINKS, Subject, Written, guiding, link
from airflow_provider_aam.operators.rendered import not_given

if TYPE_CHECKING:
    from airflow_provider_aam.compat import Context


LONGEST = timedelta(days=3650)


class AAMSensor(BaseSensorOperator):
    """Waits by ``poke``, by ``reschedule``, or, after a first look, in the triggerer if it is ``deferrable``.

    Its own deadlines decide, not the week after which Airflow's sensors give up unless ``timeout`` is given.
    """

    operator_extra_links = LINKS

    def __init__(
        self,
        *,
        deferrable: bool = conf.getboolean("operators", "default_deferrable", fallback=False),
        poke_interval: timedelta | float = 1800,
        mode: str = "reschedule",
        aam_conn_id: str = "aam_default",
        **kwargs: Any,
    ) -> None:
        super().__init__(poke_interval=poke_interval, mode=mode, **{"timeout": LONGEST, **kwargs})
        self.deferrable = deferrable
        self.aam_conn_id = aam_conn_id

    def execute(self, context: Context) -> Any:
        link(self, context)
        with task_failures(), guiding(context):
            if problems := [*not_given(self)]:
                raise AAMArgumentError.from_problems(f"task {self.task_id}", problems)
        if not self.deferrable:
            return super().execute(context)
        # If a trigger fires within seconds, Airflow's scheduler may take the task for one that ended without a word.
        first = self.poke(context)
        if first.is_done:
            return first.xcom_value
        with task_failures(), guiding(context):
            self._defer(context)
        return None

    def poke(self, context: Context) -> PokeReturnValue:
        raise NotImplementedError

    def subject(self) -> Subject:
        return Subject()

    def written(self) -> Sequence[Written]:
        return ()

    def _defer(self, context: Context) -> None:
        raise NotImplementedError

    def _wait_for(self, trigger: Any, **kwargs: Any) -> None:
        """Goes on in ``execute_complete``, which gets ``kwargs`` as well."""
        self.defer(
            trigger=trigger,
            method_name="execute_complete",
            kwargs=kwargs,
            timeout=timedelta(seconds=self.timeout),
        )


def raise_failure(event: Mapping[str, Any]) -> None:
    """The error that a trigger has fired, if it has."""
    if "error" in event:
        error = getattr(errors, event.get("kind", "AAMError"))(event["error"])
        error.retryable = event["retryable"]
        raise error
