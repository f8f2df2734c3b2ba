"""Addresses within AAM: the one place that puts ids and codes into a path."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote

from airflow_provider_aam.api.errors import AAMArgumentError
from airflow_provider_aam.api.numbers import whole_number
from airflow_provider_aam.api.resources.declare import placeholders

TEXTS = frozenset({"email", "integrationCode", "objectType"})
"""Parts of a path that are not numbers; they are percent-quoted."""
_ELSEWHERE = frozenset({"", ".", ".."})
_LONGEST_SHOWN = 80


def address(what: str, path: str, parts: Mapping[str, object]) -> str:
    """``path`` with the names in its braces replaced by ``parts``, so that it leads nowhere else.

    Raises :class:`AAMArgumentError` for an id that is not an integer, and for a string that no address can hold.
    """
    filled, problems = {}, []
    for name in placeholders(path):
        given = parts[name]
        text = _quoted(given) if name in TEXTS else whole_number(given)
        if text is None:
            expected = "a string" if name in TEXTS else "an integer"
            problems.append(f"{name}: expected {expected}, found {repr(given)[:_LONGEST_SHOWN]}")
        filled[name] = text
    if problems:
        raise AAMArgumentError(f"{what}: {'; '.join(problems)}. Nothing was sent to AAM.", problems=tuple(problems))
    return path.format(**filled)


def _quoted(given: object) -> str | None:
    text = str(given)
    return None if text in _ELSEWHERE else quote(text, safe="", errors="surrogatepass")
