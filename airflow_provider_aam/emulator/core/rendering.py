"""Objects as JSON bytes, HTML-escaped or not, rendered a page at a time and kept until the object changes."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from airflow_provider_aam.emulator.core.collection import Collection, Row

Render = Callable[[Sequence[int]], list[bytes]]
"""Ids → their objects, in the same order."""
_encoder = msgspec.json.Encoder()
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


def _rendered(collection: Collection, keys: Sequence[int], *, escaped: bool, without: frozenset[str]) -> list[bytes]:
    kept = collection.rendered.setdefault((escaped, without), {})
    if missing := [key for key in keys if key not in kept]:
        rows = [collection.rows[key] for key in missing]
        if without:
            rows = [{name: value for name, value in row.items() if name not in without} for row in rows]
        body = _encoder.encode_lines(rows)
        kept.update(zip(missing, (escape_json(body) if escaped else body).split(b"\n"), strict=False))
    return [kept[key] for key in keys]


def with_extras(body: bytes, extras: dict[str, Any]) -> bytes:
    """Return the object `body` with more members."""
    return body[:-1] + b"," + _encoder.encode(extras)[1:] if extras else body


def renderer(
    collection: Collection,
    *,
    escaped: bool,
    without: frozenset[str] = frozenset(),
    extras: Callable[[Row], dict[str, Any]] | None = None,
) -> Render:
    """Return a function from ids to the objects, less the fields `without`."""

    def render(keys: Sequence[int]) -> list[bytes]:
        bodies = _rendered(collection, keys, escaped=escaped, without=without)
        if extras is None:
            return bodies
        return [with_extras(body, extras(collection.rows[key])) for key, body in zip(keys, bodies, strict=True)]

    return render
