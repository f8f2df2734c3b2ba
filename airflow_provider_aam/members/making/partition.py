"""Rows cut into partitions by user, on disk: one read of the source, however large, and every user in one place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from airflow_provider_aam.files.engine import Engine
from airflow_provider_aam.members.grammar.codes import REMEDIES, Code
from airflow_provider_aam.members.grammar.names import Mode
from airflow_provider_aam.members.making.items import KIND_BITS, LARGEST_SID
from airflow_provider_aam.members.making.sets import Sets
from airflow_provider_aam.members.reading.shape import Columns, Shape
from airflow_provider_aam.members.reading.source import Files, name, text
from airflow_provider_aam.members.reading.traits import Traits

BYTES_PER_PARTITION = 48 * 2**20
MOST_PARTITIONS = 90
"""DuckDB keeps about 100 files open while it writes them."""
_GZIP_RATIO = 5

_BARE_WORD = r"[0-9A-Za-z_.][0-9A-Za-z_.-]*"
_QUOTABLE = r'[^",\t\r\n“”\x00-\x1f]+'
_RESERVED = "('d_sid', 'd_unsid', 'ic')"


class Reading(Protocol):
    """What makes items of rows. ``share`` takes a part of the users: (which, of how many)."""

    @property
    def shape(self) -> Columns: ...

    @property
    def share(self) -> tuple[int, int] | None: ...

    def items(self, engine: Engine, relation: str) -> str:
        """SQL: ``user``, ``item``; for a row that makes none ``code``, and ``raw`` to show."""


@dataclass(frozen=True, kw_only=True)
class Rules:
    """Rows of traits or signals, as a :class:`Reading`."""

    shape: Shape
    traits: Traits
    mode: Mode = "sync"
    clear_users: bool = False
    share: tuple[int, int] | None = None

    def items(self, engine: Engine, relation: str) -> str:
        return _signals(relation, self.shape) if self.shape.key else _traits(engine, relation, self)


@dataclass(frozen=True, kw_only=True)
class Partitions:
    """Parquet files with the columns ``user`` and ``item``: a number of :mod:`.items`, or the text of a pair."""

    folder: Path
    count: int

    def files(self, number: int) -> str | None:
        """A pattern for DuckDB; ``None`` for a partition without rows."""
        folder = self.folder / f"p={number}"
        return f"{folder}/*.parquet" if folder.is_dir() else None

    @property
    def rejected(self) -> str | None:
        """Rows that make no item, with ``code`` and ``raw``."""
        return self.files(self.count)

    def __iter__(self) -> Iterator[str]:
        return filter(None, map(self.files, range(self.count)))


def cut(engine: Engine, files: Files, rules: Reading, sets: Sets | None = None) -> Partitions:
    """Write the rows of ``files`` to the scratch folder, with those of the earlier ``sets``.

    Raises :class:`AAMArgumentError` for missing columns.
    """
    relation = files.relation(engine.con, rules.shape)
    size = files.size * (_GZIP_RATIO if files.paths[0].endswith(".gz") else 1)
    items = rules.items(engine, relation)
    if sets is not None and sets.earlier:
        size += sets.size
        items = f"{items} UNION ALL SELECT user, NULL, item, NULL FROM ({sets.relation(engine.con)})"
    count = min(MOST_PARTITIONS, 1 + size // BYTES_PER_PARTITION)
    folder = engine.scratch / "partitions"
    share = "" if rules.share is None else f"WHERE hash(user) % {rules.share[1]} = {rules.share[0]}"
    engine.con.execute(f"""
        COPY (
            SELECT user, item, code, CASE WHEN code IS NOT NULL THEN CAST(raw AS VARCHAR) END AS raw,
                CAST(CASE WHEN code IS NULL THEN (hash(user) >> 32) % {count} ELSE {count} END AS USMALLINT) AS p
            FROM ({items}) {share}
        ) TO {text(str(folder))} (
            FORMAT parquet, COMPRESSION uncompressed, STRING_DICTIONARY_PAGE_SIZE_LIMIT 1,
            PARTITION_BY (p), WRITE_PARTITION_COLUMNS false
        )""")
    return Partitions(folder=folder, count=count)


def rows_per_share(engine: Engine, files: Files, rules: Reading, of: int) -> list[int]:
    """How many rows of ``files`` each of ``of`` shares has, rejected ones included."""
    items = rules.items(engine, files.relation(engine.con, rules.shape))
    found = engine.con.execute(f"SELECT hash(user) % {of}, count(*) FROM ({items}) GROUP BY 1")
    rows = dict(found.fetchall())
    return [rows.get(which, 0) for which in range(of)]


def distinct_traits(engine: Engine, files: Files, shape: Shape) -> list[str]:
    """The traits that the rows name, as they write them."""
    relation = files.relation(engine.con, shape)
    each = f"SELECT {_each_trait(engine, relation, shape)} AS item FROM {relation}"
    found = engine.con.execute(f"SELECT DISTINCT CAST(item AS VARCHAR) FROM ({each}) WHERE item IS NOT NULL ORDER BY 1")
    return [word for (word,) in found.fetchall()]


def rejected_rows(engine: Engine, partitions: Partitions) -> Iterator[Mapping[str, str]]:
    """Rows that make no item: ``user``, ``item`` as the source has it, ``code``, ``reason``."""
    if partitions.rejected is None:
        return
    found = engine.con.execute(f"SELECT user, raw, code FROM read_parquet({text(partitions.rejected)})")
    while rows := found.fetchmany(10_000):
        for user, raw, code in rows:
            yield {"user": user, "item": raw, "code": code, "reason": REMEDIES[Code(code)]}


def _traits(engine: Engine, relation: str, rules: Rules) -> str:
    shape, traits = rules.shape, rules.traits
    action = f"CAST({name(shape.action)} AS VARCHAR)" if shape.action else "'add'"
    user, item = f"CAST({name(shape.user)} AS VARCHAR)", _each_trait(engine, relation, shape)
    rows = f"SELECT {user} AS user, {item} AS item, {action} AS action FROM {relation}"
    integers = _type_of(engine, rows, "item") in INTEGERS
    sid = traits.sid(integers=integers)
    nothing = "NULL" if rules.clear_users else f"'{Code.TAB_COUNT}'"
    removed = f"'{Code.UNSID_IN_OVERWRITE}'" if rules.mode == "overwrite" else "NULL"
    return f"""
        SELECT rows.user AS user, rows.item AS raw,
            {sid} << {KIND_BITS} | (rows.action = 'remove')::BIGINT AS item,
            CASE WHEN rows.user IS NULL THEN '{Code.BAD_ID}'
                 WHEN rows.item IS NULL THEN {nothing}
                 WHEN rows.action IS NULL OR rows.action NOT IN ('add', 'remove') THEN '{Code.BAD_ACTION}'
                 WHEN ({sid} BETWEEN 1 AND {LARGEST_SID}) IS NOT TRUE THEN {traits.code}
                 WHEN rows.action = 'remove' THEN {removed} END AS code
        FROM ({rows}) AS rows {traits.join(engine.con, integers=integers)}"""


INTEGERS = {"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER"}


def _each_trait(engine: Engine, relation: str, shape: Shape) -> str:
    column = name(shape.trait or "")
    kind = _type_of(engine, f"SELECT {column} FROM {relation}", shape.trait or "")
    if kind == "JSON" and shape.trait_separator is None:
        some = f"CASE json_type({column}) WHEN 'ARRAY' THEN CAST({column} AS VARCHAR[]) ELSE [{column} ->> '$'] END"
        column, kind = some, "VARCHAR[]"
    elif shape.trait_separator is not None:
        whole = f"{column} ->> '$'" if kind == "JSON" else f"CAST({column} AS VARCHAR)"
        parts = f"string_split({whole}, {text(shape.trait_separator)})"
        column, kind = f"list_transform({parts}, lambda part: trim(part))", "VARCHAR[]"
    if kind.endswith("[]"):
        return f"unnest(CASE WHEN len({column}) > 0 THEN {column} ELSE [NULL] END)"
    return column if kind in INTEGERS else f"CAST({column} AS VARCHAR)"


def _type_of(engine: Engine, query: str, column: str) -> str:
    described = engine.con.execute(f"DESCRIBE {query}").fetchall()
    return str(next(kind for found, kind, *_ in described if found == column))


def _signals(relation: str, shape: Shape) -> str:
    key, value = (f"CAST({name(column or '')} AS VARCHAR)" for column in (shape.key, shape.value))
    usable = " AND ".join(f"regexp_full_match({word}, {text(_QUOTABLE)})" for word in ("key", "value"))
    pair = " || '=' || ".join(map(_quoted, ("key", "value")))
    good = f"{usable} AND NOT starts_with(key, '-') AND lower(key) NOT IN {_RESERVED}"
    return f"""
        SELECT user, concat_ws('=', key, value) AS raw, CASE WHEN {good} THEN {pair} END AS item,
            CASE WHEN user IS NULL THEN '{Code.BAD_ID}' WHEN ({good}) IS NOT TRUE THEN '{Code.BAD_ITEM}' END AS code
        FROM (SELECT CAST({name(shape.user)} AS VARCHAR) AS user, {key} AS key, {value} AS value FROM {relation})"""


def _quoted(word: str) -> str:
    bare = text(_BARE_WORD)
    return f"""CASE WHEN regexp_full_match({word}, {bare}) THEN {word} ELSE '"' || {word} || '"' END"""
