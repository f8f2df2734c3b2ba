"""Rows of ids that belong together, one column per data source, as AAM's ID synchronization files have them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from airflow_provider_aam.api.errors import AAMArgumentError
from airflow_provider_aam.files.engine import Engine
from airflow_provider_aam.members.grammar.codes import Code
from airflow_provider_aam.members.grammar.ids import EMAIL, IdFormat
from airflow_provider_aam.members.making.grouping import Layout
from airflow_provider_aam.members.reading.source import name, text

Family = Literal["adobe_id", "c2c_id"]
LAYOUTS: dict[str, Layout] = {
    "adobe_id": Layout(line_per_item=True, most=200),
    "c2c_id": Layout(separator="\t", most=10),
}
"""``adobe_id``: a line per row, of which AAM keeps 200 per id of the first column (documented for files of traits;
inferred here). ``c2c_id``: a line per customer id, with up to ten hashed e-mails."""


@dataclass(frozen=True, kw_only=True)
class IdColumns:
    """The columns of a source, in the order of the file's."""

    columns: Sequence[str]
    lists: None = None

    def __post_init__(self) -> None:
        """Raises :class:`AAMArgumentError` where AAM's grammar has no such file."""
        if len(self.columns) < 2:
            raise AAMArgumentError(f"ids: expected the columns of two data sources or more, found {len(self.columns)}.")


@dataclass(frozen=True, kw_only=True)
class IdRows:
    """Rows of ids, as a :class:`Reading`. ``formats`` are those of all columns but the first, which is the user."""

    shape: IdColumns
    formats: Sequence[IdFormat]
    share: tuple[int, int] | None = None

    def items(self, engine: Engine, relation: str) -> str:  # noqa: ARG002
        first, *others = (f"CAST({name(column)} AS VARCHAR)" for column in self.shape.columns)
        ids = [f"id_{number}" for number in range(len(others))]
        columns = ", ".join(f"{column} AS {id_}" for column, id_ in zip(others, ids, strict=True))
        good = " AND ".join(_is_good(id_, each) for id_, each in zip(ids, self.formats, strict=True))
        pii = " OR ".join(f"regexp_full_match({id_}, {text(EMAIL)})" for id_ in ("user", *ids))
        item = " || '\t' || ".join(ids)
        return f"""
            SELECT user, {item} AS item, concat_ws('\t', {", ".join(ids)}) AS raw,
                CASE WHEN {pii} THEN '{Code.PII}'
                     WHEN (user IS NOT NULL AND {good}) IS NOT TRUE THEN '{Code.BAD_ID}' END AS code
            FROM (SELECT {first} AS user, {columns} FROM {relation})"""


def _is_good(column: str, id_format: IdFormat) -> str:
    good = f"regexp_full_match({column}, {text(id_format.pattern)})"
    if id_format.never:
        good += f" AND NOT regexp_matches({column}, {text(id_format.never)})"
    if id_format.device:
        good += f" AND NOT translate({column}, '0-', '') = ''"
    return good
