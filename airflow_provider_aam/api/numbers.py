"""Whole numbers, and words for yes and no, as AAM and people write them."""

from __future__ import annotations

import re
from collections.abc import Iterator

LARGEST = 2**63 - 1
"""Of AAM's ids and counts."""

_DIGITS = re.compile(r"\s*([0-9]{1,19})\s*")
_LARGEST_EXACT_FLOAT = 2.0**53


def whole_number(value: object) -> int | None:
    """From 0 to :data:`LARGEST`, given as a number or as its digits; ``None`` for anything else.

    JSON and pandas write 7 as 7.0 too: a number. ``True`` is none, nor are the texts ``+7``, ``7.0`` and ``٣``.
    """
    if isinstance(value, str):
        found = _DIGITS.fullmatch(value)
        number = int(found[1]) if found else -1
    elif isinstance(value, float):
        number = int(value) if value.is_integer() and value <= _LARGEST_EXACT_FLOAT else -1
    else:
        number = value if isinstance(value, int) and not isinstance(value, bool) else -1
    return number if 0 <= number <= LARGEST else None


def truth_of(value: object) -> bool | None:
    """``None`` for what says neither: Adobe's documents print booleans as text, too."""
    if isinstance(value, bool):
        return value
    return {"true": True, "success": True, "false": False, "failure": False, "failed": False}.get(str(value).lower())


def too_small(name: str, value: object, least: int) -> Iterator[str]:
    """What is wrong with the argument ``name``, which is to be an integer of ``least`` or more."""
    if isinstance(value, bool) or not isinstance(value, int):
        yield f"{name} is {value!r}; expected an integer"
    elif value < least:
        yield f"{name} is {value}; it must be {least} or more"


def no_share(name: str, value: object) -> Iterator[str]:
    """What is wrong with the argument ``name``, which is to be a number from 0 to 1."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        yield f"{name} is {value!r}; expected a number"
    elif not 0 <= value <= 1:
        yield f"{name} is {value}; it must be from 0 to 1"
