"""Whether an object in AAM is as a draft wants it, field by field."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from airflow_provider_aam.catalog.kinds import Kind
from airflow_provider_aam.catalog.plan import FieldChange


def diff(kind: Kind, desired: Mapping[str, Any], existing: Mapping[str, Any]) -> tuple[FieldChange, ...]:
    """What must change so that ``existing`` has every value of ``desired``; fields that it leaves out do not count."""
    return tuple(
        FieldChange(field=name, before=existing.get(name), after=value)
        for name, value in desired.items()
        if not same(kind, name, value, existing.get(name))
    )


def same(kind: Kind, name: str, desired: Any, existing: Any) -> bool:
    """Equal for AAM: ``""`` and no value, ``120`` and ``"120"``, two spellings of one rule."""
    if desired == existing or (desired == "" and existing is None):
        return True
    if isinstance(desired, int | float) and isinstance(existing, str):
        return _number(existing) == desired
    spell = kind.canonical.get(name)
    if isinstance(desired, str) and isinstance(existing, str):
        return spell(desired) == spell(existing) if spell else desired.strip() == existing.strip()
    return False


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
