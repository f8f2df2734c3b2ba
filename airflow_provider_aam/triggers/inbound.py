"""Waits in the triggerer for AAM's verdict on inbound files."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping
from typing import TYPE_CHECKING, Any

from airflow_provider_aam.api.errors import AAMError
from airflow_provider_aam.compat import AirflowNotFoundException
from airflow_provider_aam.compat.triggers import BaseTrigger, TriggerEvent
from airflow_provider_aam.triggers.hub import hub_of

if TYPE_CHECKING:
    from airflow_provider_aam.members.judging.question import Question
    from airflow_provider_aam.members.judging.verdict import Verdict

SHORTEST_PAUSE_S = 1.0

log = logging.getLogger(__name__)


class AAMInboundTrigger(BaseTrigger):
    """Fires ``{"verdict": …}`` when nothing is waited for any more, and once when files are late.

    What it waits for is all in its arguments, so a triggerer that dies loses nothing. Trouble that may pass is logged
    and does not end it before the hard deadline; anything else fires ``{"error": message, "retryable": …}``.

    :param question: what is asked, as ``Question.as_json`` writes it: URIs, numbers and moments, no secret.
    :param aam_conn_id: the Airflow Connection of type ``aam``.
    :param destination_conn_id: the Airflow Connection of the files' store.
    :param poll_interval: seconds between two looks.
    :param warned: whether it has fired for late files.
    """

    def __init__(
        self,
        *,
        question: Mapping[str, Any],
        aam_conn_id: str,
        destination_conn_id: str | None,
        poll_interval: float,
        warned: bool,
    ) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.question = question
        self.aam_conn_id = aam_conn_id
        self.destination_conn_id = destination_conn_id
        self.poll_interval = poll_interval
        self.warned = warned

    def serialize(self) -> tuple[str, dict[str, Any]]:
        names = ("question", "aam_conn_id", "destination_conn_id", "poll_interval", "warned")
        return f"{type(self).__module__}.{type(self).__qualname__}", {name: getattr(self, name) for name in names}

    async def run(self) -> AsyncIterator[TriggerEvent]:
        question = await asyncio.to_thread(_load, self.question)
        while True:
            if (event := await self._look(question)) is not None:
                yield TriggerEvent(event)  # type: ignore[no-untyped-call]
                return
            await asyncio.sleep(self._pause_s(question))

    async def _look(self, question: Question) -> dict[str, Any] | None:
        from airflow_provider_aam.hooks.inbound import patience

        try:
            with patience(question):
                verdict = await self._ask(question)
                if verdict.is_final or (verdict.is_late and not self.warned):
                    return {"verdict": verdict.as_xcom()}
        except AAMError as error:
            return {"error": error.message, "retryable": error.retryable}
        except AirflowNotFoundException as absent:
            return {"error": str(absent), "retryable": True}
        except Exception as error:
            # Its text stays in the log: a Connection that cannot be parsed is quoted there, password and all.
            log.exception("The wait for AAM's verdict ended unexpectedly.")
            return {"error": f"{type(error).__name__} in the triggerer; its log has the details.", "retryable": True}
        return None

    async def _ask(self, question: Question) -> Verdict:
        from airflow_provider_aam.api.moments import utc_now
        from airflow_provider_aam.hooks.inbound import folders
        from airflow_provider_aam.members.judging.inbound import judge, period

        history: Any = ()
        if question.signal != "marker":
            start, end = period(question, utc_now())
            history = await hub_of(self.aam_conn_id).history(
                question.data_source, start=start, end=end, max_age_s=self.poll_interval / 2
            )
        look = folders(question, self.destination_conn_id)
        return await asyncio.to_thread(judge, question, history, look, now=utc_now())

    def _pause_s(self, question: Question) -> float:
        """Until the next look, or the next deadline if that is sooner."""
        from airflow_provider_aam.api.moments import utc_now

        now = utc_now()
        left = [(each - now).total_seconds() for each in (question.soft_deadline, question.hard_deadline) if each > now]
        return max(SHORTEST_PAUSE_S, min([self.poll_interval, *left]))


def _load(question: Mapping[str, Any]) -> Question:
    """In a thread: what is imported here the first time would hold up the event loop for half a second."""
    import airflow_provider_aam.hooks.aam
    import airflow_provider_aam.hooks.inbound
    import airflow_provider_aam.members.judging.inbound  # noqa: F401
    from airflow_provider_aam.members.judging.question import Question

    return Question.from_json(question)
