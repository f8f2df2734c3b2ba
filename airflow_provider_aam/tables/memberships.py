"""Who is in which segment, as the file of a delivery says that was read: one row per user and segment."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from airflow_provider_aam.api.errors import AAMArgumentError, AAMConfigError, AAMSourceError
from airflow_provider_aam.api.resources import Type
from airflow_provider_aam.api.visible import one_line
from airflow_provider_aam.files.refusals import UNREADABLE, may_pass, reason
from airflow_provider_aam.tables.loading import Batch
from airflow_provider_aam.tables.wanted import Given, Wanted

if TYPE_CHECKING:
    import pyarrow as pa
    from pyarrow.parquet import ParquetFile

USER, SEGMENTS, REMOVED = "user", "segments", "removed"
USERS_AT_ONCE = 10_000
PAIRS_AT_ONCE = 50_000


@dataclass(frozen=True, kw_only=True)
class Memberships:
    file: ParquetFile
    name: str
    given: Given

    def wanted(self, table: str) -> Wanted:
        types = {"user_id": Type.TEXT, "segment_id": Type.INTEGER}
        return Wanted.of(table, what="memberships", key=types, types=types, given=self.given)

    def batches(self) -> Iterator[Batch]:
        """Users, segments and, of changes, whether each was removed."""
        lists = (SEGMENTS, REMOVED) if self.given is Given.CHANGES else (SEGMENTS,)
        with _telling(self.name):
            for users in self.file.iter_batches(USERS_AT_ONCE, columns=[USER, *lists]):
                for listed in lists:
                    for batch in _pairs(users.column(USER), users.column(listed)):
                        removed = [[listed == REMOVED] * len(batch[0])] if REMOVED in lists else []
                        yield [*batch, *removed]


def _pairs(users: pa.Array, lists: pa.Array) -> Iterator[list[list[Any]]]:
    import pyarrow.compute as pc

    owners, flat = pc.list_parent_indices(lists), pc.list_flatten(lists)
    for start in range(0, len(flat), PAIRS_AT_ONCE):
        some = owners.slice(start, PAIRS_AT_ONCE)
        yield [users.take(some).to_pylist(), flat.slice(start, PAIRS_AT_ONCE).to_pylist()]


@contextmanager
def open_memberships(path: Any, *, name: str, changes: bool | None) -> Iterator[Memberships]:
    """``changes``: ``None`` where the file is to tell. Raises :class:`AAMSourceError`, retryable if that may pass."""
    try:
        from pyarrow.parquet import ParquetFile
    except ImportError as missing:
        raise AAMConfigError("Parquet needs pyarrow: pip install 'airflow-provider-aam[parquet]'.") from missing
    with ExitStack() as opened:
        with _telling(name):
            file = opened.enter_context(ParquetFile(opened.enter_context(path.open("rb"))))
        _check_columns(file.schema_arrow, name)
        yield Memberships(file=file, name=name, given=_given(file.schema_arrow.names, name, changes=changes))


def _given(columns: list[str], name: str, *, changes: bool | None) -> Given:
    if REMOVED not in columns:
        return Given.SET  # it is a state
    if changes is None:
        raise AAMArgumentError(
            f"delivery: {name} does not tell whether it holds all memberships or changes. Pass what "
            'AAMReadDeliveryOperator returned, or {"uri": …, "kind": "full"} (or "iter").'
        )
    return Given.CHANGES if changes else Given.SET


def _check_columns(schema: pa.Schema, name: str) -> None:
    import pyarrow as pa

    texts, lists = (pa.string(), pa.large_string()), (pa.list_(pa.int64()), pa.large_list(pa.int64()))
    expected = {USER: texts, SEGMENTS: lists, REMOVED: lists}
    found = {each.name: each.type for each in schema}
    wrong = [column for column, types in expected.items() if column in found and found[column] not in types]
    if wrong or {USER, SEGMENTS} - found.keys():
        columns = ", ".join(f"{column}: {kind}" for column, kind in found.items())
        raise AAMSourceError(
            f"{name} is not a file of AAMReadDeliveryOperator: expected the columns user: string, segments: list of "
            f"int64 and perhaps removed: list of int64, found {one_line(columns)}."
        )


@contextmanager
def _telling(name: str) -> Iterator[None]:
    try:
        yield
    except UNREADABLE as broken:
        error = AAMSourceError(
            f"{name} cannot be read: {one_line(reason(broken)).rstrip('.')}. Expected a Parquet file of "
            "AAMReadDeliveryOperator. The table was not changed."
        )
        error.retryable = may_pass(broken)
        raise error from broken
