"""From a task's arguments to the order that the job carries out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from airflow_provider_aam.hooks.paths import open_path, optional_path
from airflow_provider_aam.operators.base import AAMOperator

if TYPE_CHECKING:
    from airflow_provider_aam.api.client import AAMClient
    from airflow_provider_aam.compat import Context, ObjectStoragePath
    from airflow_provider_aam.members.job import Order
    from airflow_provider_aam.members.query import Query
    from airflow_provider_aam.members.target import Target


class OrderingOperator(AAMOperator):
    """Its arguments, documented at :class:`.push.AAMPushTraitMembersOperator`, as an order."""

    source: str | Sequence[str]
    source_conn_id: str | None
    sql: str | None
    sql_conn_id: str | None
    user: str
    trait: str | None
    trait_separator: str | None
    key: str | None
    value: str | None
    action: str | None
    traits_are: str
    trait_map: Mapping[str, int] | None
    check_traits: bool
    create_missing: Mapping[str, Any] | None
    data_source: int | str
    target_data_source: int | str | None
    id_format: str | None
    mode: str
    clear_users: bool
    previous: str | None
    previous_conn_id: str | None
    max_removed_ratio: float
    destination: str
    destination_conn_id: str | None
    put_options: Mapping[str, Any] | None
    batch_time: Any
    split_compressed_mb: int
    split_raw_mb: int
    compression: str | None
    pgp_key: str | None
    rejects_path: str | None
    max_rejected: int
    threads: int | None
    memory_mb: int
    plan_only: bool

    def _order(self, context: Context) -> Order:
        from airflow_provider_aam.members.engine import Limits
        from airflow_provider_aam.members.job import Order, Words
        from airflow_provider_aam.members.shape import Shape

        return Order(
            source=self._source(),
            shape=Shape(
                user=self.user,
                trait=self.trait,
                trait_separator=self.trait_separator,
                key=self.key,
                value=self.value,
                action=self.action,
            ),
            words=Words(
                are_sids=self.traits_are == "sid",
                map=self.trait_map,
                checked=self.check_traits,
                create=None if self.create_missing is None else self._create,
            ),
            data_source=self.data_source,
            target_data_source=self.target_data_source,
            id_format=self.id_format,
            mode="sync" if self.mode == "sync" else "overwrite",
            clear_users=self.clear_users,
            previous=optional_path(self.previous, self.previous_conn_id, what="previous"),
            target=self._target(context),
            limits=Limits(threads=self.threads, memory_mb=self.memory_mb),
        )

    def _source(self) -> Sequence[ObjectStoragePath] | Query:
        if self.sql and self.sql_conn_id:
            from airflow_provider_aam.hooks.sql import read_sql

            return partial(read_sql, self.sql, self.sql_conn_id)
        given = [self.source] if isinstance(self.source, str) else self.source
        return [open_path(uri, self.source_conn_id, what="source") for uri in given]

    def _create(self, client: AAMClient, owner_id: int, codes: Sequence[str]) -> None:
        from airflow_provider_aam.catalog import PlanOptions, load, push

        given = {"traitType": "ON_BOARDED_TRAIT", **(self.create_missing or {})}
        rows = [{"name": code, **given, "integrationCode": code, "dataSource": owner_id} for code in codes]
        catalog, _ = load(rows, kind="traits", match_on="integrationCode")
        options = PlanOptions(match_on="integrationCode")
        push(client, catalog, options, source="traits that the source names", dry_run=self.plan_only)

    def _target(self, context: Context) -> Target:
        from airflow_provider_aam.members.parts import MB, Sizes
        from airflow_provider_aam.members.target import Target

        folder = open_path(self.destination, self.destination_conn_id, what="destination")
        return Target(
            folder=folder,
            batch=self._batch(context),
            sizes=Sizes(raw=self.split_raw_mb * MB, stored=self.split_compressed_mb * MB),
            compressed=self.compression == "gzip",
            pgp_key=open_path(self.pgp_key, None, what="pgp_key").read_bytes() if self.pgp_key else None,
            put_options=put_options_for(folder) if self.put_options is None else self.put_options,
            rejects=optional_path(self.rejects_path, self.destination_conn_id, what="rejects_path"),
            max_rejected=self.max_rejected,
            max_removed_ratio=self.max_removed_ratio,
            dry_run=self.plan_only,
        )

    def _batch(self, context: Context) -> int:
        """Seconds since 1970: the same for all tries of a run."""
        from airflow_provider_aam.api.moments import parse_moment

        moment = self.batch_time
        if moment is None:
            run = context["dag_run"]
            moment = run.logical_date or run.run_after
        return int(parse_moment(moment, what="batch_time").timestamp())


def put_options_for(folder: ObjectStoragePath) -> Mapping[str, Any]:
    """AAM cannot read what its bucket's owner does not own."""
    return {"ACL": "bucket-owner-full-control"} if "s3" in folder.fs.protocol else {}
