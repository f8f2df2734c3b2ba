"""Waits for hours of a Customer Data Feed, and hands each of them out once."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from airflow_provider_aam.operators.links import Written
from airflow_provider_aam.sensors.verdict import VerdictSensor

if TYPE_CHECKING:
    from airflow_provider_aam.compat import Context
    from airflow_provider_aam.feeds.feed_question import FeedQuestion
    from airflow_provider_aam.feeds.feed_verdict import FeedVerdict
    from airflow_provider_aam.triggers.feed import AAMDataFeedTrigger

log = logging.getLogger(__name__)


class AAMDataFeedSensor(VerdictSensor):
    """Wait until hours of a Customer Data Feed are complete that no task was handed out, and take them for this task.

    An hour is complete when each file that its ``.info`` file lists is there, with the size and, where the store tells
    one, the ETag that this says; without an ``.info`` file, when no file of it has changed for the quiet period. The
    last eight days are looked at each time, so late hours are found, and files that come to an hour that was handed out
    are handed out alone. The ledger keeps who was handed out what: of two tasks at the same moment one gets an hour; a
    retry of a task gets the same files again. Returns as XCom ``state, hours: [{hour, files, bytes, late}], files:
    [{uri, bytes, etag, hour, late, replaces}], infos, more, again, lacking, overdue, remarks, soft_deadline,
    hard_deadline, asked_at``, the oldest hour first. Warns once when there is nothing by the soft deadline, and fails
    without Airflow's retries at the hard one; and warns of hours that are missing or incomplete long after their time.
    AAM itself is not asked. All ways of waiting (``poke``, ``reschedule``, deferrable) see and decide the same.

    :param source: URI of the folder that has the feed's ``day=`` folders. (templated)
    :param ledger: where is kept what was handed out: the URI of a folder, local, ``s3://``, ``gs://`` or ``abfs://``,
        or the name of a table, without a slash. Tasks that share a feed use the same one. (templated)
    :param ledger_conn_id: the Airflow Connection of the ledger's store or database. (templated)
    :param info: ``required``: only an ``.info`` file completes an hour; ``expected``: it does where there is one;
        ``ignored``: the quiet period decides.
    :param quiet_period: how long the files of an hour without an ``.info`` file must be unchanged.
    :param max_hours: how many hours one task is handed out at most, so that the XCom stays small.
    :param warn_after: how old an hour is that is warned of when it is missing or incomplete. AAM keeps 8 days.
    :param soft_deadline: when it is late that there is nothing: a ``timedelta`` after the DAG run began, an aware
        ``datetime`` or ISO 8601 text. (templated)
    :param hard_deadline: when that fails, in the same forms. (templated)
    :param source_conn_id: the Airflow Connection of the feed's store. (templated)
    :param deferrable: wait in the triggerer; by default as ``[operators] default_deferrable`` says.
    :param poke_interval: seconds between two looks.
    :param mode: ``reschedule``, or ``poke``, which keeps a worker.
    :param aam_conn_id: the Airflow Connection of type ``aam``, for the button to AAM's UI alone. (templated)
    """

    template_fields: Sequence[str] = (
        "source",
        "ledger",
        "ledger_conn_id",
        "soft_deadline",
        "hard_deadline",
        "source_conn_id",
        "aam_conn_id",
    )
    ui_color = "#f3ece2"

    def __init__(
        self,
        *,
        source: str,
        ledger: str,
        ledger_conn_id: str | None = None,
        info: str = "expected",
        quiet_period: timedelta = timedelta(hours=1),
        max_hours: int = 6,
        warn_after: timedelta = timedelta(days=5),
        soft_deadline: timedelta | datetime | str = timedelta(hours=6),
        hard_deadline: timedelta | datetime | str = timedelta(hours=24),
        source_conn_id: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(soft_deadline=soft_deadline, hard_deadline=hard_deadline, **kwargs)
        self.source = source
        self.ledger = ledger
        self.ledger_conn_id = ledger_conn_id
        self.info = info
        self.quiet_period = quiet_period
        self.max_hours = max_hours
        self.warn_after = warn_after
        self.source_conn_id = source_conn_id
        self._question: FeedQuestion

    def written(self) -> Sequence[Written]:
        return [Written(self.source, self.source_conn_id, is_folder=True)]

    def _enter(self, context: Context) -> None:
        from airflow_provider_aam.api.moments import utc_now
        from airflow_provider_aam.feeds.feed_question import FeedQuestion
        from airflow_provider_aam.files.uris import uri_of

        ti = context["ti"]
        self._question = FeedQuestion.of(
            source=uri_of(self.source),
            owner=f"{ti.dag_id}/{ti.run_id}/{ti.task_id}/{ti.map_index}",
            since=context["dag_run"].start_date or utc_now(),
            info=self.info,
            quiet_period=self.quiet_period,
            max_hours=self.max_hours,
            warn_after=self.warn_after,
            soft_deadline=self.soft_deadline,
            hard_deadline=self.hard_deadline,
        )

    def _ask(self) -> FeedVerdict | None:
        from airflow_provider_aam.feeds.feed import ask
        from airflow_provider_aam.hooks.deliveries import StoredFeed
        from airflow_provider_aam.hooks.ledgers import ledger_of
        from airflow_provider_aam.hooks.patience import patience

        verdict = None
        with patience(self._question.hard_deadline, "The Customer Data Feed"):
            feed = StoredFeed(self._question.source, self.source_conn_id)
            verdict = self._taken(ask(self._question, feed, ledger_of(self.ledger, self.ledger_conn_id)))
        return verdict  # noqa: RET504  not a `return` within: `patience` may leave the block early

    def _verdict(self, document: Mapping[str, Any]) -> FeedVerdict:
        from airflow_provider_aam.feeds.feed_verdict import FeedVerdict

        return self._taken(FeedVerdict.from_json(document))

    def _taken(self, verdict: FeedVerdict) -> FeedVerdict:
        """By the worker: what a triggerer has seen may be another task's by now."""
        from airflow_provider_aam.feeds.feed import claim
        from airflow_provider_aam.hooks.ledgers import ledger_of

        return claim(verdict, self._question, ledger_of(self.ledger, self.ledger_conn_id))

    def _is_done(self, verdict: FeedVerdict, context: Context) -> bool:  # type: ignore[override]  # its own verdicts
        if verdict.is_final and (gaps := [*verdict.overdue, *verdict.remarks]):
            log.warning("The Customer Data Feed has gaps or contradictions:\n  %s", "\n  ".join(gaps))
        return super()._is_done(verdict, context)

    def _trigger(self) -> AAMDataFeedTrigger:
        from airflow_provider_aam.triggers.feed import AAMDataFeedTrigger

        return AAMDataFeedTrigger(
            question=self._question.as_json(),
            source_conn_id=self.source_conn_id,
            ledger=self.ledger,
            ledger_conn_id=self.ledger_conn_id,
            poll_interval=self.poke_interval,
            warned=self._warned,
        )
