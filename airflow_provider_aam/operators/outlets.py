"""What a task's Assets learn of its run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from airflow_provider_aam.compat import Asset, BaseOperator, Context


def note_outlets(operator: BaseOperator, context: Context, extra: Mapping[str, Any]) -> None:
    """Put ``extra`` (JSON-safe) into the event of each Asset among the operator's ``outlets``."""
    for outlet in operator.outlets or ():
        if isinstance(outlet, Asset):
            context["outlet_events"][outlet].extra.update(extra)
