"""One line per user: the items of a partition grouped, sorted and written as AAM reads them.

DuckDB groups; Arrow and numpy do the rest, on whole columns. A user and an item are one number, so that sorting numbers
sorts the items of all users and finds duplicates at once. A file's text is one Arrow column of its pieces: ids, items.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from airflow_provider_aam.members.grammar.codes import REMEDIES, Code
from airflow_provider_aam.members.grammar.ids import ALL_ZERO, EMAIL, IdFormat
from airflow_provider_aam.members.grammar.lines import LONGEST_LINE
from airflow_provider_aam.members.making.changes import Changes
from airflow_provider_aam.members.making.items import HAS, KIND, KIND_BITS, NOTHING, Items, items_of
from airflow_provider_aam.members.reading.source import text

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa
    from duckdb import DuckDBPyConnection

    Numbers = np.ndarray[Any, Any]

_ITEM_BITS = 36
"""Room for every sid, and for 2²⁷ users in a partition."""
_ITEM = (1 << _ITEM_BITS) - 1
_GOOD, _CODES = 0, (None, Code.BAD_ID, Code.PII, Code.LINE_TOO_LONG, Code.BAD_ACTION, Code.TOO_MANY_IDS)


@dataclass(frozen=True, kw_only=True)
class Layout:
    """``separator`` goes between the items of a user's line, or each has its own line. A user has ``most`` of them."""

    separator: str = ","
    most: int | None = None
    line_per_item: bool = False


TRAITS = Layout()


@dataclass(frozen=True, kw_only=True)
class Group:
    """Of one partition. ``lines`` end with a line feed each.

    ``rows`` + ``removed`` = ``items`` + ``unchanged`` + ``duplicates`` + rejects. ``kept`` is what AAM has when the
    lines are processed, as users with their sids; it, ``unchanged`` and ``removed`` are those of a snapshot.
    """

    lines: pa.StringArray
    users: int
    rows: int
    items: int
    duplicates: int
    rejects: list[Mapping[str, str]]
    unchanged: int = 0
    removed: int = 0
    kept: pa.Table | None = None


def group(
    con: DuckDBPyConnection,
    partition: str,
    id_format: IdFormat,
    layout: Layout = TRAITS,
    *,
    snapshot: bool = False,
) -> Group:
    """The users of the Parquet files that match ``partition``, in the order of their ids.

    A ``snapshot`` holds the earlier set as well, and only what changes is sent.
    """
    import numpy as np

    query = f"SELECT user, list(item) AS items FROM read_parquet({text(partition)}) GROUP BY user ORDER BY user"
    table = con.sql(query).to_arrow_table()
    users = table["user"].combine_chunks()
    lists = table["items"].combine_chunks()
    items = items_of(lists.flatten())
    keys = np.repeat(np.arange(len(users)), lists.value_lengths().to_numpy()) << _ITEM_BITS | items.numbers
    rows = _count_today(keys) if snapshot else len(keys)
    keys.sort()
    keys = keys[np.concatenate(([True], keys[1:] != keys[:-1]))]
    if snapshot:
        return _snapshot(users, keys, rows, id_format)
    keys = keys[~_is_idle(keys)]
    items = Items(numbers=keys & _ITEM, pairs=items.pairs)
    of = _Members(users=users, owner=keys >> _ITEM_BITS, items=items, layout=layout)
    codes = of.codes(id_format)
    if items.pairs is None:
        codes[(codes == _GOOD) & _is_contradicted(keys)] = _CODES.index(Code.BAD_ACTION)
    return of.group(codes, rows=rows, duplicates=rows - len(keys))


def _snapshot(users: pa.StringArray, keys: Numbers, rows: int, id_format: IdFormat) -> Group:
    import numpy as np

    changes = Changes.of(keys)
    to_send = changes.to_send
    items = Items(numbers=to_send & _ITEM, pairs=None)
    of = _Members(users=users, owner=to_send >> _ITEM_BITS, items=items, layout=TRAITS)
    codes = of.codes(id_format)
    removals = to_send & KIND != HAS
    still = to_send[(codes == _GOOD) ^ removals] & ~KIND  # added, or not removed because rejected
    return replace(
        of.group(codes, rows=rows, duplicates=rows - _count_today(keys)),
        unchanged=len(changes.same),
        removed=int(removals.sum()),
        kept=_by_user(users, np.sort(np.concatenate((changes.same, still)))),
    )


def _count_today(keys: Numbers) -> int:
    return int((keys & KIND == HAS).sum())


def _by_user(users: pa.StringArray, keys: Numbers) -> pa.Table:
    import numpy as np
    import pyarrow as pa

    owners, starts = np.unique(keys >> _ITEM_BITS, return_index=True)
    sids = pa.array((keys & _ITEM) >> KIND_BITS)
    lists = pa.ListArray.from_arrays(pa.array(np.append(starts, len(keys)), pa.int32()), sids)
    return pa.table({"user": users.take(pa.array(owners)), "traits": lists})


