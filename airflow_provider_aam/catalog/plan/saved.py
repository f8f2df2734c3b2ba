"""A plan that stands in a file, and the one content of it that was approved."""

from __future__ import annotations

import hashlib
from typing import Any

from airflow_provider_aam.api.errors import AAMPlanRefused, AAMSourceError
from airflow_provider_aam.catalog.plan.plan import Plan
from airflow_provider_aam.catalog.reading.source import UNREADABLE


def sha256_of(plan: Plan) -> str:
    """Of the file that the plan is written to."""
    return hashlib.sha256(plan.to_json()).hexdigest()


def read_plan(path: Any, *, sha256: str | None) -> Plan:
    """Raises :class:`AAMPlanRefused` for a file of another ``sha256``, :class:`AAMSourceError` if it is no plan."""
    try:
        content = path.read_bytes()
    except UNREADABLE as unreadable:
        reason = getattr(unreadable, "strerror", None) or str(unreadable) or type(unreadable).__name__
        raise AAMSourceError(f"the plan file {path} cannot be read: {reason}. Nothing was changed.") from unreadable
    found = hashlib.sha256(content).hexdigest()
    if sha256 is not None and found != sha256.lower():
        raise AAMPlanRefused(
            f"The plan file {path} is not the one that was approved: its sha256 is {found}, {sha256} was approved. "
            "Nothing was changed. Apply the one that was approved, or plan again; give each plan a file of its own."
        )
    try:
        return Plan.from_json(content)
    except AAMSourceError as refused:
        raise AAMSourceError(f"{path}: {refused.message}") from refused
