"""A list as the value of one field (``dataSources``, ``excludedTraits``, ``siteIDs`` …): plain values, as text."""

from __future__ import annotations

from collections.abc import Sequence

ONE_VALUE_EXPECTED = "expected one value, or a list of plain values"


def plain_list(items: Sequence[object]) -> list[str] | None:
    """None when something in it is not a plain value."""
    texts = [_text(item) for item in items]
    return None if None in texts else [text for text in texts if text is not None]


def _text(item: object) -> str | None:
    if isinstance(item, bool):
        return str(item).lower()
    return str(item) if isinstance(item, str | int | float) else None
