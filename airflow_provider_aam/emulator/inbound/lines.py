"""One line of an inbound file: an id, a tab, and items that are separated by commas."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

LONGEST = 102_400
MOST_PER_USER = 200

_TEXT = r'[^\s",=“”](?:[^",=“”\x00-\x1f]*[^\s",=“”])?'
_ITEM = re.compile(
    rf"(?:d_sid *= *(?P<add>\d+)|d_unsid *= *(?P<remove>\d+)|(?P<gone>\d+):(?:0|-1)|(?P<code>\d+)"
    rf'|(?!(?:d_sid|d_unsid) *=)(?:"(?P<quoted_key>[^",\x00-\x1f]+)"|(?P<key>[^\s",=“”:][^",=“”:\x00-\x1f]*?))'
    rf' *= *(?:"(?P<quoted>[^",\x00-\x1f]+)"|(?P<value>{_TEXT})))',
    re.ASCII,
)


@dataclass(frozen=True)
class Item:
    """A trait that is added or removed (`sid`), or a signal."""

    sid: int = 0
    removed: bool = False
    signal: tuple[str, str] = ("", "")


class Malformed(ValueError):
    """The line is counted among the format errors."""


def read_line(line: str, *, may_be_empty: bool) -> tuple[str, tuple[Item, ...]]:
    """Return the id and the items. Raises `Malformed`."""
    user, _, rest = line.partition("\t")
    if not rest:
        if may_be_empty:
            return user, ()
        raise Malformed("nothing after the id")
    if "\t" in rest or rest.endswith(" "):
        raise Malformed("a second tab, or a space at the end")
    return user, tuple(_item(part.strip(" ")) for part in rest.split(","))


@lru_cache(maxsize=65_536)
def _item(text: str) -> Item:
    found = _ITEM.fullmatch(text)
    if found is None:
        raise Malformed(f"not an item: {text}")
    if found["add"]:
        return Item(int(found["add"]))
    if removed := found["remove"] or found["gone"]:
        return Item(int(removed), removed=True)
    if found["code"]:
        return Item(signal=("ic", found["code"]))
    key = (found["quoted_key"] or found["key"]).removeprefix("-")
    return Item(signal=(key.casefold(), (found["quoted"] or found["value"]).casefold()))