@dataclass(frozen=True, kw_only=True)
class _Members:
    """Sorted by user, then item. ``owner`` is the place in ``users`` of each item's user."""

    users: pa.StringArray
    owner: Numbers
    items: Items
    layout: Layout

    def group(self, codes: Numbers, *, rows: int, duplicates: int) -> Group:
        kept = codes == _GOOD
        lines = self.lines(kept)
        return Group(
            lines=lines,
            users=self._users(kept) if self.layout.line_per_item else len(lines),
            rows=rows,
            items=int(kept.sum()),
            duplicates=duplicates,
            rejects=[] if kept.all() else list(self.rejects(codes)),
        )

    def _users(self, kept: Numbers) -> int:
        import numpy as np

        owner = self.owner[kept]
        return len(owner) and 1 + int(np.count_nonzero(np.diff(owner)))

    def codes(self, id_format: IdFormat) -> Numbers:
        """Why each item is rejected, as a place in ``_CODES``."""
        import numpy as np
        import pyarrow.compute as pc

        of_user = _id_codes(self.users, id_format)
        if self.layout.most is not None:
            too_many = np.bincount(self.owner, minlength=len(self.users)) > self.layout.most
            of_user[(of_user == _GOOD) & too_many] = _CODES.index(Code.TOO_MANY_IDS)
        texts, text_of = self.items.texts
        length = pc.binary_length(texts).to_numpy()[text_of] + 1
        of_id = pc.binary_length(self.users).to_numpy()
        if self.layout.line_per_item:
            codes = of_user[self.owner]
            codes[(codes == _GOOD) & (length + of_id[self.owner] > LONGEST_LINE)] = _CODES.index(Code.LINE_TOO_LONG)
            return codes
        length = np.bincount(self.owner, weights=length, minlength=len(self.users))
        of_user[(of_user == _GOOD) & (length + of_id > LONGEST_LINE)] = _CODES.index(Code.LINE_TOO_LONG)
        return of_user[self.owner]

    def lines(self, kept: Numbers) -> pa.StringArray:
        """One for each user who keeps an item, or for each item, of pieces: ``id TAB``, ``item ,``, ``item LF``."""
        import numpy as np
        import pyarrow as pa
        import pyarrow.compute as pc

        texts, text_of = self.items.texts
        owner, text_of = self.owner[kept], text_of[kept]
        first = np.ones(len(owner), bool)
        if not self.layout.line_per_item:
            first[1:] = owner[1:] != owner[:-1]
        place = np.cumsum(first)  # of an item's user among those who keep one, from 1
        ids = pc.binary_join_element_wise(self.users.take(pa.array(owner[first])), "", "\t")
        last = np.append(first[1:], True)[: len(first)]
        pieces = np.empty(len(owner) + len(ids), np.int64)
        item_at = np.arange(len(owner)) + place
        id_at = item_at[first] - 1
        pieces[id_at] = np.arange(len(ids))
        pieces[item_at] = len(ids) + text_of + last * len(texts)
        ends = [pc.binary_join_element_wise(texts, "", end) for end in (self.layout.separator, "\n")]
        column = pa.concat_arrays([ids, *ends]).take(pa.array(pieces))
        _, offsets, data = column.buffers()
        starts = np.frombuffer(offsets, np.int32)[np.append(id_at, len(pieces))]
        return pa.StringArray.from_buffers(len(ids), pa.py_buffer(starts), data)

    def rejects(self, codes: Numbers) -> Iterator[Mapping[str, str]]:
        texts, text_of = self.items.texts
        for at in (codes != _GOOD).nonzero()[0]:
            code = _CODES[codes[at]]
            assert code is not None
            user, item = self.users[int(self.owner[at])].as_py(), texts[int(text_of[at])].as_py()
            yield {"user": user, "item": item, "code": code, "reason": REMEDIES[code]}


def _id_codes(users: pa.StringArray, id_format: IdFormat) -> Numbers:
    import numpy as np
    import pyarrow.compute as pc

    def matches(pattern: str) -> Numbers:
        return np.asarray(pc.match_substring_regex(users, pattern).to_numpy(zero_copy_only=False))

    bad = ~matches(f"^(?:{id_format.pattern})$")
    if id_format.never:
        bad |= matches(id_format.never)
    if id_format.device:
        bad |= matches(f"^(?:{ALL_ZERO})$")
    codes = np.where(bad, _CODES.index(Code.BAD_ID), _GOOD)
    if pc.any(pc.match_substring(users, "@")).as_py():
        codes[matches(f"^(?:{EMAIL})$")] = _CODES.index(Code.PII)
    return codes


def _is_idle(keys: Numbers) -> Numbers:
    """Where a user is to have no traits, and has some."""
    import numpy as np

    nothing = (keys[:-1] & _ITEM) == NOTHING
    return np.concatenate((nothing & (keys[1:] >> _ITEM_BITS == keys[:-1] >> _ITEM_BITS), [False]))


def _is_contradicted(keys: Numbers) -> Numbers:
    """Where a trait of a user is both added and removed."""
    import numpy as np

    same = keys[1:] >> KIND_BITS == keys[:-1] >> KIND_BITS
    return np.concatenate((same, [False])) | np.concatenate(([False], same))
