"""Objects that a server has HTML-escaped although it was asked not to: written back, they would be escaped for good."""

from __future__ import annotations

import html
from typing import Any

from airflow_provider_aam.api.collection import Record

_RAW = ('"', "<", ">")
_ESCAPED = ("&quot;", "&#34;", "&lt;", "&gt;")


def unescaped(record: Record) -> Record:
    """The record as AAM stores it: unescaped if it is provably escaped, else as it is.

    Proof is a text with the escape of a character that is nowhere unescaped. A record that holds ``&amp;`` alone
    proves nothing, because a description may really say that.
    """
    texts = [value for value in record.values() if isinstance(value, str)]
    raw = any(mark in text for text in texts for mark in _RAW)
    escaped = any(mark in text for text in texts for mark in _ESCAPED)
    if raw or not escaped:
        return record
    return {name: _unescape(value) for name, value in record.items()}


def _unescape(value: Any) -> Any:
    return html.unescape(value) if isinstance(value, str) else value
