"""Names of outbound files: which batch a file belongs to, when that was sent, and which part of it the file is.

Source: Adobe's pages on names of outbound files, macros of file names and ``.info`` files; they contradict each other.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias

import pendulum
from pendulum import DateTime

from airflow_provider_aam.api.errors import AAMArgumentError
from airflow_provider_aam.api.visible import one_line

Unit: TypeAlias = Literal["s", "ms", "calendar"]
"""What the digits of a name are: epoch seconds, epoch milliseconds, or ``YYYYMMDDhhmmss``; all UTC."""
STAMP_DIGITS: Mapping[Unit, int] = {"s": 10, "ms": 13, "calendar": 14}
SPLIT_DIGITS = 3
"""Adobe: at least so many, and the first is 001."""
INFO = ".info"
MOST_NAMED = 5

_NAME = re.compile(
    r"(?P<series>(?:(?P<method>s3|ftp|http)_)?(?:(?P<ids>[^/]*?)_)?(?P<mode>full|iter))_(?P<digits>\d{10,})"
    r"(?:-(?P<dash>\d+))?(?P<extension>(?:\.[a-z]+)+)",
    re.IGNORECASE | re.ASCII,
)
_IDS = re.compile(r"(?P<numbers>\d+(?:_\d+)?)?(?:_?(?P<alias>.+))?", re.ASCII)


@dataclass(frozen=True, kw_only=True)
class OutboundName:
    """``S3_1234_20914_XYZCustomer_iter_1486140844000001.sync.gz``, read.

    ``numbers`` are those before the mode (Adobe's template has the destination, then the data source of the users'
    ids; either may be missing) and ``alias`` what follows them. ``batch`` is what all files of a batch begin with.
    ``split`` is ``None`` for a file without one: the first of its batch, or the only one.
    """

    text: str
    method: Literal["s3", "ftp", "http"] | None
    numbers: tuple[int, ...]
    alias: str | None
    mode: Literal["full", "iter"]
    batch: str
    sent_at: DateTime
    unit: Unit
    split: int | None
    extension: str

    @property
    def is_info(self) -> bool:
        return self.extension.lower() == INFO


def readings(text: str) -> tuple[OutboundName, ...]:
    """Everything that the file name ``text`` can mean: nothing for other files, two where the digits are ambiguous.

    ``1566906141001`` is a moment in milliseconds, or one in seconds with the split number 001: the same second, but
    another batch. Thirteen digits that end in ``000`` are milliseconds, because the first split is 001.
    """
    match = _NAME.fullmatch(text)
    if match is None:
        return ()
    digits, dash = match["digits"], match["dash"]
    found = (_read(match, unit, digits, dash) for unit in STAMP_DIGITS)
    return tuple(reading for reading in found if reading is not None)


def read_names(texts: Iterable[str], *, unit: Unit | None = None) -> dict[str, OutboundName]:
    """The outbound files among the names of one folder, by name.

    Names that can be read in two ways are decided by ``unit``, by the name of their ``.info`` file, or by the other
    files of the batch; never guessed. Raises :class:`AAMArgumentError` that names those that stay undecided.
    """
    possible = {text: found for text in texts if (found := readings(text))}
    roots = {name.batch.lower() for found in possible.values() for name in found if name.is_info}
    siblings = _batches_of_several(possible)
    decided: dict[str, OutboundName] = {}
    undecided: list[str] = []
    for text, found in possible.items():
        left = [name for name in found if unit in (None, name.unit)]
        for evidence in (roots, siblings):
            if len(left) > 1:
                left = [name for name in left if name.batch.lower() in evidence] or left
        if len(left) == 1:
            decided[text] = left[0]
        elif left:
            undecided.append(text)
    if undecided:
        raise _ambiguous(undecided)
    return decided


def missing_splits(splits: Iterable[int]) -> list[int]:
    """Numbers before the last that no file of the batch has. The first has no number or is 001."""
    there = {*splits}
    return sorted({*range(1, max(there, default=0))} - there)


def _read(match: re.Match[str], unit: Unit, digits: str, dash: str | None) -> OutboundName | None:
    length = STAMP_DIGITS[unit]
    stamp, glued = digits[:length], digits[length:]
    method, split = match["method"], dash or glued
    sent_at = _moment(stamp, unit)
    if sent_at is None or not _is_split(glued) or (glued and dash) or (unit == "s" and len(digits) >= 16):
        return None
    if split and match["extension"].lower() == INFO:  # it is called like its batch
        return None
    ids = _IDS.fullmatch(match["ids"] or "")
    numbers = (ids and ids["numbers"]) or ""
    return OutboundName(
        text=match.string,
        method=method and method.lower(),  # type: ignore[arg-type]  # one of three by the pattern
        numbers=tuple(map(int, numbers.split("_"))) if numbers else (),
        alias=(ids and ids["alias"]) or None,
        mode=match["mode"].lower(),  # type: ignore[arg-type]  # one of two by the pattern
        batch=f"{match['series']}_{stamp}",
        sent_at=sent_at,
        unit=unit,
        split=int(split) if split else None,
        extension=match["extension"],
    )


def _is_split(glued: str) -> bool:
    return not glued or (len(glued) >= SPLIT_DIGITS and int(glued) > 0)


def _moment(stamp: str, unit: Unit) -> DateTime | None:
    """Until 2033 an epoch begins with 1 and a calendar with 20, so that one is never taken for the other."""
    if len(stamp) < STAMP_DIGITS[unit] or (unit == "calendar") != stamp.startswith("20"):
        return None
    if unit == "calendar":
        try:
            return pendulum.instance(datetime.strptime(f"{stamp}+0000", "%Y%m%d%H%M%S%z"))
        except ValueError:
            return None
    return pendulum.from_timestamp(int(stamp) / (1 if unit == "s" else 1000))


def _batches_of_several(possible: Mapping[str, Collection[OutboundName]]) -> set[str]:
    """Batches that more than one name belongs to, as long as those names agree on what they are."""
    members: dict[str, set[str]] = {}
    for text, found in possible.items():
        for name in found:
            members.setdefault(name.batch.lower(), set()).add(text)
    return {batch for batch, texts in members.items() if len(texts) > 1}


def _ambiguous(texts: list[str]) -> AAMArgumentError:
    shown = ", ".join(f"“{one_line(text)}”" for text in sorted(texts)[:MOST_NAMED])
    more = f" and {len(texts) - MOST_NAMED:,} more" if len(texts) > MOST_NAMED else ""
    return AAMArgumentError(
        f"{shown}{more}: the digits are a time in milliseconds, or one in seconds and the number of a split; AAM's "
        "documentation allows both, and no .info file or other file of the batch tells. Say timestamp_unit='ms' or 's'."
    )
