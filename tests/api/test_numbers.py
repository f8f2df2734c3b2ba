"""Whole numbers are read by one rule, wherever people or AAM write them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from airflow_provider_aam.api.errors import AAMArgumentError, AAMIncomplete, AAMSourceError
from airflow_provider_aam.api.listing import flat_tree
from airflow_provider_aam.api.numbers import whole_number
from airflow_provider_aam.api.resources import TRAIT_FOLDERS
from airflow_provider_aam.catalog.drafts.fields import CountOrNone, Id, IdsOrWords
from airflow_provider_aam.catalog.kinds import TRAITS
from airflow_provider_aam.catalog.planning.delete import named_by_ids
from airflow_provider_aam.reports.trend import Subject

NUMBERS = [(7, 7), ("7", 7), (" 7 ", 7), ("007", 7), (7.0, 7), (2**63 - 1, 2**63 - 1), (str(2**63 - 1), 2**63 - 1)]
NONE = [
    "٣",
    "²",
    True,
    "7.0",
    "-0",
    "+7",
    "1_000",
    "",
    7.5,
    -1,
    float("nan"),
    float("inf"),
    2**63,
    str(2**63),
    "9" * 5000,
]


@pytest.mark.parametrize(("value", "number"), [*NUMBERS, (0, 0), ("0", 0)])
def test_whole_number_is_read(value: object, number: int) -> None:
    assert whole_number(value) == number
    assert type(whole_number(value)) is int


@pytest.mark.parametrize("value", [*NONE, None, [7], b"7", 1e300])
def test_anything_else_is_no_whole_number(value: object) -> None:
    assert whole_number(value) is None


def deleted_ids(value: object) -> int:
    (number,) = named_by_ids(TRAITS, [value], source="ids").ids
    return number


def sid_of_trend(value: object) -> int:
    (number,) = Subject.parse(kind="traits", sids=[value]).sids or ()
    return number


def announced(value: object) -> int:
    """What AAM's tree says to hold, seen in the error: it holds one folder."""
    with pytest.raises(AAMIncomplete) as caught:
        flat_tree(TRAIT_FOLDERS, {"list": [{"folderId": 1}], "total": value})
    return int(str(caught.value).partition("announced ")[2].partition(" ")[0].replace(",", ""))


def column(kind: object) -> Callable[[object], object]:
    from pydantic import TypeAdapter

    return TypeAdapter(kind).validate_python


@pytest.mark.parametrize("read", [deleted_ids, sid_of_trend, announced, column(Id), column(CountOrNone)])
@pytest.mark.parametrize(("value", "number"), NUMBERS)
def test_every_place_reads_a_whole_number(read: Callable[[object], object], value: object, number: int) -> None:
    assert read(value) == number


@pytest.mark.parametrize("read", [deleted_ids, sid_of_trend, column(Id)])
@pytest.mark.parametrize("value", NONE)
def test_every_place_refuses_what_is_none(read: Callable[[object], object], value: object) -> None:
    with pytest.raises((AAMArgumentError, AAMSourceError, ValueError)):
        read(value)


@pytest.mark.parametrize("value", NONE)
def test_total_that_is_no_number_announces_nothing(value: object) -> None:
    assert len(flat_tree(TRAIT_FOLDERS, {"list": [{"folderId": 1}], "total": value}).rows) == 1


@pytest.mark.parametrize(("value", "read"), [("7", 7), (" 7 ", 7), ("٣", "٣"), ("7.0", "7.0"), ('"7"', "7")])
def test_reference_in_a_list_is_an_id_only_when_it_is_digits(value: str, read: object) -> None:
    assert column(IdsOrWords)(value) == [read]
