"""How people write which object they mean: a code or name, where needed with its data source before it."""

from __future__ import annotations

import re

PART = r'[^\S\r\n]*(?:"(?:""|[^"])*"[^\S\r\n]*|[^\s{}:"][^{}:"\r\n]*)'
"""A code or a name; in double quotes it may hold anything."""
_NAME = re.compile(rf"(?:(?P<source>{PART}):)?(?P<own>{PART})")
_NEEDS_QUOTES = re.compile(r'[{}:"\r\n]')


def name_of(data_source: str | None, code: str) -> str:
    """``code`` or ``data source:code``, each part quoted where it must be; :func:`parse_word` gives the parts back."""
    return _quoted(code) if data_source is None else f"{_quoted(data_source)}:{_quoted(code)}"


def parse_word(text: str) -> tuple[str | None, str]:
    """The data source, if one is named, and the trait or segment of ``code`` or ``data source:code``.

    Blanks around a part do not count. Raises `ValueError` with what is wrong.
    """
    match = _NAME.fullmatch(text)
    if match is None:
        raise ValueError(explain_name(text))
    source = match["source"]
    return None if source is None else _plain(source), _plain(match["own"])


def explain_name(text: str) -> str:
    """What is wrong with a text that `parse_word` refuses."""
    return f"“{text.strip()}” {_fault(text)}"


def _plain(part: str) -> str:
    part = part.strip()
    return part[1:-1].replace('""', '"') if part.startswith('"') else part


def _quoted(part: str) -> str:
    if part and part == part.strip() and not _NEEDS_QUOTES.search(part):
        return part
    return '"' + part.replace('"', '""') + '"'


def _fault(text: str) -> str:
    bare = re.sub(r'"(?:""|[^"])*"', "''", text)
    if '"' in bare:
        return 'has a double quote that is not closed (a quote inside a quoted part is doubled: "")'
    if bare.count(":") > 1:
        return 'has more than one colon; quote the part that holds one: web:"Visited: pricing"'
    if re.search(r"[{}\r\n]", bare):
        return "holds a brace or a line break; quote the part that holds one"
    if all(part.strip() for part in bare.split(":")):
        return "is quoted in part; quote all of a part or none of it"
    return "lacks a name; say code or data source:code"
