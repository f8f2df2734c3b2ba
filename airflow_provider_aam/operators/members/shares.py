"""One set of memberships by several tasks: the plan that cuts it into shares, and the task that joins them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import IO, TYPE_CHECKING, Any

from airflow_provider_aam.hooks.paths import open_path, optional_path
from airflow_provider_aam.operators.base import AAMOperator, Told, told
from airflow_provider_aam.operators.links import Subject, Written
from airflow_provider_aam.operators.members.push import AAMPushTraitMembersOperator
from airflow_provider_aam.operators.members.writing import put_options_for

if TYPE_CHECKING:
    from airflow_provider_aam.compat import Context
    from airflow_provider_aam.lineage import Lineage


class _SharedOperator(AAMPushTraitMembersOperator):
    """What the plan and its shares have in common."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"put_options": {}, **kwargs})

    def _problems(self) -> list[str]:
        given = {"rejects_path": self.rejects_path, "max_rejected": self.max_rejected}
        alone = {"previous": self.previous, "dry_run": self.plan_only}
        return [
            *super()._problems(),
            *(f"{name} is for the task that joins the shares" for name, value in given.items() if value),
            *(
                f"{name} cannot be shared: run it in one AAMPushTraitMembersOperator"
                for name, value in alone.items()
                if value
            ),
        ]


class AAMPlanTraitMembersOperator(_SharedOperator):
    """Cut rows of users and traits into shares by a hash of the user, for mapped tasks. Writes no inbound file.

    Data sources and traits are checked once, here. Returns a list for ``.expand(share=plan.output)`` of
    :class:`AAMPushTraitMembersShareOperator`: each share with the number of its rows. All arguments but these are as in
    :class:`AAMPushTraitMembersOperator`, and the same in both.

    :param shares: how many tasks share the work, 1 to 1,024.
    :param destination: a folder of this run's own, such as ``s3://my-bucket/aam/{{ run_id }}``, that all workers reach.
        The plan and the files of the shares go there; not AAM's folder, which :class:`AAMJoinTraitMembersOperator`
        writes to. (templated)
    """

    def __init__(self, *, shares: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.shares = shares

    def _problems(self) -> list[str]:
        from airflow_provider_aam.members.sharing.shares import MOST_SHARES

        too_many = [f"shares is {self.shares}; it must be {MOST_SHARES:,} or less"] if self.shares > MOST_SHARES else []
        return [*super()._problems(), *self._too_small(shares=1), *too_many]

    def _run(self, context: Context) -> Told:
        from airflow_provider_aam.members.sharing.shares import plan_shares

        order = self._order(context)
        with self._client() as client:
            return told(plan_shares(client, order, self.shares))


class AAMPushTraitMembersShareOperator(_SharedOperator):
    """Write the files of one share of a plan, to a folder of its own in ``destination``. AAM is not asked.

    Returns a receipt for :class:`AAMJoinTraitMembersOperator`. All arguments but this are those of the plan task.

    :param share: an item of what :class:`AAMPlanTraitMembersOperator` returned. (templated)
    """

    template_fields: Sequence[str] = (*AAMPushTraitMembersOperator.template_fields, "share")

    def __init__(self, *, share: Mapping[str, Any], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.share = share

    def _run(self, context: Context) -> Told:
        from airflow_provider_aam.members.sharing.shares import Share, send_share

        return told(send_share(self._order(context), Share.from_xcom(self.share)))


class AAMJoinTraitMembersOperator(AAMOperator):
    """Verify that the shares of a set are complete and no user is in two, then write its files to AAM's folder.

    Every share has to be there once, of one plan, with as many rows as the plan counted; each file is read and compared
    with its receipt, and the users of all files are counted. Only then are the files copied, under names with
    consecutive part numbers. When a check fails, or more than ``max_rejected`` rows of all shares together were
    rejected, nothing is uploaded. Returns a receipt as :class:`AAMPushTraitMembersOperator` does.

    :param receipts: what the mapped tasks returned: ``push.output``. (templated)
    :param receipts_conn_id: the Airflow Connection of the store that the shares are in. (templated)
    :param destination: the folder to write to, such as
        ``s3://demdex-s2s-clients/<directory>/<partner>/date=2026-01-31``. (templated)
    :param destination_conn_id: the Airflow Connection of the destination. (templated)
    :param put_options: more arguments for the store's upload; by default those of
        :class:`AAMPushTraitMembersOperator`.
    :param rejects_path: URI for the rejected rows of all shares, JSON Lines. (templated)
    :param max_rejected: rows that may be rejected, of all shares together.
    :param aam_conn_id: as for all operators; this one does not ask AAM.
    """

    template_fields: Sequence[str] = (
        "receipts",
        "receipts_conn_id",
        "destination",
        "destination_conn_id",
        "rejects_path",
    )
    shown_as = "members"
    ui_color = "#f3ece2"

    def __init__(
        self,
        *,
        receipts: Any,
        destination: str,
        receipts_conn_id: str | None = None,
        destination_conn_id: str | None = None,
        put_options: Mapping[str, Any] | None = None,
        rejects_path: str | None = None,
        max_rejected: int = 0,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.receipts = receipts
        self.receipts_conn_id = receipts_conn_id
        self.destination = destination
        self.destination_conn_id = destination_conn_id
        self.put_options = put_options
        self.rejects_path = rejects_path
        self.max_rejected = max_rejected

    def _problems(self) -> list[str]:
        return self._too_small(max_rejected=0)

    def _run(self, context: Context) -> Told:  # noqa: ARG002
        from airflow_provider_aam.members.sharing.join import Gate, join_shares
        from airflow_provider_aam.members.sharing.shares import ShareReceipt

        folder = open_path(self.destination, self.destination_conn_id, what="destination")
        gate = Gate(
            folder=folder,
            put_options=put_options_for(folder) if self.put_options is None else self.put_options,
            rejects=optional_path(self.rejects_path, self.destination_conn_id, what="rejects_path"),
            max_rejected=self.max_rejected,
        )
        receipts = [ShareReceipt.from_xcom(each) for each in self.receipts]
        return told(join_shares(receipts, gate, self._open))

    def subject(self) -> Subject:
        return Subject("data_sources")

    def written(self) -> Sequence[Written]:
        return (Written(self.destination, self.destination_conn_id, is_folder=True),)

    def _trace(self, lineage: Lineage, receipt: Mapping[str, Any]) -> None:
        lineage.sent(receipt)

    def _open(self, uri: str) -> IO[bytes]:
        path = open_path(uri, self.receipts_conn_id, what="receipts")
        file: IO[bytes] = path.fs.open(path.path, "rb")
        return file
