"""YAML as this package writes it: one object a block, one field a line, the same bytes for the same values."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from airflow_provider_aam.api.visible import one_line

_PLAIN = re.compile(r"[A-Za-z_/][A-Za-z0-9_/.]*(?:[ -][A-Za-z0-9_/.]+)*")
"""Texts that every YAML reader takes as they are: none that could be a number, a date or a time."""
_NOT_TEXT = re.compile(r"(?:y|n|yes|no|true|false|on|off|null)", re.IGNORECASE)


def block(values: Mapping[str, Any], *, remark: str | None = None) -> Iterator[str]:
    """The lines of one item of a list; ``remark`` is behind the first of them."""
    lead = "- "
    for name, value in values.items():
        text = f"{lead}{name}: {spell(value)}"
        yield text if remark is None else f"{text}  # {one_line(remark)}"
        lead, remark = "  ", None


def comment(text: str, *, indent: str = "") -> str:
    return f"{indent}# {one_line(text)}".rstrip()


def spell(value: Any) -> str:
    """A scalar, or a list of scalars in one line."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, str):
        plain = _PLAIN.fullmatch(value) and not _NOT_TEXT.fullmatch(value)
        return value if plain else _quoted(value)
    if isinstance(value, Sequence):
        return f"[{', '.join(spell(item) for item in value)}]"
    raise TypeError(f"no YAML for a {type(value).__name__}")


def _quoted(text: str) -> str:
    """Single quotes around texts with double ones, such as rules; else JSON's quotes, which are YAML's as well.

    Characters that YAML takes as line breaks, or does not print, are escaped.
    """
    if '"' in text and text.isprintable():
        return "'" + text.replace("'", "''") + "'"
    quoted = json.dumps(text, ensure_ascii=False)
    return "".join(mark if mark.isprintable() else _escaped(mark) for mark in quoted)


def _escaped(mark: str) -> str:
    return f"\\u{ord(mark):04x}" if ord(mark) < 0x10000 else f"\\U{ord(mark):08x}"
