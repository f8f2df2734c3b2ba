"""Whether an object in AAM is as a draft wants it, field by field."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any

from airflow_provider_aam.account.keys import plain
from airflow_provider_aam.catalog.kinds import Kind
from airflow_provider_aam.catalog.plan.plan import FieldChange

SINGLE_PRECISION = 1e-6
"""AAM may store a share like 0.19 in four bytes and return 0.18999999761581421."""
EXACT = frozenset({"integrationCode"})
"""Texts that other systems look objects up by: there, every character counts."""

_FLAGS = {"true": True, "false": False, "1": True, "0": False}

_BLANKS = re.compile(r"[^\S\n]+")


def diff(kind: Kind, desired: Mapping[str, Any], existing: Mapping[str, Any]) -> tuple[FieldChange, ...]:
    """What must change so that ``existing`` has every value of ``desired``; fields that it leaves out do not count."""
    return tuple(
        FieldChange(field=name, before=existing.get(name), after=value)
        for name, value in desired.items()
        if not same(kind, name, value, existing.get(name))
    )


def diff_shown(kind: Kind, desired: Mapping[str, Any], existing: Mapping[str, Any]) -> tuple[FieldChange, ...]:
    """:func:`diff` of the fields that a response shows: AAM need not show all that was written."""
    return diff(kind, {name: value for name, value in desired.items() if name in existing}, existing)


def same(kind: Kind, name: str, desired: Any, existing: Any) -> bool:
    """Equal for AAM: ``""`` and no value, ``120`` and ``"120"``, ``&amp;`` and ``&``, two spellings of one rule.

    Also texts with one blank for several: a server that stores them so would be sent the same update every day.
    """
    if desired == existing or (desired in ("", []) and existing in (None, "", [])):
        return True
    if name in kind.same:
        return kind.same[name](desired, existing)
    if isinstance(desired, bool):
        return desired == _FLAGS.get(str(existing).lower())
    if isinstance(desired, list):
        return isinstance(existing, list) and sorted(map(str, desired)) == sorted(map(str, existing))
    if isinstance(desired, int | float):
        return _same_number(desired, _number(existing))
    return isinstance(desired, str) and _same_text(kind, name, desired, existing)


def _same_number(desired: int | float, existing: int | float | None) -> bool:
    if isinstance(existing, int) and isinstance(desired, int):
        return existing == desired
    return existing is not None and math.isclose(existing, desired, rel_tol=SINGLE_PRECISION)


def _same_text(kind: Kind, name: str, desired: str, existing: Any) -> bool:
    if isinstance(existing, bool) or not isinstance(existing, str | int):
        return False
    spell = kind.canonical.get(name, plain if name in EXACT else _spaced)
    wanted, stored = spell(desired), str(existing)
    return wanted == spell(stored) or (plain(stored) != stored and wanted == spell(plain(stored)))


def _spaced(text: str) -> str:
    return _BLANKS.sub(" ", plain(text))


def _number(value: object) -> int | float | None:
    if not isinstance(value, str):
        return value if isinstance(value, int | float) else None
    for read in (int, float):
        try:
            return read(value)
        except ValueError:
            continue
    return None
