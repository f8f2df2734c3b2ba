"""All populations of traits or segments, small in memory: for those who wait for some of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from airflow_provider_aam.api.complete import until_complete
from airflow_provider_aam.api.errors import AAMNotFound
from airflow_provider_aam.api.numbers import whole_number
from airflow_provider_aam.api.resources import RESOURCES

if TYPE_CHECKING:
    from airflow_provider_aam.api.client import AAMClient

Figures = Mapping[int, tuple[int | None, ...]]
"""By ``sid``, in the order of the metrics of its kind; ``None`` where AAM sent none, which does not mean 0."""


def read_figures(client: AAMClient, kind: str, sid: int | None) -> Figures:
    """Of one object, none if it does not exist; of all, where ``sid`` is ``None``: one request per 1,000."""
    metrics = tuple(RESOURCES[kind].metrics)
    collection = client.collection(kind)

    def figures_of(record: Mapping[str, Any]) -> tuple[int | None, ...]:
        return tuple(whole_number(record.get(metric)) for metric in metrics)

    if sid is None:
        rows = collection.list
        return until_complete(lambda: {int(row["sid"]): figures_of(row) for row in rows(includeMetrics=True)})
    try:
        return {sid: figures_of(collection.get(sid, includeMetrics=True))}
    except AAMNotFound:
        return {}
