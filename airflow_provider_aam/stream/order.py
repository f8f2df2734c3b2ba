"""What a task asks for."""

from __future__ import annotations

from dataclasses import dataclass, field

from airflow_provider_aam.files.staging import Destination
from airflow_provider_aam.stream.reading import Source


@dataclass(frozen=True, kw_only=True)
class Order:
    """Users are ids of ``data_source`` (id, integration code or name) or of ``namespace``.

    They go through the Customer Data API's ``stream_id`` or, without it, the DCS of ``domain_alias``.
    """

    source: Source = field(repr=False)
    stream_id: str | None = None
    domain_alias: str | None = None
    region: int | str | None = None
    expect_uuid: bool = True
    data_source: int | str | None = None
    namespace: str | None = None
    target_data_source: int | str | None = None
    operation: str = "append"
    rejects: Destination | None = None
    max_rejected: int = 0
    tracing_id: str = "airflow-provider-aam"
