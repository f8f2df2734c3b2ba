"""One task: rows of users and traits as inbound files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from airflow_provider_aam.api.numbers import no_share
from airflow_provider_aam.operators.base import Told, told
from airflow_provider_aam.operators.members.order import OrderingOperator

if TYPE_CHECKING:
    from airflow_provider_aam.compat import Context


class AAMPushTraitMembersOperator(OrderingOperator):
    """Write rows of users and traits as inbound files that AAM accepts.

    Every row ends in a file, is a duplicate, or is rejected with a reason; nothing is uploaded when more than
    ``max_rejected`` are. Users get one line each, with each trait once. AAM picks files up about twice a day and drops
    what it does not understand without a word in the file, so ids, traits and lines are checked against its documented
    rules first, and the traits against the account. The same source and batch give the same bytes under the same names:
    a retry replaces files by themselves. Returns the receipt as XCom: ``batch, files: [{uri, bytes, raw_bytes, lines,
    sha256}], users, rows, items, duplicates, unchanged, removed, rejected, rejects_uri, data_source,
    target_data_source, mode, started_at, finished_at``.
    Needs the extra ``members``.

    :param source: URI of a Parquet, CSV or JSON Lines file, a pattern (``s3://bucket/day/*.parquet``), or a list of
        such. (templated)
    :param sql: instead, a query whose result has the columns below; its rows go through the worker's temporary disk.
        Also the path of a ``.sql`` file. (templated)
    :param sql_conn_id: the Airflow Connection of that database. (templated)
    :param source_conn_id: the Airflow Connection of the source's store. (templated)
    :param data_source: whose ids the users are: id, integration code or name of a data source, or the id of a global
        device data source, such as 20914 for Android. (templated)
    :param target_data_source: whose traits they are, where that is another; needed for global device data sources.
        (templated)
    :param id_format: ``customer``, ``aam`` (AAM UUID) or ``ecid``, where the data source's *Inbound* setting, as AAM's
        API shows it, is misread: which of its fields is that setting is not documented.
    :param user: the column of user ids.
    :param trait: the column of traits: one per row, or a list column.
    :param trait_separator: what separates the traits of one text, where ``trait`` is a text of several.
    :param key: with ``value`` and ``trait=None``: columns of signals instead of traits.
    :param value: the column of the signals' values.
    :param action: the column that says ``add`` or ``remove``; without it every row adds.
    :param traits_are: ``sid``, or ``integrationCode`` of the data source that owns the traits.
    :param trait_map: the sid of each text in the ``trait`` column, instead. (templated)
    :param previous: a folder of your own, outside of AAM's bucket, for the sets that were sent. With it, ``source`` is
        the full set of today, and only what changed since the last run is sent: new memberships, and removals of those
        that are gone. The first run sends everything. (templated)
    :param previous_conn_id: the Airflow Connection of that folder's store. (templated)
    :param max_removed_ratio: with ``previous``, the share of the last set that may be gone before the task fails: a
        source that was cut short would remove everybody.
    :param mode: ``sync`` adds and removes what the rows say. ``overwrite`` takes from each user in the files every
        trait of the data source that is not named.
    :param clear_users: with ``overwrite``: users without a trait lose all of them.
    :param destination: the folder to write to, such as
        ``s3://demdex-s2s-clients/<directory>/<partner>/date=2026-01-31``. (templated)
    :param destination_conn_id: the Airflow Connection of the destination. (templated)
    :param put_options: more arguments for the store's upload, such as ``{"ACL": "bucket-owner-full-control"}``,
        which Adobe's bucket needs and is the default for ``s3``.
    :param batch_time: the time in the files' names, as an aware ``datetime`` or ISO 8601 text; by default the run's
        logical date, or where it has none the time after which it runs. (templated)
    :param split_compressed_mb: a file ends at this size, compressed. Adobe's optimum is 200 to 300.
    :param split_raw_mb: a file ends at this size before compression.
    :param compression: ``gzip``, or ``None``.
    :param pgp_key: URI of the public key that Adobe gave you: files are encrypted for it (AES) and not compressed, and
        a retry writes other bytes under the same names. Needs the extra ``pgp`` and the program ``gpg``. (templated)
    :param create_missing: with ``traits_are="integrationCode"``: what traits that are not in AAM yet are to have, such
        as ``{"folder": "/CRM"}``. They are created first, by the push of traits with its plan and checks, named by
        their codes unless ``name`` says otherwise. (templated)
    :param check_traits: whether each trait has to exist in AAM, be onboarded and belong to the data source.
    :param rejects_path: URI for the rejected rows, JSON Lines with ``user``, ``item``, ``code`` and ``reason``.
        (templated)
    :param max_rejected: rows that may be rejected before the task fails.
    :param threads: threads of DuckDB; as many as the machine has by default.
    :param memory_mb: memory of DuckDB; what does not fit goes to temporary files.
    :param dry_run: check and count, and write nothing but the rejects.
    :param aam_conn_id: the Airflow Connection of type ``aam``. (templated)
    """

    template_fields: Sequence[str] = (
        "source",
        "source_conn_id",
        "sql",
        "sql_conn_id",
        "data_source",
        "target_data_source",
        "trait_map",
        "create_missing",
        "pgp_key",
        "destination",
        "destination_conn_id",
        "previous",
        "previous_conn_id",
        "batch_time",
        "rejects_path",
        "aam_conn_id",
    )
    template_ext: Sequence[str] = (".sql",)
    template_fields_renderers: ClassVar[dict[str, str]] = {
        "source": "json",
        "sql": "sql",
        "trait_map": "json",
        "create_missing": "json",
    }
    shown_as = "members"
    ui_color = "#f3ece2"

    def __init__(
        self,
        *,
        data_source: int | str,
        target_data_source: int | str | None = None,
        id_format: str | None = None,
        user: str = "user",
        trait: str | None = "trait",
        trait_separator: str | None = None,
        key: str | None = None,
        value: str | None = None,
        action: str | None = None,
        traits_are: str = "sid",
        trait_map: Mapping[str, int] | None = None,
        previous: str | None = None,
        previous_conn_id: str | None = None,
        max_removed_ratio: float = 0.5,
        mode: str = "sync",
        clear_users: bool = False,
        pgp_key: str | None = None,
        create_missing: Mapping[str, Any] | None = None,
        check_traits: bool = True,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.data_source = data_source
        self.target_data_source = target_data_source
        self.id_format = id_format
        self.user = user
        self.trait = trait
        self.trait_separator = trait_separator
        self.key = key
        self.value = value
        self.action = action
        self.traits_are = traits_are
        self.trait_map = trait_map
        self.previous = previous
        self.previous_conn_id = previous_conn_id
        self.max_removed_ratio = max_removed_ratio
        self.mode = mode
        self.clear_users = clear_users
        self.pgp_key = pgp_key
        self.create_missing = create_missing
        self.check_traits = check_traits

    def _problems(self) -> list[str]:
        problems = super()._problems()
        problems += self._unknown_words(
            mode=("sync", "overwrite"),
            traits_are=("sid", "integrationCode"),
            id_format=(None, "customer", "aam", "ecid"),
        )
        if self.clear_users and self.mode != "overwrite":
            problems.append("clear_users needs mode='overwrite': a sync file cannot clear a user")
        if self.create_missing is not None and (self.traits_are != "integrationCode" or self.trait_map is not None):
            problems.append("create_missing needs traits_are='integrationCode' and no trait_map")
        if self.previous and (self.mode != "sync" or self.action or self.key):
            problems.append(
                "previous needs mode='sync', and neither action nor key: a full set of traits says itself what is gone"
            )
        return [*problems, *no_share("max_removed_ratio", self.max_removed_ratio)]

    def _fields(self) -> Mapping[str, Sequence[str]]:
        said = {"signals": (self.key, self.value)} if self.trait is None else {"traits": (self.trait, self.action)}
        return {"user": [self.user], **{name: [each for each in columns if each] for name, columns in said.items()}}

    def _run(self, context: Context) -> Told:
        from airflow_provider_aam.members.job import send_members

        order = self._order(context)
        with self._client() as client:
            return told(send_members(client, order))
