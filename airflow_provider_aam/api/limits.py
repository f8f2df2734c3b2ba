"""What an account may hold and holds, read from AAM's ``limits`` responses, whose shape is not documented."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from airflow_provider_aam.api.numbers import whole_number

_TYPE = ("type", "name", "itemType", "limitType")
_LIMIT = ("limit", "max", "maximum", "maxCount")
_COUNT = ("count", "current", "currentCount", "used", "usage", "total")


@dataclass(frozen=True, kw_only=True)
class LimitUse:
    """``type`` as AAM calls it (``TOTAL``, ``RULE_BASED_TRAIT``)."""

    type: str
    limit: int
    count: int


def parse_limits(answer: Any) -> list[LimitUse] | None:
    """The limits that ``collection.limits()`` returned; ``None`` when the shape is not understood.

    Understood: a list of objects with a type, a limit and a count under their usual names, such a list as a member of
    an object, and an object of type → limit and count.
    """
    if isinstance(answer, Mapping):
        lists = [value for value in answer.values() if isinstance(value, list)]
        if len(lists) == 1:
            return parse_limits(lists[0])
        answer = [{"type": name, **value} if isinstance(value, Mapping) else value for name, value in answer.items()]
    if not isinstance(answer, list) or not answer:
        return None
    uses = [_use(entry) for entry in answer]
    known = [use for use in uses if use is not None]
    return known if len(known) == len(uses) else None


def _use(entry: Any) -> LimitUse | None:
    if not isinstance(entry, Mapping):
        return None
    kind = next((entry[name] for name in _TYPE if name in entry), None)
    limit, count = (_number(entry, names) for names in (_LIMIT, _COUNT))
    if not isinstance(kind, str) or limit is None or count is None:
        return None
    return LimitUse(type=kind, limit=limit, count=count)


def _number(entry: Mapping[str, Any], names: tuple[str, ...]) -> int | None:
    return whole_number(next((entry[name] for name in names if name in entry), None))
