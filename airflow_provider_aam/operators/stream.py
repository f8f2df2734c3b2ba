"""Rows of users and traits → AAM, at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from airflow_provider_aam.hooks.paths import open_path, optional_path
from airflow_provider_aam.operators.base import AAMOperator, Told, told
from airflow_provider_aam.operators.links import Subject, Written

if TYPE_CHECKING:
    from airflow_provider_aam.compat import Context

OPERATIONS = ("append", "overwrite", "delete")


class AAMStreamTraitsOperator(AAMOperator):
    """Send rows of users and traits to AAM at once: sets that are small or cannot wait.

    The Customer Data API (``transport="stream"``) takes requests of some 600 rows, the data collection servers
    (``"dcs"``) one user per request, and only appends. Several requests are under way at once; the rows of one user
    arrive in their order. AAM says what became of each row: what it failed at is sent again, people who have opted out
    are skipped and counted, wrong rows go to ``rejects_path``. A retry of the task sends all rows again, to the same
    effect. Returns the receipt as XCom: ``stream_id, domain_alias, rows, sent, skipped, rejected, codes, rejects_uri,
    requests, bytes, started_at, finished_at``, where ``rows`` = ``sent`` + ``skipped`` + ``rejected``.

    :param transport: ``stream`` or ``dcs``.
    :param stream_id: the stream's id in the Customer Data API, which Adobe gives you; for ``stream``. (templated)
    :param domain_alias: the ``acme`` of ``acme.demdex.net``, which Adobe gives you; for ``dcs``. (templated)
    :param region: the number of the DCS region where most of the users are, for ``dcs``; by default the one that is
        nearest to the worker. Another one works as well, but slower. (templated)
    :param expect_uuid: whether a response of the DCS that names neither an error nor the user's ``uuid`` means that it
        was not taken in. Adobe does not say so: it is inferred.
    :param source: URI of a JSON Lines, CSV or Parquet file, a list of such, or a list of rows. Columns: ``user``,
        ``trait`` (a sid, a list of such, or a text of several), ``signals`` (an object of keys and values; not in CSV),
        and ``operation``; all but ``user`` may be missing. (templated)
    :param source_conn_id: the Airflow Connection of the source's store. (templated)
    :param data_source: whose ids the users are: id, integration code or name of a data source, or the id of a global
        device data source; 0 for AAM's own ids. (templated)
    :param namespace: instead, the code of an identity namespace; with ``dcs`` an integration code, or ``ECID``.
        (templated)
    :param target_data_source: whose traits are changed, and no others; needed to overwrite. (templated)
    :param operation: what rows without an ``operation`` do: ``append``, ``overwrite`` (replace all traits of
        ``target_data_source``) or ``delete``.
    :param rejects_path: URI for the rejected rows, JSON Lines with ``place``, ``code``, ``reason``, ``transaction_id``
        (for Adobe's support) and ``row``. (templated)
    :param rejects_conn_id: the Airflow Connection of that store. (templated)
    :param max_rejected: rows that may be rejected before the task fails; all others are sent in any case.
    :param max_concurrency: requests under way at once at most; by default the Connection's.
    :param aam_conn_id: the Airflow Connection of type ``aam``. (templated)
    """

    template_fields: Sequence[str] = (
        "stream_id",
        "domain_alias",
        "region",
        "source",
        "source_conn_id",
        "data_source",
        "namespace",
        "target_data_source",
        "rejects_path",
        "rejects_conn_id",
        "aam_conn_id",
    )
    template_fields_renderers: ClassVar[dict[str, str]] = {"source": "json"}
    ui_color = "#f3ece2"
    shown_as = "stream"

    def __init__(
        self,
        *,
        source: str | Sequence[str] | Sequence[Mapping[str, Any]],
        source_conn_id: str | None = None,
        transport: str = "stream",
        stream_id: str | None = None,
        domain_alias: str | None = None,
        region: int | str | None = None,
        expect_uuid: bool = True,
        data_source: int | str | None = None,
        namespace: str | None = None,
        target_data_source: int | str | None = None,
        operation: str = "append",
        rejects_path: str | None = None,
        rejects_conn_id: str | None = None,
        max_rejected: int = 0,
        max_concurrency: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.source = source
        self.source_conn_id = source_conn_id
        self.transport = transport
        self.stream_id = stream_id
        self.domain_alias = domain_alias
        self.region = region
        self.expect_uuid = expect_uuid
        self.data_source = data_source
        self.namespace = namespace
        self.target_data_source = target_data_source
        self.operation = operation
        self.rejects_path = rejects_path
        self.rejects_conn_id = rejects_conn_id
        self.max_rejected = max_rejected
        self.max_concurrency = max_concurrency

    def _problems(self) -> list[str]:
        problems = self._misplaced()
        if (self.data_source is None) == (self.namespace is None):
            problems.append("give either data_source or namespace")
        if self.operation not in OPERATIONS:
            problems.append(f"operation is {self.operation!r}; expected {' or '.join(map(repr, OPERATIONS))}")
        if self.operation == "overwrite" and self.target_data_source is None:
            problems.append("operation 'overwrite' needs target_data_source, whose traits are replaced")
        return [*problems, *self._too_small(max_rejected=0, max_concurrency=1)]

    def _misplaced(self) -> list[str]:
        """Problems of arguments that one transport needs, and the other cannot use."""
        ways: dict[str, dict[str, Any]] = {
            "stream": {"stream_id": self.stream_id},
            "dcs": {"domain_alias": self.domain_alias, "region": self.region},
        }
        if self.transport not in ways:
            return [f"transport is {self.transport!r}; expected {' or '.join(map(repr, ways))}"]
        own = ways.pop(self.transport)
        needed = next(iter(own))
        problems = [] if own[needed] else [f"transport {self.transport!r} needs {needed}"]
        for other, arguments in ways.items():
            given = [name for name, value in arguments.items() if value is not None]
            problems += [f"{name} is for transport {other!r} alone" for name in given]
        if self.transport == "dcs" and self.operation in OPERATIONS[1:]:
            problems.append(f"operation {self.operation!r} is for transport 'stream' alone: the DCS only appends")
        return problems

    def _run(self, context: Context) -> Told:
        from airflow_provider_aam.stream.job import stream_operations
        from airflow_provider_aam.stream.order import Order

        order = Order(
            source=self._source(),
            stream_id=self.stream_id,
            domain_alias=self.domain_alias,
            region=self.region,
            expect_uuid=self.expect_uuid,
            data_source=self.data_source,
            namespace=self.namespace,
            target_data_source=self.target_data_source,
            operation=self.operation,
            rejects=optional_path(self.rejects_path, self.rejects_conn_id, what="rejects_path"),
            max_rejected=self.max_rejected,
            tracing_id=context["run_id"],
        )
        with self._client() as client:
            return told(stream_operations(client.at_most(self.max_concurrency), order))

    def _source(self) -> Sequence[Any]:
        from airflow_provider_aam.files.uris import several

        return [
            each if isinstance(each, Mapping) else open_path(each, self.source_conn_id, what="source")
            for each in several(self.source, what="source")
        ]

    def subject(self) -> Subject:
        return Subject("data_sources")

    def written(self) -> Sequence[Written]:
        return (Written(self.rejects_path, self.rejects_conn_id),) if self.rejects_path else ()
