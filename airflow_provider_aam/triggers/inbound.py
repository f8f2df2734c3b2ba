"""Waits in the triggerer for AAM's verdict on inbound files."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, ClassVar

from airflow_provider_aam.triggers.hub import hub_of
from airflow_provider_aam.triggers.verdict import VerdictTrigger

if TYPE_CHECKING:
    from airflow_provider_aam.api.client import AAMClient
    from airflow_provider_aam.api.inbound import InboundFile
    from airflow_provider_aam.members.judging.question import Question
    from airflow_provider_aam.members.judging.verdict import Verdict


class AAMInboundTrigger(VerdictTrigger["Question"]):
    """Fires ``{"verdict": …}`` when nothing is waited for any more, and once when files are late.

    :param question: what is asked, as ``Question.as_json`` writes it: URIs, numbers and moments, no secret.
    :param aam_conn_id: the Airflow Connection of type ``aam``.
    :param destination_conn_id: the Airflow Connection of the files' store.
    :param poll_interval: seconds between two looks. Triggers of one Connection and data source look together.
    :param warned: whether it has fired for late files.
    """

    what = "AAM's verdict"
    arguments: ClassVar[tuple[str, ...]] = (*VerdictTrigger.arguments, "aam_conn_id", "destination_conn_id")

    def __init__(self, *, aam_conn_id: str, destination_conn_id: str | None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.aam_conn_id = aam_conn_id
        self.destination_conn_id = destination_conn_id

    async def _ask(self, question: Question) -> Verdict:
        from airflow_provider_aam.api.moments import utc_now
        from airflow_provider_aam.hooks.inbound import folders
        from airflow_provider_aam.members.judging.inbound import judge

        history = () if question.signal == "marker" else await self._history(question)
        look = folders(question, self.destination_conn_id)
        return await asyncio.to_thread(judge, question, history, look, now=utc_now())

    async def _history(self, question: Question) -> Sequence[InboundFile]:
        """Asked from the start of a day on, so that it serves the files of other pushes as well."""
        from airflow_provider_aam.api.moments import utc_now
        from airflow_provider_aam.members.judging.inbound import period

        now = utc_now()
        start, end = period(question, now)
        day = start.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)

        def ask(client: AAMClient) -> tuple[datetime, Sequence[InboundFile]]:
            return day, client.data_sources.inbound_history(question.data_source, start=day, end=end)

        reading = await hub_of(self.aam_conn_id).read(
            ("inbound", question.data_source),
            ask,
            every_s=self.poll_interval,
            not_before=question.hard_deadline if now >= question.hard_deadline else None,
            suits=lambda known: known[0] <= day,
        )
        self._next_look_in_s = reading.look_in_s(self.poll_interval)
        return reading.result()[1]

    def _load(self) -> Question:
        import airflow_provider_aam.hooks.aam
        import airflow_provider_aam.hooks.inbound
        import airflow_provider_aam.hooks.patience
        import airflow_provider_aam.members.judging.inbound  # noqa: F401
        from airflow_provider_aam.members.judging.question import Question

        return Question.from_json(self.question)
