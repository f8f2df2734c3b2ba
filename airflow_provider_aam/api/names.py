"""Names that a caller got wrong, with the nearest right ones."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def near_misses(unknown: Iterable[str], known: Iterable[str]) -> str:
    """`` Did you mean …?``, or nothing."""
    names = sorted(known)
    near = [match for name in unknown for match in difflib.get_close_matches(name, names, n=1)]
    return f" Did you mean {', '.join(near)}?" if near else ""


def near(word: str, known: Iterable[str]) -> str:
    """`` Did you mean “…”?`` with a leading blank, or nothing."""
    match = difflib.get_close_matches(word, [*known], n=1, cutoff=0.6)
    return f" Did you mean “{match[0]}”?" if match else ""
