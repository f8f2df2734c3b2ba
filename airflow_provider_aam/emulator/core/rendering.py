"""Objects as JSON bytes, HTML-escaped or not, rendered once and kept until the object changes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from collections.abc import Callable

    from airflow_provider_aam.emulator.core.collection import Collection, Row

_encode = msgspec.json.Encoder().encode
_REFERENCES = {b"&": b"&amp;", b"<": b"&lt;", b">": b"&gt;", b"'": b"&#39;", b'\\"': b"&quot;"}
_MARKUP = re.compile(rb"\\.|[&<>']", re.DOTALL)


def escape_json(body: bytes) -> bytes:
    """Return JSON with every string in it HTML-escaped.

    `&amp;`, `&lt;` and `&quot;` are observed; `&gt;` and `&#39;` and nothing beyond these five are inferred.
    Outside of strings JSON has none of these characters, so the text itself can be replaced in; only where strings
    hold backslashes must it be looked at more closely what a `\\"` is.
    """
    if b"\\\\" in body:
        return _MARKUP.sub(lambda found: _REFERENCES.get(found[0], found[0]), body)
    for character, reference in _REFERENCES.items():
        body = body.replace(character, reference)
    return body


def rendered(collection: Collection, key: int, *, escaped: bool, without: frozenset[str] = frozenset()) -> bytes:
    """Return one object, less the fields `without`."""
    kept = collection.rendered.setdefault((escaped, without), {})
    found = kept.get(key)
    if found is None:
        row = collection.rows[key]
        if without:
            row = {name: value for name, value in row.items() if name not in without}
        found = kept[key] = escape_json(_encode(row)) if escaped else _encode(row)
    return found


def with_extras(body: bytes, extras: dict[str, Any]) -> bytes:
    """Return the object `body` with more members."""
    return body[:-1] + b"," + _encode(extras)[1:] if extras else body


def renderer(
    collection: Collection,
    *,
    escaped: bool,
    without: frozenset[str] = frozenset(),
    extras: Callable[[Row], dict[str, Any]] | None = None,
) -> Callable[[int], bytes]:
    """Return a function from id to bytes."""

    def render(key: int) -> bytes:
        body = rendered(collection, key, escaped=escaped, without=without)
        return with_extras(body, extras(collection.rows[key])) if extras else body

    return render
