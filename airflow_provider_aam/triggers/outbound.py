"""Waits in the triggerer for the outbound deliveries of a day."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from airflow_provider_aam.triggers.hub import hub_of
from airflow_provider_aam.triggers.verdict import VerdictTrigger

if TYPE_CHECKING:
    from airflow_provider_aam.feeds.deliveries import Delivery
    from airflow_provider_aam.feeds.outbound_question import OutboundQuestion
    from airflow_provider_aam.feeds.outbound_verdict import OutboundVerdict


class AAMOutboundTrigger(VerdictTrigger["OutboundQuestion"]):
    """Fires ``{"verdict": …}`` when the day is complete or its hard deadline has come, and once when it is late.

    :param question: what is asked, as ``OutboundQuestion.as_json`` writes it: a URI, numbers and moments, no secret.
    :param aam_conn_id: the Airflow Connection of type ``aam``.
    :param source_conn_id: the Airflow Connection of the files' store.
    :param poll_interval: seconds between two looks. Triggers of one Connection and destination ask AAM together.
    :param warned: whether it has fired for a late delivery.
    """

    what = "The outbound delivery"
    arguments: ClassVar[tuple[str, ...]] = (*VerdictTrigger.arguments, "aam_conn_id", "source_conn_id")

    def __init__(self, *, aam_conn_id: str, source_conn_id: str | None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.aam_conn_id = aam_conn_id
        self.source_conn_id = source_conn_id

    def _load(self) -> OutboundQuestion:
        import airflow_provider_aam.feeds.outbound
        import airflow_provider_aam.hooks.aam
        import airflow_provider_aam.hooks.deliveries
        import airflow_provider_aam.hooks.patience  # noqa: F401
        from airflow_provider_aam.feeds.outbound_question import OutboundQuestion

        return OutboundQuestion.from_json(self.question)

    async def _ask(self, question: OutboundQuestion) -> OutboundVerdict:
        from airflow_provider_aam.api.moments import utc_now
        from airflow_provider_aam.feeds.outbound import judge, wants_history
        from airflow_provider_aam.feeds.outbound_batches import look
        from airflow_provider_aam.hooks.deliveries import StoredFolder

        found = await asyncio.to_thread(look, question, StoredFolder(question.folder, self.source_conn_id))
        history = await self._history(question) if wants_history(question, found) else ()
        return judge(question, found, history, now=utc_now())

    async def _history(self, question: OutboundQuestion) -> Sequence[Delivery]:
        from airflow_provider_aam.api.moments import utc_now
        from airflow_provider_aam.feeds.deliveries import read_deliveries

        assert question.destination is not None  # else an .info file is required
        reading = await hub_of(self.aam_conn_id).read(
            ("deliveries", question.destination, question.day),
            partial(read_deliveries, destination=question.destination, since=question.day),
            every_s=self.poll_interval,
            not_before=question.hard_deadline if utc_now() >= question.hard_deadline else None,
        )
        self._next_look_in_s = reading.look_in_s(self.poll_interval)
        return reading.result()
