"""Waits in the triggerer for hours of a Customer Data Feed."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, ClassVar

from airflow_provider_aam.triggers.verdict import VerdictTrigger

if TYPE_CHECKING:
    from airflow_provider_aam.feeds.feed_question import FeedQuestion
    from airflow_provider_aam.feeds.feed_verdict import FeedVerdict
    from airflow_provider_aam.feeds.ledger import Ledger


class AAMDataFeedTrigger(VerdictTrigger["FeedQuestion"]):
    """Fires ``{"verdict": …}`` when there is something to hand out or the hard deadline has come, and once when late.

    It only looks: what it has seen is claimed by the task, in a worker.

    :param question: what is asked, as ``FeedQuestion.as_json`` writes it: a URI, the task, numbers and moments.
    :param source_conn_id: the Airflow Connection of the feed's store.
    :param ledger: a folder's URI or a table's name.
    :param ledger_conn_id: the Airflow Connection of the ledger's store or database.
    :param poll_interval: seconds between two looks.
    :param warned: whether it has fired because nothing came.
    """

    what = "The Customer Data Feed"
    arguments: ClassVar[tuple[str, ...]] = (*VerdictTrigger.arguments, "source_conn_id", "ledger", "ledger_conn_id")

    def __init__(self, *, source_conn_id: str | None, ledger: str, ledger_conn_id: str | None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.source_conn_id = source_conn_id
        self.ledger = ledger
        self.ledger_conn_id = ledger_conn_id
        self._read_ledger: Ledger | None = None

    def _load(self) -> FeedQuestion:
        import airflow_provider_aam.feeds.feed
        import airflow_provider_aam.hooks.deliveries
        import airflow_provider_aam.hooks.ledgers
        import airflow_provider_aam.hooks.patience  # noqa: F401
        from airflow_provider_aam.feeds.feed_question import FeedQuestion

        return FeedQuestion.from_json(self.question)

    async def _ask(self, question: FeedQuestion) -> FeedVerdict:
        from airflow_provider_aam.feeds.feed import ask
        from airflow_provider_aam.hooks.deliveries import StoredFeed
        from airflow_provider_aam.hooks.ledgers import ledger_of

        if self._read_ledger is None:  # kept, since it remembers the claims that it has read
            self._read_ledger = ledger_of(self.ledger, self.ledger_conn_id)
        return await asyncio.to_thread(
            ask, question, StoredFeed(question.source, self.source_conn_id), self._read_ledger
        )
