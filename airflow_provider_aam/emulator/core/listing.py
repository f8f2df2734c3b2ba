"""A list answer: which rows, in which order, which page of them, in which wrapping."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_provider_aam.emulator.core.authentication import hidden
from airflow_provider_aam.emulator.core.call import Call, Parameter, Reply
from airflow_provider_aam.emulator.core.refusals import bad_request

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from airflow_provider_aam.emulator.core.collection import Collection, Row

DEFAULT_PAGE_SIZE = 10
MAX_PAGE_SIZE = 1000  # Adobe's bulk workbook asks for no more; that AAM clamps a larger size is inferred

PAGING = (
    Parameter(name="page", type="integer", about="0-based. With it or pageSize the array is wrapped."),
    Parameter(name="pageSize", type="integer", about="10 unless given, 1000 at most (more is clamped, inferred)."),
    Parameter(name="sortBy", about="A property of the rows. The order is by id otherwise (inferred)."),
    Parameter(name="descending", type="boolean", about="Turns the order of sortBy round."),
    Parameter(name="search", about="Rows with this text in any field; case does not matter (inferred)."),
)


def list_reply(
    call: Call,
    collection: Collection,
    keep: Callable[[Row], bool] | None,
    render: Callable[[int], bytes],
    among: Sequence[int] | None = None,
) -> Reply:
    """Return the rows that pass `keep`, as an array, or as a page when the query asks for one.

    Without filter nothing is scanned or copied but the page itself. `among` are the ids there are, in their own order.
    """
    page = requested_page(call)
    ids = _ordered(call, collection, among) if not hidden(call) else []
    keep = _searching(call, keep)
    if keep is not None:
        rows = collection.rows
        ids = [key for key in ids if keep(rows[key])]
    if page is None:
        return Reply(body=b"[" + b",".join(map(render, ids)) + b"]")
    number, size = page
    part = ids[number * size : (number + 1) * size]
    head = b'{"total":%d,"page":%d,"pageSize":%d,"list":[' % (len(ids), number, size)
    return Reply(body=head + b",".join(map(render, part)) + b"]}")


def requested_page(call: Call) -> tuple[int, int] | None:
    """Return page number and size, `None` when the query asks for no page; 400 when they are none."""
    if "page" not in call.query and "pageSize" not in call.query:
        return None
    number, size = call.integer("page") or 0, call.integer("pageSize")
    size = DEFAULT_PAGE_SIZE if size is None else size
    problems = [f"{name}: must not be negative" for name, value in (("page", number), ("pageSize", size)) if value < 0]
    if size == 0:
        problems.append("pageSize: must be greater than 0")
    if problems:
        raise bad_request(problems, "Invalid request parameter")
    return number, min(size, MAX_PAGE_SIZE)


def _ordered(call: Call, collection: Collection, among: Sequence[int] | None) -> Sequence[int]:
    sort_by = call.text("sortBy")
    ids: Sequence[int] = collection.ids
    if sort_by and sort_by != collection.id_field:
        ids = collection.sorted_ids(sort_by)
    if among is not None:
        part = frozenset(among)
        ids = [key for key in ids if key in part] if sort_by else among
    return ids[::-1] if sort_by and call.flag("descending") else ids


def _searching(call: Call, keep: Callable[[Row], bool] | None) -> Callable[[Row], bool] | None:
    needle = call.text("search").casefold()
    if not needle:
        return keep

    def contains(row: Row) -> bool:
        return any(needle in str(value).casefold() for value in row.values() if value is not None)

    return contains if keep is None else lambda row: keep(row) and contains(row)


def all_of(conditions: list[Callable[[Row], bool]]) -> Callable[[Row], bool] | None:
    """Return one condition for many; `None` when there is none, so that the list is not scanned."""
    if not conditions:
        return None
    return lambda row: all(condition(row) for condition in conditions)


def equal(call: Call, parameter: str, field: str | None = None) -> list[Callable[[Row], bool]]:
    """Return the condition that a field equals one of a parameter's texts, if it was given."""
    wanted = {value for value in call.query.get(parameter, []) if value}
    name = field or parameter
    return [lambda row: row.get(name) in wanted] if wanted else []


def equal_id(call: Call, parameter: str, field: str | None = None) -> list[Callable[[Row], bool]]:
    """Return the condition that a field is one of a parameter's numbers, if it was given."""
    wanted = call.integers(parameter)
    name = field or parameter
    return [lambda row: row.get(name) in wanted] if wanted else []
