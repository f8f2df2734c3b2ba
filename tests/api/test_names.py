"""Suggestions for names that are not known."""

from __future__ import annotations

import pytest

from airflow_provider_aam.api.names import near_misses, nearest


@pytest.mark.parametrize(
    ("word", "near"),
    [("traitrule", "traitRule"), ("TRAITRULES", "traitRule"), ("nmae", "name"), ("zzz", None), ("", None)],
)
def test_nearest_name_is_found_whatever_its_case(word: str, near: str | None) -> None:
    assert nearest(word, ["name", "traitRule"]) == near


def test_of_names_that_differ_in_case_only_the_more_similar_is_meant() -> None:
    assert nearest("app2", ["App", "app", "APP"]) == "app"


def test_suggestions_stand_in_one_sentence_as_told() -> None:
    assert near_misses(["nmae", "zzz", "SId"], iter(["sid", "name"])) == " Did you mean name, sid?"
    assert near_misses(["nmae"], ["name"], form="“{}”") == " Did you mean “name”?"
    assert near_misses(["zzz"], ["name"]) == ""
