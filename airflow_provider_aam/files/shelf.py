"""A folder of dated files: each new one next to the older ones of its kind, of which the newest are kept.

Nothing in it is ever replaced, so that a name says which content it is, and writers need not know of each other.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

_STAMP = "%Y%m%dT%H%M%S%fZ"
_NAME = re.compile(r"([a-z_]+)\.([0-9]{8}T[0-9]{12}Z)-[0-9a-f]{12}\.[a-z.]+")


@dataclass(frozen=True, kw_only=True)
class Shelved:
    kind: str
    at: datetime
    name: str
    path: Any


def new_path(folder: Any, kind: str, *, suffix: str, now: datetime) -> Any:
    """Where to write a new file. ``kind`` is of lower-case letters and underscores."""
    return folder / f"{kind}.{now.astimezone(UTC):{_STAMP}}-{uuid.uuid4().hex[:12]}{suffix}"


def shelved(folder: Any) -> list[Shelved]:
    """All finished files, the newest first; files of other names are not seen."""
    try:
        paths = [*folder.iterdir()]
    except FileNotFoundError:
        return []
    except NotADirectoryError:  # so, too, where an object store has nothing below this name
        if folder.exists():
            raise
        return []
    found = [_shelved(path) for path in paths]
    return sorted((each for each in found if each), key=lambda each: (each.at, each.name), reverse=True)


def _shelved(path: Any) -> Shelved | None:
    named = _NAME.fullmatch(path.name)
    try:
        at = datetime.strptime(named[2], _STAMP).replace(tzinfo=UTC) if named else None
    except ValueError:
        return None
    return Shelved(kind=named[1], at=at, name=path.name, path=path) if named and at else None


def clear(folder: Any, kind: str, keep: Callable[[Sequence[Shelved]], Sequence[Shelved]]) -> None:
    """Delete what ``keep`` does not choose of this kind; it gets the newest first."""
    files = [each for each in shelved(folder) if each.kind == kind]
    kept = {each.name for each in keep(files)}
    for each in files:
        if each.name not in kept:
            try:
                each.path.unlink()
            except FileNotFoundError:
                continue  # another task was faster


def newest_and_earlier(files: Sequence[Shelved]) -> Sequence[Shelved]:
    """The newest, and the newest of an earlier day (UTC) to compare it with."""
    earlier = (each for each in files if each.at.date() < files[0].at.date())
    return [*files[:1], *([first] if (first := next(earlier, None)) else [])]
