"""Names that someone got wrong, with the nearest right ones."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from airflow_provider_aam.api.visible import one_line

_OTHER_MARKS = {";": "semicolons", "\t": "tabs", "|": "vertical bars"}


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The most similar one, whatever its case; ``None`` when none is similar enough."""
    names = [*known]
    found = difflib.get_close_matches(word.casefold(), {name.casefold() for name in names}, n=1)
    same = [name for name in names if [name.casefold()] == found]
    return difflib.get_close_matches(word, same, n=1, cutoff=0)[0] if same else None


def near_misses(unknown: Iterable[str], known: Iterable[str], *, form: str = "{}") -> str:
    """`` Did you mean …?``, or nothing. ``form`` is how a name is written."""
    names = [*known]
    near = [form.format(one_line(match)) for word in unknown if (match := nearest(word, names)) is not None]
    return f" Did you mean {', '.join(near)}?" if near else ""


def near(word: str, known: Iterable[str]) -> str:
    """`` Did you mean “…”?`` with a leading blank, or nothing."""
    return near_misses([word], known, form="“{}”")


def missing_column(name: str, there: Iterable[str]) -> str:
    """What to say where a column is missing, with the likely reason."""
    columns = [*there]
    text = f"column “{one_line(name)}” is missing."
    if len(columns) == 1 and (mark := next((each for each in _OTHER_MARKS if each in columns[0]), None)):
        return f"{text} The first line has {_OTHER_MARKS[mark]} and no commas: separate columns with commas."
    return f"{text}{near_misses([name], columns)}"
