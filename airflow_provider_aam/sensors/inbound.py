"""Waits until AAM has processed the files of a push, and fails when it did not take them as it should."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar

from airflow_provider_aam.operators.links import Subject, Written
from airflow_provider_aam.operators.noting import leave
from airflow_provider_aam.sensors.verdict import VerdictSensor

if TYPE_CHECKING:
    from airflow_provider_aam.api.errors import AAMError
    from airflow_provider_aam.compat import Context
    from airflow_provider_aam.members.judging.question import Question
    from airflow_provider_aam.members.judging.verdict import Verdict
    from airflow_provider_aam.sensors.verdict import Verdict as AnyVerdict
    from airflow_provider_aam.triggers.inbound import AAMInboundTrigger


class AAMInboundSensor(VerdictSensor):
    """Wait for AAM's verdict on the inbound files of a push, and fail at once when one of them is bad.

    A file is ``waiting``, or ``late`` after the soft deadline (which warns once); then ``processed``, ``duplicate``
    (processed several times, which passes), ``partial`` (more records than allowed were not stored), ``rejected`` (by
    AAM's word, or gone from its folder without a trace at the soft deadline) or ``missing`` at the hard deadline. The
    last three fail the task without Airflow's retries. Both deadlines are moments: no retry and no restart moves them.
    The log has a table of the files, and says for each kind of error what to do. Returns the verdict as XCom, also when
    it fails the task: ``batch, data_source, files: [{name, state, note, problems, begun_at, received, stored,
    percent_success, errors}], soft_deadline, hard_deadline, asked_at``. Errors of AAM or of the store that may pass are
    logged, and fail the task only after the hard deadline. All ways of waiting (``poke``, ``reschedule``, deferrable)
    see and decide the same.

    :param receipt: what ``AAMPushTraitMembersOperator``, ``AAMJoinTraitMembersOperator`` or ``AAMPushIdSyncOperator``
        returned, as it is or as JSON text. (templated)
    :param signal: what shows that a file is processed: ``history`` (it is in the data source's inbound history),
        ``marker`` (a ``.processed`` object is next to it), ``both``, or ``either``. Limits need the history. That the
        history decides alone is a choice: Adobe's partner guide has the marker for partners, and it proves no more than
        the pick-up; no page of Adobe describes the history's fields.
    :param data_source: the id of the data source whose history is asked: by default the one that owns the traits.
        (templated)
    :param min_percent_success: the least share of records stored, from 0 to 100. Without it a file passes unless AAM
        stored nothing of it.
    :param max_errors: the most records per file and category that AAM does not store, an integer, or a share of the
        records received, a float: ``{"format_errors": 0, "no_matching_aam_id": 0.4}``. Categories: ``format_errors``,
        ``invalid_aam_id``, ``invalid_device_id``, ``no_matching_aam_id``, ``no_trait_realized``.
    :param soft_deadline: when waiting files are late: a ``timedelta`` after the upload, an aware ``datetime`` or ISO
        8601 text. AAM fills its history within 24 hours. (templated)
    :param hard_deadline: when they are missing, in the same forms. 48 hours are Adobe's guideline. (templated)
    :param destination_conn_id: the Airflow Connection of the files' store. (templated)
    :param deferrable: wait in the triggerer; by default as ``[operators] default_deferrable`` says.
    :param poke_interval: seconds between two looks.
    :param mode: ``reschedule``, or ``poke``, which keeps a worker.
    :param aam_conn_id: the Airflow Connection of type ``aam``. (templated)
    """

    template_fields: Sequence[str] = (
        "receipt",
        "data_source",
        "soft_deadline",
        "hard_deadline",
        "destination_conn_id",
        "aam_conn_id",
    )
    template_fields_renderers: ClassVar[dict[str, str]] = {"receipt": "json"}
    ui_color = "#f3ece2"

    def __init__(
        self,
        *,
        receipt: Mapping[str, Any] | str,
        signal: str = "history",
        data_source: int | str | None = None,
        min_percent_success: float | None = None,
        max_errors: Mapping[str, int | float] | None = None,
        soft_deadline: timedelta | datetime | str = timedelta(hours=24),
        hard_deadline: timedelta | datetime | str = timedelta(hours=48),
        destination_conn_id: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(soft_deadline=soft_deadline, hard_deadline=hard_deadline, **kwargs)
        self.receipt = receipt
        self.signal = signal
        self.data_source = data_source
        self.min_percent_success = min_percent_success
        self.max_errors = max_errors
        self.destination_conn_id = destination_conn_id

    def subject(self) -> Subject:
        return Subject("data_sources")

    def written(self) -> Sequence[Written]:
        folders = {uri.rpartition("/")[0]: None for uri in self._question().uris}
        return [Written(folder, self.destination_conn_id, is_folder=True) for folder in folders]

    def _question(self) -> Question:
        from airflow_provider_aam.members.judging.question import Question

        return Question.of(
            self.receipt,
            data_source=self.data_source,
            signal=self.signal,
            min_percent_success=self.min_percent_success,
            max_errors=self.max_errors,
            soft_deadline=self.soft_deadline,
            hard_deadline=self.hard_deadline,
        )

    def _ask(self) -> Verdict | None:
        from contextlib import closing

        from airflow_provider_aam.hooks.aam import AAMHook
        from airflow_provider_aam.hooks.inbound import folders
        from airflow_provider_aam.hooks.patience import patience
        from airflow_provider_aam.members.judging.inbound import ask

        question, verdict = self._question(), None
        with patience(question.hard_deadline, "AAM's verdict"), closing(AAMHook(self.aam_conn_id)) as hook:
            verdict = ask(hook.client, question, folders(question, self.destination_conn_id))
        return verdict  # noqa: RET504  not a `return` within: `patience` may leave the block early

    def _verdict(self, document: Mapping[str, Any]) -> Verdict:
        from airflow_provider_aam.members.judging.verdict import Verdict

        return Verdict.from_json(document)

    def _trigger(self) -> AAMInboundTrigger:
        from airflow_provider_aam.triggers.inbound import AAMInboundTrigger

        return AAMInboundTrigger(
            question=self._question().as_json(),
            aam_conn_id=self.aam_conn_id,
            destination_conn_id=self.destination_conn_id,
            poll_interval=self.poke_interval,
            warned=self._warned,
        )

    def _note(self, verdict: AnyVerdict, context: Context, error: AAMError | None = None) -> None:
        leave(context, verdict.as_json(), kind="inbound", aam_conn_id=self.aam_conn_id, error=error)
