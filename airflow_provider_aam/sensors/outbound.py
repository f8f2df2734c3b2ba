"""Waits until AAM has delivered the outbound files of a day, completely."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from airflow_provider_aam.operators.links import Subject, Written
from airflow_provider_aam.sensors.verdict import VerdictSensor

if TYPE_CHECKING:
    from airflow_provider_aam.feeds.deliveries import Delivery
    from airflow_provider_aam.feeds.outbound_question import OutboundQuestion
    from airflow_provider_aam.feeds.outbound_verdict import OutboundVerdict
    from airflow_provider_aam.triggers.outbound import AAMOutboundTrigger

THIS_DAY = "{{ (dag_run.logical_date or dag_run.run_after) | ds }}"


class AAMOutboundSensor(VerdictSensor):
    """Wait until the outbound files of a day are all there, and fail when they are not by the hard deadline.

    A file belongs to the day of the time in its name, whenever it arrives: AAM delivers once a day and up to 24 hours
    late, and then two batches arrive on one day. A batch with an ``.info`` file is complete when all files that this
    lists are there with the sizes that it says, and its totals add up; without one when no file has changed for the
    quiet period and AAM's outbound history says that it was sent. The day is ``waiting``, ``late`` after the soft
    deadline (which warns once), ``complete``, or ``missing`` at the hard deadline, which fails the task without
    Airflow's retries. Deadlines are moments: no retry and no restart moves them. Returns the verdict as XCom, also when
    it fails the task: ``day, state, batches: [{batch, mode, sent_at, arrived_at, info_uri, files: [{uri, bytes, lines,
    md5}], bytes, lines, received, sent, lacking}], lacking, soft_deadline, hard_deadline, asked_at``, the batches by
    the time of their names. Errors of AAM or of the store that may pass are logged, and fail the task only after the
    hard deadline. All ways of waiting (``poke``, ``reschedule``, deferrable) see and decide the same.

    :param source: URI of the folder that AAM delivers to, without folders below it. (templated)
    :param destination: the id of the destination. Its history is asked for batches without an ``.info`` file; and files
        without this id in their names are left alone unless ``pattern`` is given. (templated)
    :param day: a date like ``2026-01-31``; by default that of the run. UTC. (templated)
    :param sync_mode: ``full``, ``iter`` or ``any``.
    :param batches: how many batches make the day; several of one day are waited for as far as they can be seen.
    :param pattern: which files are meant, as ``s3_*_acme_*``, where names do not have the destination's id. (templated)
    :param timestamp_unit: ``ms``, ``s`` or ``calendar``: what the digits of names are. Needed where nothing else tells
        13 digits of milliseconds from 10 of seconds with the number of a file.
    :param info: ``required``: only an ``.info`` file completes a batch; ``expected``: it does where there is one;
        ``ignored``: quiet period and history decide.
    :param quiet_period: how long the files of a batch without an ``.info`` file must be unchanged.
    :param check_md5: whether to read all files in the end, in the worker, and compare their md5 with those of the
        ``.info`` file where they are 32 hexadecimal digits. The day is ``broken``, and the task fails, if one differs.
    :param soft_deadline: when the day is late: a ``timedelta`` after it began, an aware ``datetime`` or ISO 8601 text.
        (templated)
    :param hard_deadline: when it is missing, in the same forms. By default 48 hours after 14:00 UTC. (templated)
    :param source_conn_id: the Airflow Connection of the files' store. (templated)
    :param deferrable: wait in the triggerer; by default as ``[operators] default_deferrable`` says.
    :param poke_interval: seconds between two looks.
    :param mode: ``reschedule``, or ``poke``, which keeps a worker.
    :param aam_conn_id: the Airflow Connection of type ``aam``. (templated)
    """

    template_fields: Sequence[str] = (
        "source",
        "destination",
        "day",
        "pattern",
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
        destination: int | str | None = None,
        day: datetime | str = THIS_DAY,
        sync_mode: str = "any",
        batches: int = 1,
        pattern: str | None = None,
        timestamp_unit: str | None = None,
        info: str = "expected",
        quiet_period: timedelta = timedelta(minutes=30),
        check_md5: bool = False,
        soft_deadline: timedelta | datetime | str = timedelta(hours=24),
        hard_deadline: timedelta | datetime | str = timedelta(hours=62),
        source_conn_id: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(soft_deadline=soft_deadline, hard_deadline=hard_deadline, **kwargs)
        self.source = source
        self.destination = destination
        self.day = day
        self.sync_mode = sync_mode
        self.batches = batches
        self.pattern = pattern
        self.timestamp_unit = timestamp_unit
        self.info = info
        self.quiet_period = quiet_period
        self.check_md5 = check_md5
        self.source_conn_id = source_conn_id

    def subject(self) -> Subject:
        return Subject("destinations", self.destination)

    def written(self) -> Sequence[Written]:
        return [Written(self.source, self.source_conn_id, is_folder=True)]

    def _question(self) -> OutboundQuestion:
        from airflow_provider_aam.feeds.outbound_question import OutboundQuestion
        from airflow_provider_aam.files.uris import uri_of

        return OutboundQuestion.of(
            folder=uri_of(self.source),
            day=self.day,
            destination=self.destination,
            pattern=self.pattern,
            sync_mode=self.sync_mode,
            timestamp_unit=self.timestamp_unit,
            info=self.info,
            batches=self.batches,
            quiet_period=self.quiet_period,
            soft_deadline=self.soft_deadline,
            hard_deadline=self.hard_deadline,
        )

    def _ask(self) -> OutboundVerdict | None:
        from airflow_provider_aam.feeds.outbound import ask
        from airflow_provider_aam.hooks.deliveries import StoredFolder
        from airflow_provider_aam.hooks.patience import patience

        question, verdict = self._question(), None
        with patience(question.hard_deadline, "The outbound delivery"):
            folder = StoredFolder(question.folder, self.source_conn_id)
            verdict = self._checked(ask(question, folder, lambda: self._history(question)), question)
        return verdict  # noqa: RET504  not a `return` within: `patience` may leave the block early

    def _history(self, question: OutboundQuestion) -> Sequence[Delivery]:
        from contextlib import closing

        from airflow_provider_aam.feeds.deliveries import read_deliveries
        from airflow_provider_aam.hooks.aam import AAMHook

        assert question.destination is not None  # else an .info file is required
        with closing(AAMHook(self.aam_conn_id)) as hook:
            return read_deliveries(hook.client, question.destination, since=question.day)

    def _verdict(self, document: Mapping[str, Any]) -> OutboundVerdict:
        from airflow_provider_aam.feeds.outbound_verdict import OutboundVerdict

        return self._checked(OutboundVerdict.from_json(document), self._question())

    def _checked(self, verdict: OutboundVerdict, question: OutboundQuestion) -> OutboundVerdict:
        """By the worker, for it takes a while."""
        from airflow_provider_aam.feeds.outbound_md5 import compare_md5
        from airflow_provider_aam.hooks.deliveries import StoredFolder

        folder = StoredFolder(question.folder, self.source_conn_id)
        return compare_md5(verdict, folder.opened) if self.check_md5 else verdict

    def _trigger(self) -> AAMOutboundTrigger:
        from airflow_provider_aam.triggers.outbound import AAMOutboundTrigger

        return AAMOutboundTrigger(
            question=self._question().as_json(),
            aam_conn_id=self.aam_conn_id,
            source_conn_id=self.source_conn_id,
            poll_interval=self.poke_interval,
            warned=self._warned,
        )
