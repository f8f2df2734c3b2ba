"""What AAM is asked for, checked before anything is asked: filters, metrics, a lower bound in time, page size."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from airflow_provider_aam.api.collection import Collection
from airflow_provider_aam.api.errors import AAMArgumentError
from airflow_provider_aam.api.moments import epoch_ms, parse_moment
from airflow_provider_aam.api.paging import LARGEST_PAGE

OWN_PARAMS = {
    "page": "every page is read",
    "pageSize": "use page_size",
    "sortBy": "the list is sorted by id, so that pages do not shift while it is read",
}
NO_BOUND = (None, "", "None")
"""What a template gives when there was no earlier run; a native one gives a lazy object that only equals ``None``."""


@dataclass(frozen=True, kw_only=True)
class Query:
    """``params`` are AAM's query parameters, paging excluded. ``max_concurrency`` ``None``: the Connection's."""

    params: Mapping[str, Any]
    page_size: int
    max_concurrency: int | None

    @property
    def include_metrics(self) -> bool:
        return str(self.params.get("includeMetrics", "")).lower() == "true"


def build_query(
    collection: Collection,
    *,
    filters: Mapping[str, Any] | None = None,
    include_metrics: bool = False,
    updated_since: datetime | str | None = None,
    page_size: int = LARGEST_PAGE,
    max_concurrency: int | None = None,
) -> Query:
    """Raises :class:`AAMArgumentError` for what AAM would ignore silently or misread."""
    name = collection.resource.name
    if filters is not None and not isinstance(filters, Mapping):
        raise AAMArgumentError(f"filters must be a mapping of AAM's query parameters, not {filters!r}.")
    params = dict(filters or {})
    for param, reason in OWN_PARAMS.items():
        if param in params:
            raise AAMArgumentError(f"filters must not hold {param!r}: {reason}.")
    collection.check_filters(params)
    _check_number("page_size", page_size, highest=LARGEST_PAGE)
    if max_concurrency is not None:
        _check_number("max_concurrency", max_concurrency)
    if include_metrics:
        _require(collection, "includeMetrics", f"include_metrics: AAM has no metrics in the list of {name}.")
        params["includeMetrics"] = True
    if updated_since is not None and updated_since not in NO_BOUND:
        _require(collection, "updatedSince", f"updated_since: AAM cannot list {name} by the time of their last change.")
        if "updatedSince" in params:
            raise AAMArgumentError("updated_since and filters['updatedSince'] are both given: keep one.")
        params["updatedSince"] = epoch_ms(parse_moment(updated_since, what="updated_since"))
    return Query(params=params, page_size=page_size, max_concurrency=max_concurrency)


def _check_number(name: str, value: object, *, highest: int | None = None) -> None:
    if type(value) is not int or value < 1 or (highest is not None and value > highest):
        span = "1 or more" if highest is None else f"from 1 to {highest}"
        raise AAMArgumentError(f"{name} must be an integer, {span}, not {value!r}.")


def _require(collection: Collection, param: str, problem: str) -> None:
    if param not in collection.resource.list_params:
        raise AAMArgumentError(problem)
