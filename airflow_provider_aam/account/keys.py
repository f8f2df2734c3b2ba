"""Match keys: by which fields an object is recognized, and when two values of such a field are the same."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Mapping, Sequence

Key = tuple[str, ...]

_ENTITY = re.compile(r"&(?:#\d+|#[xX][0-9a-fA-F]+|[A-Za-z][A-Za-z0-9]*);")


def plain(text: str) -> str:
    """The text without what AAM may do to it: HTML escapes, blanks around it, line ends of another system.

    An accent may be a character of its own or not (Unicode's NFC and NFD), which no one can see.
    """
    if "&" in text:
        text = _ENTITY.sub(lambda entity: html.unescape(entity[0]), text)
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
    if "\r" in text:
        text = text.replace("\r\n", "\n")
    return text.strip()


def key_of(values: Mapping[str, object], fields: Sequence[str]) -> Key | None:
    """The match key made of ``fields``; ``None`` when one of them is empty. Ids may be numbers or texts."""
    parts = []
    for field in fields:
        value = values.get(field)
        part = "" if value is None else _part(field, value)
        if not part:
            return None
        parts.append(part)
    return tuple(parts)


def _part(field: str, value: object) -> str:
    """Runs of blanks in a name make no difference; in a code, which other systems look up, they do."""
    if isinstance(value, int):
        return str(value)
    text = plain(str(value))
    return " ".join(text.split()) if field == "name" and (" " in text or not text.isprintable()) else text
