"""What AAM need not list, because no row can mean it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from airflow_provider_aam.api.errors import AAMLookupFailed
from airflow_provider_aam.api.resources import DATA_SOURCES
from airflow_provider_aam.catalog.checking.check import Checked
from airflow_provider_aam.catalog.kinds import Kind
from airflow_provider_aam.catalog.planning.targets import Targets


def narrow(
    targets: Targets,
    checked: Mapping[Kind, Sequence[Checked]],
    match_on: str | None,
    scope: Mapping[str, Any] | None,
) -> dict[str, dict[str, Any]]:
    """List filters by name of the resource: the data source, if one kind is described and all rows are of one."""
    if len(checked) != 1:
        return {}
    ((kind, rows),) = checked.items()
    ways = {kind.way_of(item.given, match_on) for item in rows}
    can_be = "dataSourceId" in kind.resource.list_params and "dataSource" in kind.model.references
    if not rows or not can_be or any(_anywhere(kind, way) for way in ways):
        return {}
    words = {item.given.get("dataSource") or item.given.get("dataSourceId") for item in rows}
    if scope is not None:
        words.add(scope.get("dataSource"))
    sources = {_id_of(targets, word) for word in words}
    only = sources.pop() if len(sources) == 1 else None
    return {} if only is None else {kind.resource.name: {"dataSourceId": only}}


def _anywhere(kind: Kind, way: str) -> bool:
    return "dataSourceId" not in kind.match_on[way]


def _id_of(targets: Targets, word: object) -> int | None:
    if not isinstance(word, str):
        return word if isinstance(word, int) else None
    try:
        found = targets.find(DATA_SOURCES, word)
    except AAMLookupFailed:
        return None
    return found if isinstance(found, int) else None
