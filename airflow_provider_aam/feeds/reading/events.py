"""Lines of a Customer Data Feed → columns.

Source: Adobe's page on contents of Customer Data Feeds: eleven fields or more, since Adobe may append some at any time.
The page has ``/N`` for null, files in the field have ``\\N``. Parameters are split before their values are decoded,
because a value can have a percent-encoded separator in it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from airflow_provider_aam.feeds.reading.part import MOST_DIGITS, Part, is_number, read_lines

if TYPE_CHECKING:
    import pyarrow as pa

FIELD, ITEM, PAIR = "\x01", "\x02", "\x03"
NULLS = ("\\N", "/N")
_TIME = "yyyy-mm-dd hh:mm:ss"


def read_events(block: bytes) -> Part:
    """``block`` ends with a line break. Bytes that are not UTF-8 become U+FFFD."""
    return read_lines(block, _read, event_schema())


def event_schema() -> pa.Schema:
    """``request_parameters`` keep their order, and keys that come twice; ``extra`` are appended fields as they are."""
    import pyarrow as pa

    types = {
        _moment: pa.timestamp("s", tz="UTC"),
        _text: pa.string(),
        _number: pa.int64(),
        _numbers: pa.list_(pa.int64()),
        _parameters: pa.list_(pa.struct([("key", pa.string()), ("value", pa.string())])),
        _texts: pa.list_(pa.string()),
    }
    return pa.schema([(name, types[read]) for name, read in _FIELDS.items()])


def _read(line: bytes) -> list[Any]:
    fields = line.decode(errors="replace").split(FIELD)
    if len(fields) < len(_FIELDS) - 1:
        raise ValueError(f"it has fewer than {len(_FIELDS) - 1} fields")
    known, appended = fields[: len(_FIELDS) - 1], fields[len(_FIELDS) - 1 :]
    row = []
    for (name, read), text in zip(_FIELDS.items(), known, strict=False):
        try:
            row.append(None if text in NULLS or (not text and read is _number) else read(text))
        except ValueError as unfit:
            raise ValueError(f"{name} is not {unfit}") from None
    return [*row, _texts(appended)]


def _moment(text: str) -> datetime:
    try:
        if len(text) == len(_TIME):
            return datetime.fromisoformat(text).replace(tzinfo=UTC)
    except ValueError:
        pass
    raise ValueError(f"a time like {_TIME}")


def _text(text: str) -> str:
    return text


def _number(text: str) -> int:
    if not is_number(text):
        raise ValueError(f"a number of 1 to {MOST_DIGITS} digits")
    return int(text)


def _numbers(text: str) -> list[int]:
    try:
        return [_number(each) for each in text.split(ITEM)] if text else []
    except ValueError as unfit:
        raise ValueError(f"a list, or one of its items is not {unfit}") from None


def _parameters(text: str) -> list[dict[str, str | None]]:
    return [_parameter(each) for each in text.split(ITEM)] if text else []


def _parameter(text: str) -> dict[str, str | None]:
    """Without a value that is null; with an empty one it is empty."""
    key, pair, value = text.partition(PAIR)
    return {"key": key, "value": unquote(value, errors="replace") if pair else None}


def _texts(fields: list[str]) -> list[str | None]:
    return [None if text in NULLS else text for text in fields]


_FIELDS: dict[str, Callable[[Any], Any]] = {
    "event_time": _moment,
    "device": _text,
    "container_id": _number,
    "realized_traits": _numbers,
    "realized_segments": _numbers,
    "request_parameters": _parameters,
    "referer": _text,
    "ip": _text,
    "mcdevice": _text,
    "all_segments": _numbers,
    "all_traits": _numbers,
    "extra": _texts,
}
"""All but the last are Adobe's, in its order."""
