"""What a table has to hold: its name, its key, and its columns with their types."""

from __future__ import annotations

import enum
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from airflow_provider_aam.api.errors import AAMArgumentError
from airflow_provider_aam.api.resources import Type

UPDATED = "aam_updated_at"
"""When a sync last wrote the row: it was new, changed, vanished or came back."""
DELETED = "aam_deleted_at"
"""When a sync no longer found the row in AAM; null for rows that AAM has."""

REMOVED = "aam_removed"
"""Of staged changes: whether the row is to be taken away."""

_BEFORE_CAPITALS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_NAME = re.compile(r"(?:([^\W\d]\w*)\.)?([^\W\d]\w*)")


def column_name(field: str) -> str:
    """``dataSourceId`` → ``data_source_id``: SQL without quotes knows no capitals."""
    return _BEFORE_CAPITALS.sub("_", field).lower()


def split_name(table: object) -> tuple[str | None, str]:
    """Schema and table. Raises :class:`AAMArgumentError` where ``table`` is neither ``table`` nor ``schema.table``."""
    parts = _NAME.fullmatch(table.strip()) if isinstance(table, str) else None
    if parts is None:
        raise AAMArgumentError(
            f"table must be a name like 'segments' or 'marketing.segments', of letters, digits and _, not {table!r}."
        )
    return parts[1], parts[2]


class Given(enum.Enum):
    """What is known of the rows that are given."""

    LIST = "list"
    """All that there are, and no key twice."""
    SET = "set"
    """All that there are; a key may come twice."""
    CHANGES = "changes"
    """Some to add and some to take away, as their last column says; others stay. A key may come twice."""


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """``types`` by column, the ``key`` among them; :data:`UPDATED` and :data:`DELETED` come on top."""

    schema: str | None
    name: str
    what: str
    """What a row is, in the plural: ``segments``."""
    key: tuple[str, ...]
    types: Mapping[str, Type]
    given: Given

    @classmethod
    def of(
        cls, table: object, *, what: str, key: Iterable[str], types: Mapping[str, Type], given: Given = Given.LIST
    ) -> Wanted:
        """Raises as :func:`split_name`."""
        schema, name = split_name(table)
        columns = {column_name(field): kind for field, kind in types.items()}
        names = tuple(map(column_name, key))
        return cls(schema=schema, name=name, what=what, key=names, types=columns, given=given)

    @property
    def title(self) -> str:
        return f"{self.schema}.{self.name}" if self.schema else self.name

    @property
    def staged_types(self) -> Mapping[str, Type]:
        return {**self.types, REMOVED: Type.BOOLEAN} if self.given is Given.CHANGES else self.types

    @property
    def all_types(self) -> Mapping[str, Type]:
        """Of the table."""
        return {**self.types, UPDATED: Type.INSTANT, DELETED: Type.INSTANT}
