"""``.info`` files: what AAM says that a delivery consists of.

Source: Adobe's pages on ``.info`` files of outbound deliveries and of Customer Data Feeds. Adobe's own samples are not
JSON (their keys have no quotes) and write names in more than one way, so they are read leniently [inferred].
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import yaml
from pendulum import DateTime

from airflow_provider_aam.api.errors import AAMBadAnswer
from airflow_provider_aam.api.moments import parse_date, parse_day
from airflow_provider_aam.api.numbers import whole_number
from airflow_provider_aam.api.visible import one_line

LARGEST_BYTES = 16_000_000
"""A file of a list, in which 10,000 files take 2 MB."""
MOST_CHARACTERS = 200
_KEY = re.compile(r"(?<![^\s{,])([A-Za-z]\w*) *:", re.ASCII)
"""Without quotes; YAML wants a blank after its colon."""


@dataclass(frozen=True, kw_only=True)
class ListedFile:
    """``size`` in bytes as it lies there; ``lines`` counts headers and blank lines too, uncompressed [inferred]."""

    name: str
    size: int
    lines: int | None
    checksum: str | None


@dataclass(frozen=True, kw_only=True)
class Info:
    """``batch`` is what all names begin with (outbound), ``hour`` when AAM began to prepare it (Customer Data Feeds).

    Totals do not count the ``.info`` file itself.
    """

    files: tuple[ListedFile, ...]
    batch: str | None
    hour: DateTime | None
    total_files: int | None
    total_bytes: int | None
    total_lines: int | None


def read_infos(paths: Iterable[str], read: Callable[[str], bytes | None]) -> dict[str, Info | str]:
    """Those that are still there: what each says, or why it cannot be read."""
    found: dict[str, Info | str] = {}
    for path in paths:
        content = read(path)
        if content is None:
            continue
        try:
            found[path] = parse_info(content, what=f"“{one_line(path)}”")
        except AAMBadAnswer as unreadable:
            found[path] = unreadable.message.rstrip(".")
    return found


def parse_info(content: bytes, *, what: str) -> Info:
    """Raises :class:`AAMBadAnswer` that names every problem; ``what`` names the file."""
    problems: list[str] = []
    loaded = _lowered(_load(content, what))
    document: Mapping[str, Any] = loaded if isinstance(loaded, dict) else {}
    files, totals = document.get("files"), document.get("totals")
    if not isinstance(files, list):
        problems.append("it has no list Files")
    if not isinstance(totals, dict):
        problems.append("it has no Totals")
    listed = [
        _listed(each, number, problems) for number, each in enumerate(files if isinstance(files, list) else [], 1)
    ]
    if problems:
        raise AAMBadAnswer(f"{what} is not an .info file of AAM: {'; '.join(problems)}.")
    assert isinstance(totals, dict)
    name = totals.get("filename")
    return Info(
        files=tuple(each for each in listed if each is not None),
        batch=str(name) if name else None,
        hour=_hour(totals),
        total_files=whole_number(totals.get("totalnumberfiles")),
        total_bytes=whole_number(totals.get("totalbytesize")),
        total_lines=whole_number(totals.get("totalnumberlines")),
    )


def _load(content: bytes, what: str) -> Any:
    if len(content) > LARGEST_BYTES:
        raise AAMBadAnswer(f"{what} is not an .info file of AAM: it has {len(content):,} bytes.")
    try:
        text = content.decode("utf-8-sig")
        try:
            return json.loads(text)
        except ValueError:
            return yaml.load(_KEY.sub(r"\1: ", text.replace("\t", " ")), _Plain)  # noqa: S506  a safe loader
    except (ValueError, yaml.YAMLError, RecursionError) as unreadable:
        said = one_line(" ".join(str(unreadable).split()))[:MOST_CHARACTERS]
        raise AAMBadAnswer(f"{what} is not an .info file of AAM: {said}.") from None


class _Plain(yaml.SafeLoader):
    """JSON without quotes, and no more of YAML: everything unquoted is text, and nothing is repeated by reference."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            raise yaml.YAMLError("it has a reference")
        return super().compose_node(parent, index)


def _lowered(value: Any) -> Any:
    """Keys in lower case: Adobe writes FileName, and readers in the field have met Filename."""
    if isinstance(value, dict):
        return {str(key).lower(): _lowered(each) for key, each in value.items()}
    return [_lowered(each) for each in value] if isinstance(value, list) else value


def _listed(given: Any, number: int, problems: list[str]) -> ListedFile | None:
    given = given if isinstance(given, dict) else {}
    name, size = given.get("filename"), whole_number(given.get("filebytesize"))
    if not isinstance(name, str) or not name or "/" in name or size is None or size < 0:
        problems.append(f"file {number} of its list has no FileName without folders, or no FileByteSize")
        return None
    checksum = given.get("md5") or given.get("filechecksummd5")
    lines = whole_number(given.get("filelinecount"))
    return ListedFile(name=name, size=size, lines=lines, checksum=str(checksum) if checksum else None)


def _hour(totals: Mapping[str, Any]) -> DateTime | None:
    day, hour = str(totals.get("day", "")), whole_number(totals.get("hour"))
    if parse_date(day) is None:
        return None
    return parse_day(day, what="Day").add(hours=hour) if hour is not None and 0 <= hour < 24 else None
