"""A list answer: which rows, in which order, which page of them, in which wrapping."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from airflow_provider_aam.emulator.core.authentication import hidden
from airflow_provider_aam.emulator.core.call import Call, Parameter, Reply
from airflow_provider_aam.emulator.core.collection import Row
from airflow_provider_aam.emulator.core.refusals import bad_request

if TYPE_CHECKING:
    from collections.abc import Sequence

    from airflow_provider_aam.emulator.core.collection import Collection
    from airflow_provider_aam.emulator.core.rendering import Render

Condition = Callable[[Row], bool]

DEFAULT_PAGE_SIZE = 10
MAX_PAGE_SIZE = 1000  # Adobe's bulk workbook asks for no more; that AAM clamps a larger size is inferred

PAGING = (
    Parameter("page", "0-based. With it or pageSize the array is wrapped.", "integer"),
    Parameter("pageSize", "10 unless given, 1000 at most (more is clamped, inferred).", "integer"),
    Parameter("sortBy", "A property of the rows. The order is by id otherwise (inferred)."),
    Parameter("descending", "Turns the order of sortBy round.", "boolean"),
    Parameter("search", "Rows with this text in any field; case does not matter (inferred)."),
)


def list_reply(
    call: Call,
    collection: Collection,
    conditions: Sequence[Condition],
    render: Render,
    among: Sequence[int] | None = None,
) -> Reply:
    """Return the rows that fulfil all `conditions`, as an array, or as a page when the query asks for one.

    Without filter nothing is scanned or copied but the page itself. `among` are the ids there are, in their own order.
    """
    page = requested_page(call)
    ids = _ordered(call, collection, among) if not hidden(call) else []
    conditions = [*conditions, *searching(call)]
    if conditions:
        rows = collection.rows
        ids = [key for key in ids if all(condition(rows[key]) for condition in conditions)]
    if page is None:
        return Reply(body=b"[" + b",".join(render(ids)) + b"]")
    number, size = page
    part = ids[number * size : (number + 1) * size]
    head = b'{"total":%d,"page":%d,"pageSize":%d,"list":[' % (len(ids), number, size)
    return Reply(body=head + b",".join(render(part)) + b"]}")


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


def searching(call: Call) -> list[Condition]:
    """Return the condition that `search` puts."""
    needle = call.text("search").casefold()
    if not needle:
        return []
    return [lambda row: any(needle in str(value).casefold() for value in row.values() if value is not None)]


def conditions_of(call: Call, parameters: Sequence[Parameter]) -> list[Condition]:
    """Return the conditions that parameters put; none if the query has none of them, so that no list is scanned."""
    found: list[Condition] = []
    for each in parameters:
        if each.equals and (wanted := each.values(call)):
            found.append(partial(_is_among, wanted, each.equals))
        elif each.keeps and (value := each.value(call)) is not None:
            found.append(partial(_passes, each.keeps, value))
    return found


def _is_among(wanted: set[object], field: str, row: Row) -> bool:
    return row.get(field) in wanted


def _passes(keeps: Callable[[Row, object], bool], value: object, row: Row) -> bool:
    return keeps(row, value)
