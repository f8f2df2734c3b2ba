"""Operators that read what AAM delivered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, cast

from airflow_provider_aam.hooks.paths import open_path, optional_path
from airflow_provider_aam.operators.base import AAMOperator, Told, told
from airflow_provider_aam.operators.links import Subject, Written

if TYPE_CHECKING:
    from datetime import datetime

    import pyarrow as pa

    from airflow_provider_aam.compat import Context, ObjectStoragePath
    from airflow_provider_aam.feeds.write_rows import ReadOrder
    from airflow_provider_aam.lineage import Lineage


class _ReadingOperator(AAMOperator):
    """Its arguments are documented at each operator."""

    ui_color = "#e8f3ec"
    shown_as = "read"

    def __init__(
        self,
        *,
        source: Any,
        destination: str,
        source_conn_id: str | None = None,
        destination_conn_id: str | None = None,
        file_format: str | None = None,
        rejects_path: str | None = None,
        max_rejected: int = 0,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.source = source
        self.source_conn_id = source_conn_id
        self.destination = destination
        self.destination_conn_id = destination_conn_id
        self.file_format = file_format
        self.rejects_path = rejects_path
        self.max_rejected = max_rejected

    def _problems(self) -> list[str]:
        return self._too_small(max_rejected=0)

    def _open_source(self, uri: str) -> ObjectStoragePath:
        return open_path(uri, self.source_conn_id, what="source")

    def _order(self) -> ReadOrder:
        from airflow_provider_aam.feeds.write_rows import ReadOrder
        from airflow_provider_aam.files.engine import require_libraries

        require_libraries()
        return ReadOrder(
            destination=open_path(self.destination, self.destination_conn_id, what="destination"),
            file_format=self.file_format,
            rejects=optional_path(self.rejects_path, self.destination_conn_id, what="rejects_path"),
            max_rejected=self.max_rejected,
        )

    def written(self) -> Sequence[Written]:
        return (Written(self.destination, self.destination_conn_id),)

    def _schema(self) -> pa.Schema:
        """Of the rows that it writes."""
        raise NotImplementedError

    def _fields(self) -> Mapping[str, Sequence[str]]:
        """By column, the fields of a line that it is made of."""
        return {column.name: [column.name] for column in self._schema()}

    def _trace(self, lineage: Lineage, receipt: Mapping[str, Any]) -> None:
        types = {column.name: str(column.type) for column in self._schema()}
        lineage.read_into([file["uri"] for file in receipt["files"]], receipt, types, self._fields())


class AAMReadDeliveryOperator(_ReadingOperator):
    """Read the files of an outbound delivery into one file of rows: ``user``, ``segments`` and ``removed`` (segments).

    Every line becomes a row, is blank or a header, or is rejected with a reason; files that have another number of
    lines than their ``.info`` file says fail the task. The file appears complete or not at all. Returns the receipt as
    XCom: ``uri, format, rows, bytes, sha256, rejected, rejects_uri, files: [{uri, lines, rows, rejected}], started_at,
    finished_at``. Assets in ``outlets`` get ``rows``, ``bytes``, ``sha256`` and ``uri`` in their event's extra. AAM is
    not asked for anything. Needs the extra ``members``.

    :param source: what :class:`~airflow_provider_aam.sensors.outbound.AAMOutboundSensor` returned (``wait.output``), or
        URIs, folders (``s3://bucket/prefix/``) and patterns (``s3://bucket/prefix/s3_12_*``); ``.info`` files among
        them tell the number of lines.
        (templated)
    :param source_conn_id: the Airflow Connection of the files' store. (templated)
    :param destination: URI to write to, with one of the suffixes ``.parquet``, ``.jsonl`` and ``.jsonl.gz``.
        (templated)
    :param destination_conn_id: the Airflow Connection of the destination's store. (templated)
    :param file_format: ``parquet``, ``jsonl`` or ``jsonl.gz``, when the suffix does not tell. (templated)
    :param layout: how lines are laid out, where they are not as AAM's default: ``separator`` of columns (a space),
        ``list_separator`` (a comma), the numbers of the columns ``user`` (1), ``segments`` (2) and ``removed`` (3, or
        ``None``), and ``header_lines`` (0); or, where each line is a JSON object, its keys ``user``, ``segments`` and
        ``removed`` (none by default). (templated)
    :param as_of: instead of the rows of each file, who is in which segment as of this moment (an aware ``datetime`` or
        ISO 8601 text) or the end of this day (UTC): ``user`` and ``segments`` from the newest full delivery and the
        incremental ones after it, by the times in their names. ``source`` is the folder (with a slash at its end) or a
        pattern. (templated)
    :param rejects_path: URI for the rejected lines, JSON Lines with ``file``, ``line``, ``reason`` and ``text``.
        (templated)
    :param max_rejected: lines that may be rejected before the task fails.
    :param check_lines: whether to compare the number of lines with ``.info`` files.
    :param threads: threads that read and, one of them, write; as many as the process may use by default.
    :param memory_mb: with ``as_of``, the memory of DuckDB; what does not fit goes to temporary files.
    :param aam_conn_id: the Airflow Connection of type ``aam``, for the buttons of the task. (templated)
    """

    template_fields: Sequence[str] = (
        "source",
        "source_conn_id",
        "destination",
        "destination_conn_id",
        "file_format",
        "layout",
        "as_of",
        "rejects_path",
        "aam_conn_id",
    )
    template_fields_renderers: ClassVar[dict[str, str]] = {"source": "json", "layout": "json"}

    def __init__(
        self,
        *,
        layout: Mapping[str, Any] | None = None,
        as_of: datetime | str | None = None,
        check_lines: bool = True,
        threads: int | None = None,
        memory_mb: int = 1000,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.layout = layout
        self.as_of = as_of
        self.check_lines = check_lines
        self.threads = threads
        self.memory_mb = memory_mb

    def _problems(self) -> list[str]:
        problems = [*super()._problems(), *self._too_small(threads=1, memory_mb=200)]
        if self.as_of is not None and isinstance(self.source, Mapping):
            problems.append("as_of needs the folder of all deliveries as source, not what a sensor returned of one day")
        return problems

    def subject(self) -> Subject:
        return Subject("destinations")

    def _schema(self) -> pa.Schema:
        from airflow_provider_aam.feeds.read_state import state_schema
        from airflow_provider_aam.feeds.reading.part import delivery_schema

        return delivery_schema() if self.as_of is None else state_schema()

    def _fields(self) -> Mapping[str, Sequence[str]]:
        from airflow_provider_aam.feeds.reading.layout import read_layout

        layout = read_layout(self.layout)
        places = {name: getattr(layout, name) for name in ("user", "segments", "removed")}
        called = {name: place if isinstance(place, str) else name for name, place in places.items() if place}
        if self.as_of is None:
            return {name: [field] for name, field in called.items()}
        return {"user": [called.pop("user")], "segments": [*called.values()]}

    def _run(self, context: Context) -> Told:  # noqa: ARG002
        from airflow_provider_aam.feeds.read_delivery import Lines, read_delivery
        from airflow_provider_aam.feeds.read_state import read_state
        from airflow_provider_aam.feeds.reading.given import find_delivered
        from airflow_provider_aam.feeds.reading.history import find_history
        from airflow_provider_aam.feeds.reading.layout import read_layout
        from airflow_provider_aam.files.engine import Limits

        lines = Lines(layout=read_layout(self.layout), check_lines=self.check_lines, threads=self.threads)
        if self.as_of is None:
            return told(read_delivery(find_delivered(self.source, self._open_source), lines, self._order()))
        history = find_history(cast("Sequence[str]", self.source), self._open_source, self.as_of)
        limits = Limits(threads=self.threads, memory_mb=self.memory_mb)
        return told(read_state(history, lines, self._order(), limits))


class AAMReadDataFeedOperator(_ReadingOperator):
    """Read files of a Customer Data Feed into one file of events.

    Columns: ``event_time`` (UTC, when AAM processed the event), ``device`` (text of 38 digits), ``container_id``,
    ``realized_traits``, ``realized_segments`` (lists), ``request_parameters`` (a list of ``key`` and ``value``),
    ``referer``, ``ip``, ``mcdevice``, ``all_segments``, ``all_traits`` (lists) and ``extra``, the fields that Adobe has
    appended since. Every line becomes a row, is blank, or is rejected with a reason. The file appears complete or not
    at all. Returns the receipt as XCom: ``uri, format, rows, bytes, sha256, rejected, rejects_uri, files: [{uri,
    lines, rows, rejected}], started_at, finished_at``. Assets in ``outlets`` get ``rows``, ``bytes``, ``sha256`` and
    ``uri`` in their event's extra. AAM is not asked for anything. Needs the extra ``members``.

    :param source: what :class:`~airflow_provider_aam.sensors.feed.AAMDataFeedSensor` returned (``wait.output``), or
        some of its ``files``, or URIs and patterns. (templated)
    :param source_conn_id: the Airflow Connection of the feed's store. (templated)
    :param destination: URI to write to, with one of the suffixes ``.parquet``, ``.jsonl`` and ``.jsonl.gz``.
        (templated)
    :param destination_conn_id: the Airflow Connection of the destination's store. (templated)
    :param file_format: ``parquet``, ``jsonl`` or ``jsonl.gz``, when the suffix does not tell. (templated)
    :param rejects_path: URI for the rejected lines, JSON Lines with ``file``, ``line``, ``reason`` and ``text``.
        (templated)
    :param max_rejected: lines that may be rejected before the task fails.
    :param aam_conn_id: the Airflow Connection of type ``aam``, for the buttons of the task. (templated)
    """

    template_fields: Sequence[str] = (
        "source",
        "source_conn_id",
        "destination",
        "destination_conn_id",
        "file_format",
        "rejects_path",
        "aam_conn_id",
    )
    template_fields_renderers: ClassVar[dict[str, str]] = {"source": "json"}

    def _schema(self) -> pa.Schema:
        from airflow_provider_aam.feeds.reading.events import event_schema

        return event_schema()

    def _run(self, context: Context) -> Told:  # noqa: ARG002
        from airflow_provider_aam.feeds.read_feed import read_feed
        from airflow_provider_aam.feeds.reading.given import find_feed_files

        return told(read_feed(find_feed_files(self.source, self._open_source), self._order()))
