"""Which trait a row means: its sid, or what a mapping makes of its text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from airflow_provider_aam.members.grammar.codes import Code

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_TABLE = "known_traits"
_DIGITS = "regexp_full_match(CAST(rows.item AS VARCHAR), '[0-9]+')"


@dataclass(frozen=True, kw_only=True)
class Traits:
    """``known`` maps the texts of the source to sids. Without it, texts are sids, and any whole number is one."""

    known: Mapping[str, int] | None = None
    are_sids: bool = True

    def join(self, con: DuckDBPyConnection, *, integers: bool) -> str:
        """SQL behind ``FROM rows``: what :attr:`sid` needs. ``integers``: the source has its traits as numbers."""
        if self.known is None:
            return ""
        import pyarrow as pa

        known = {word: sid for word, sid in self.known.items() if word.isdecimal() or not integers}
        words = pa.array(known, pa.string())
        table = pa.table(
            {"word": words.cast(pa.int64()) if integers else words, "sid": pa.array(known.values(), pa.int64())}
        )
        con.register(_TABLE, table)
        return f"LEFT JOIN {_TABLE} ON {_TABLE}.word = rows.item"

    def sid(self, *, integers: bool) -> str:
        """SQL: a BIGINT, or NULL for what is not a trait."""
        if self.known is not None:
            return f"{_TABLE}.sid"
        whole = "CAST(rows.item AS BIGINT)" if integers else "TRY_CAST(rows.item AS BIGINT)"
        return whole if integers else f"CASE WHEN {_DIGITS} THEN {whole} END"

    @property
    def code(self) -> str:
        """SQL: why a row has no sid."""
        if not self.are_sids:
            return f"'{Code.UNKNOWN_TRAIT}'"
        return f"CASE WHEN {_DIGITS} THEN '{Code.UNKNOWN_TRAIT}' ELSE '{Code.BAD_TRAIT}' END"
