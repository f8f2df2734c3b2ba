"""Checks that what an object refers to exists."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from airflow_provider_aam.emulator.core.collection import Row
    from airflow_provider_aam.emulator.core.state import State


def reference_problems(state: State, values: Row, *, folders: str) -> list[str]:
    """Return a problem for a data source or a folder that is named and is not there."""
    found = []
    source, folder = values.get("dataSourceId"), values.get("folderId")
    if source is not None and source not in state.collections["data_sources"].rows:
        found.append("dataSourceId: does not exist")
    if folder is not None and folder != 0 and folder not in state.collections[folders].rows:
        found.append("folderId: does not exist")
    return found
