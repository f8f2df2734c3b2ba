"""Lists of the page: searched, sorted, compared, a page at a time, whatever AAM has sent."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from airflow_provider_aam.ui.populations import PopulationIndex, Query, Row, read_index

DAYS = (1, 7, 14, 30, 60, 90)


def lines(*rows: Any) -> bytes:
    return "\n".join(map(json.dumps, rows)).encode()


def row(sid: int, size: Any, **more: Any) -> dict[str, Any]:
    return {"sid": sid, "name": f"n{sid}", **{f"totalUniques{days}Day": size for days in DAYS}, **more}


def index(*rows: Any, before: tuple[Any, ...] = ()) -> PopulationIndex:
    return read_index("segments", lines(*rows), lines(*before) if before else None, {"7": "web"})


def ids(found: dict[str, Any]) -> list[int]:
    return [each["id"] for each in found["rows"]]


def test_rows_without_a_value_come_last_in_either_direction():
    populations = index(row(1, 5), row(2, None), row(3, 9))
    assert ids(populations.find(Query(descending=True))) == [3, 1, 2]
    assert ids(populations.find(Query(descending=False))) == [1, 3, 2]


def test_changes_are_sorted_by_their_size_whatever_their_direction():
    before = (row(1, 100), row(2, 100), row(3, 100))
    populations = index(row(1, 101), row(2, 10), row(3, 150), row(4, 7), before=before)
    found = populations.find(Query(sort="change"))
    assert ids(found) == [2, 3, 1, 4]
    assert [each["change"] and each["change"][0] for each in found["rows"]] == [-90, 50, 1, None]


def test_every_word_has_to_be_found_in_name_code_or_id():
    populations = index(row(1, 1, name="Trail Shoes", integrationCode="shop-9"), row(2, 1, name="Trail maps"))
    assert ids(populations.find(Query(search="SHOES trail"))) == [1]
    assert ids(populations.find(Query(search="shop-9 trail"))) == [1]
    assert ids(populations.find(Query(search="trail", sort="id", descending=False))) == [1, 2]
    assert populations.find(Query(search="tents")) == {"total": 0, "rows": []}


class Interrupted(list[Row]):
    """Rows of which another request asks while they are looked through for the first time."""

    meanwhile: Callable[[], None] | None = None

    def __iter__(self) -> Iterator[Row]:
        first, *others = super().__iter__()
        yield first
        if ask := self.meanwhile:
            self.meanwhile = None
            ask()
        yield from others


def test_searches_at_the_same_time_find_the_same():
    rows = Interrupted(index(*(row(number, 1, name=f"Trail {number}") for number in range(1, 4))).rows)
    populations, found = PopulationIndex(rows), list[dict[str, Any]]()
    populations.find(Query())  # sorted, and not yet searched
    rows.meanwhile = lambda: found.append(populations.find(Query(search="trail 3")))
    found.append(populations.find(Query(search="trail 3")))
    found.append(populations.find(Query(search="trail 1")))
    assert [ids(each) for each in found] == [[3], [3], [1]]


def test_page_of_a_list_says_how_many_there_are():
    found = index(*[row(number, number) for number in range(1, 31)]).find(Query(sort="id", offset=25, limit=10))
    assert (found["total"], ids(found)) == (30, [5, 4, 3, 2, 1])


@pytest.mark.parametrize("odd", ["many", -1, [], {}, True, 1.5])
def test_population_that_is_not_a_number_is_not_known(odd):
    (found,) = index(row(1, odd)).find(Query())["rows"]
    assert found["population"] == (None,) * 6


def test_rows_of_other_shapes_are_left_out():
    assert ids(index({"name": "no id"}, row(2, 1, name=None, integrationCode=""), {"sid": "3"}).find(Query())) == [2]


def test_text_is_shown_in_one_line_and_data_sources_by_name():
    (found,) = index(row(1, 1, name="a\u202eb\n", dataSourceId=7)).find(Query())["rows"]
    assert (found["name"], found["source"]) == ("a\\u202eb\\n", "web")


def test_empty_list():
    assert read_index("traits", b"", None, {}).find(Query()) == {"total": 0, "rows": []}
