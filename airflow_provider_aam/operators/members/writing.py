"""What all tasks have in common that make inbound files of rows: where from, where to, in files of which size."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from airflow_provider_aam.hooks.paths import open_path, optional_path
from airflow_provider_aam.operators.base import AAMOperator
from airflow_provider_aam.operators.links import Subject, Written

if TYPE_CHECKING:
    from airflow_provider_aam.compat import Context, ObjectStoragePath
    from airflow_provider_aam.files.engine import Limits
    from airflow_provider_aam.lineage import Lineage
    from airflow_provider_aam.members.reading.query import Source
    from airflow_provider_aam.members.target import Target


class WritingOperator(AAMOperator):
    """Its arguments are documented at each operator."""

    def __init__(
        self,
        *,
        destination: str,
        source: str | Sequence[str] = (),
        source_conn_id: str | None = None,
        sql: str | None = None,
        sql_conn_id: str | None = None,
        destination_conn_id: str | None = None,
        put_options: Mapping[str, Any] | None = None,
        batch_time: Any = None,
        split_compressed_mb: int = 250,
        split_raw_mb: int = 1000,
        compression: str | None = "gzip",
        rejects_path: str | None = None,
        max_rejected: int = 0,
        threads: int | None = None,
        memory_mb: int = 1500,
        dry_run: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.destination = destination
        self.source = source
        self.source_conn_id = source_conn_id
        self.sql = sql
        self.sql_conn_id = sql_conn_id
        self.destination_conn_id = destination_conn_id
        self.put_options = put_options
        self.batch_time = batch_time
        self.split_compressed_mb = split_compressed_mb
        self.split_raw_mb = split_raw_mb
        self.compression = compression
        self.rejects_path = rejects_path
        self.max_rejected = max_rejected
        self.threads = threads
        self.memory_mb = memory_mb
        self.plan_only = dry_run  # BaseOperator.dry_run is a method

    def _problems(self) -> list[str]:
        problems = self._unknown_words(compression=("gzip", None))
        if bool(self.source) == bool(self.sql) or bool(self.sql) != bool(self.sql_conn_id):
            problems.append("give either source, or sql with sql_conn_id")
        return [*problems, *self._too_small(max_rejected=0, split_compressed_mb=1, split_raw_mb=1, memory_mb=200)]

    def _unknown_words(self, **known: Sequence[str | None]) -> list[str]:
        return [
            f"{name} is {getattr(self, name)!r}; expected {' or '.join(map(repr, words))}"
            for name, words in known.items()
            if getattr(self, name) not in words
        ]

    def _source(self) -> Source:
        if self.sql and self.sql_conn_id:
            from airflow_provider_aam.hooks.sql import read_sql

            return partial(read_sql, self.sql, self.sql_conn_id)
        from airflow_provider_aam.files.uris import several

        return [open_path(uri, self.source_conn_id, what="source") for uri in several(self.source, what="source")]

    def _target(self, context: Context, **more: Any) -> Target:
        from airflow_provider_aam.members.target import MB, Sizes, Target

        folder = open_path(self.destination, self.destination_conn_id, what="destination")
        return Target(
            folder=folder,
            batch=self._batch(context),
            sizes=Sizes(raw=self.split_raw_mb * MB, stored=self.split_compressed_mb * MB),
            compressed=self.compression == "gzip",
            put_options=put_options_for(folder) if self.put_options is None else self.put_options,
            rejects=optional_path(self.rejects_path, self.destination_conn_id, what="rejects_path"),
            max_rejected=self.max_rejected,
            dry_run=self.plan_only,
            **more,
        )

    def subject(self) -> Subject:
        return Subject("data_sources")

    def written(self) -> Sequence[Written]:
        return () if self.plan_only else (Written(self.destination, self.destination_conn_id, is_folder=True),)

    def _fields(self) -> Mapping[str, Sequence[str]]:
        """What AAM learns of a user, and the source's columns that say it."""
        raise NotImplementedError

    def _trace(self, lineage: Lineage, receipt: Mapping[str, Any]) -> None:
        lineage.read_files(self.source, columns=[name for names in self._fields().values() for name in names])
        lineage.sent(receipt, self._fields())

    def _limits(self) -> Limits:
        from airflow_provider_aam.files.engine import Limits

        return Limits(threads=self.threads, memory_mb=self.memory_mb)

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
