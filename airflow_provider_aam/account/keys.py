"""Match keys: by which fields an object is recognised, and when two values of such a field are the same."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence

from airflow_provider_aam.api.collection import Record, Records

Key = tuple[str, ...]

_ENTITY = re.compile(r"&(?:#\d+|#[xX][0-9a-fA-F]+|[A-Za-z][A-Za-z0-9]*);")


def plain(text: str) -> str:
    """The text without what AAM may do to it: HTML escapes, blanks around it, line ends of another system.

    An accent may be a character of its own or not (Unicode's NFC and NFD), which nobody can see.
    """
    if "&" in text:
        text = _ENTITY.sub(lambda entity: html.unescape(entity[0]), text)
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
    return text.replace("\r\n", "\n").strip()


def key_of(values: Mapping[str, object], fields: Sequence[str]) -> Key | None:
    """The match key made of ``fields``; ``None`` when one of them is empty. Ids may be numbers or texts."""
    key = tuple(_part(name, values[name]) if values.get(name) is not None else "" for name in fields)
    return key if all(key) else None


def _part(field: str, value: object) -> str:
    """Runs of blanks in a name make no difference; in a code, which other systems look up, they do."""
    text = plain(str(value))
    return " ".join(text.split()) if field == "name" else text


def index_by_key(objects: Iterable[Record], fields: Sequence[str]) -> dict[Key, Records]:
    """Objects by match key; objects without one are left out."""
    index: dict[Key, Records] = {}
    for record in objects:
        key = key_of(record, fields)
        if key is not None:
            index.setdefault(key, []).append(record)
    return index
