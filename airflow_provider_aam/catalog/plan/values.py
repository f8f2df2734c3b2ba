"""The values of a field as people read them: whatever differs is shown, however long the texts are."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import Any

from airflow_provider_aam.api.visible import one_line

SHORT = 60
"""Texts up to this length are shown whole."""
AROUND = 24
"""Characters of what is equal before and after each difference."""
MOST_COMPARED = 600
"""Words between the first and the last difference; more are all shown."""

_WORD = re.compile(r"\s+|\w+|[^\w\s]")
_INVISIBLE = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)


def said_value(value: Any, *, quotes: bool = True) -> str:
    """The whole value in one line, texts in quotes."""
    if isinstance(value, str):
        return f"“{one_line(value)}”" if quotes else one_line(value)
    return "none" if value is None else one_line(json.dumps(value, ensure_ascii=False))


def said_change(before: Any, after: Any, *, quotes: bool = True) -> str:
    """``“a” → “b”``; long texts without what both sides have, but for some words around each difference."""
    one, other = before, after
    if isinstance(before, str) and isinstance(after, str) and before != after and max(len(before), len(after)) > SHORT:
        one, other = _differing(before, after)
    sides = said_value(one, quotes=quotes), said_value(other, quotes=quotes)
    if _look(sides[0]) == _look(sides[1]):
        sides = _escaped(sides[0], one), _escaped(sides[1], other)
    return " → ".join(sides)


def _differing(before: str, after: str) -> tuple[str, str]:
    one, other = _WORD.findall(before), _WORD.findall(after)
    head = _alike(one, other)
    tail = _alike(one[head:][::-1], other[head:][::-1])
    a, b = one[head : len(one) - tail], other[head : len(other) - tail]
    steps = [("replace", 0, len(a), 0, len(b))]
    if max(len(a), len(b)) <= MOST_COMPARED:
        steps = [*SequenceMatcher(None, a, b, autojunk=False).get_opcodes()]
    pairs = [("".join(a[i:j]), "".join(b[k:m])) for _, i, j, k, m in steps]
    pairs = [(_shared(x), _shared(y)) if x == y else (x, y) for x, y in pairs]
    first, last = _shared("".join(one[:head]), first=True), _shared("".join(one[len(one) - tail :]), last=True)
    sides = ["".join((first, *side, last)) for side in zip(*pairs, strict=True)]
    return sides[0], sides[1]


def _alike(one: Sequence[str], other: Sequence[str]) -> int:
    """How many words from the start are equal."""
    return next((at for at, (x, y) in enumerate(zip(one, other, strict=False)) if x != y), min(len(one), len(other)))


def _shared(text: str, *, first: bool = False, last: bool = False) -> str:
    """Of what is equal on both sides only what is next to a difference."""
    if len(text) <= (AROUND if first or last else 2 * AROUND):
        return text
    left = "" if first else text[:AROUND].rpartition(" ")[0] or text[:AROUND]
    right = "" if last else text[-AROUND:].partition(" ")[2] or text[-AROUND:]
    return f"… {right}" if first else f"{left} …" if last else f"{left} … {right}"


def _look(text: str) -> str:
    return _INVISIBLE.sub("", unicodedata.normalize("NFKC", text))


def _escaped(said: str, value: Any) -> str:
    return f"“{value.encode('unicode_escape').decode()}”" if isinstance(value, str) else said
