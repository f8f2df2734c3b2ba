"""Questions that cannot be asked, and where the selected objects are found."""

from __future__ import annotations

import pytest

from airflow_provider_aam.api.errors import AAMArgumentError, AAMIncomplete, AAMLookupFailed
from airflow_provider_aam.reports.question import Question
from reports.support import problems_of

LIST = "GET /v1/traits"


def refusals(**given):
    with pytest.raises(AAMArgumentError) as refused:
        Question.parse(**{"kind": "traits", "minimum": 1, **given})
    return refused.value.problems


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({"kind": "trait", "sids": [1]}, "kind must be traits or segments, not 'trait'"),
        ({}, "nothing says which objects: give one of sids, codes, folder, search and data_source"),
        ({"sids": [1], "search": "x"}, "sids and search are both given: keep one"),
        ({"sids": [1], "data_source": 7}, "data_source does not narrow sids: keep one"),
        ({"sids": []}, "sids must be a list that is not empty, like [4011872, 4011873], not []"),
        ({"sids": 7}, "sids must be a list that is not empty, like [4011872, 4011873], not 7"),
        ({"sids": ["x", None, True, -1]}, "sids: 'x', None, True, -1 are not ids"),
        ({"sids": [1.5]}, "sids: 1.5 is not an id"),
        ({"codes": ["a", ""]}, "codes: '' is not a code"),
        ({"codes": [1, 2]}, "codes: 1, 2 are not codes"),
        ({"folder": " "}, "folder must be text that is not empty, not ' '"),
        ({"search": 5}, "search must be text that is not empty, not 5"),
        ({"data_source": True}, "data_source must be its id, integration code or name, not True"),
        ({"sids": [1], "minimum": None}, "nothing to judge by: give some of minimum, maximum, max_drop, max_rise, "),
        ({"sids": [1], "max_drop": 0.1}, "max_drop and max_rise compare with a baseline: give the path of its file"),
        ({"sids": [1], "metric": "uniques3Day"}, "traits have no metric 'uniques3Day'. Did you mean uniques30Day? "),
        ({"sids": [1], "minimum": -1}, "minimum must be a number, 0 or more, not -1"),
        ({"sids": [1], "minimum": "5"}, "minimum must be a number, 0 or more, not '5'"),
        ({"sids": [1], "maximum": True}, "maximum must be a number, 0 or more, not True"),
        ({"sids": [1], "maximum": float("nan")}, "maximum must be a number, 0 or more, not nan"),
        ({"sids": [1], "maximum": 0.5}, "bounds: minimum 1 is above maximum 0.5"),
        ({"sids": [1], "max_drop": 2, "has_baseline": True}, "bounds: max_drop is 2; it is a share, 1 at most"),
        ({"sids": [1], "bounds": [1]}, 'bounds must be a mapping like {"pricing-visit": {"minimum": 100}}, not [1]'),
        ({"sids": [1], "bounds": {"a": 5}}, "bounds['a'] must be a mapping with some of minimum, maximum, max_drop, "),
        ({"sids": [1], "bounds": {"a": {"min": 5}}}, "bounds['a']: there is no bound min, only minimum, maximum, "),
        ({"sids": [1], "bounds": {"a": {"minimum": "x"}}}, "bounds['a']['minimum'] must be a number, 0 or more, not"),
    ],
)
def test_bad_argument_is_named(given, problem):
    (found,) = refusals(**given)
    assert found.startswith(problem)


def test_template_text_in_place_of_a_list_gets_a_hint():
    (found,) = refusals(sids="[1, 2]")
    assert found.endswith("not '[1, 2]' (a template gives text unless the DAG has render_template_as_native_obj=True)")


def test_every_problem_is_told_at_once():
    assert len(refusals(kind="x", sids=[], search="", minimum=-1, bounds=7)) == 6


# --- where objects are found ------------------------------------------------------------------------------------------


@pytest.fixture
def folders(emulator):
    """/Web, /Web/Pricing and /Webshop: their ids by path."""
    add = lambda name, parent: emulator.add("trait_folders", {"name": name, "parentFolderId": parent})["folderId"]  # noqa: E731
    web = add("Web", 0)
    return {"/Web": web, "/Web/Pricing": add("Pricing", web), "/Webshop": add("Webshop", 0)}


def test_folder_means_everything_below_it(add_trait, check, folders):
    for number, (path, folder) in enumerate(folders.items()):
        add_trait(path, number, folderId=folder)
    add_trait("root", 9, folderId=0)
    seen = lambda folder: [*problems_of(check(folder=folder, minimum=100))]  # noqa: E731
    assert seen("/Web") == ["/Web", "/Web/Pricing"]
    assert seen(" Web/Pricing/ ") == ["/Web/Pricing"]
    assert sorted(seen("/")) == ["/Web", "/Web/Pricing", "/Webshop", "root"]


def test_unknown_folder_is_an_error_with_the_nearest(check, folders):
    with pytest.raises(AAMLookupFailed, match=r"folder: .* “/Web/Prices”. Did you mean “/Web/Pricing”\?"):
        check(folder="/Web/Prices", minimum=1)


def test_folders_that_contain_each_other_do_not_hang(emulator, add_trait, check):
    rows = [{"folderId": 0}, {"folderId": 5, "parentFolderId": 6}, {"folderId": 6, "parentFolderId": 5}]
    emulator.trouble("GET /v1/folders/traits", "status", status=200, body=rows)
    with pytest.raises(AAMLookupFailed, match="folder: AAM has no trait folder “/C”"):
        check(folder="/C", minimum=1)


def test_data_source_by_id_code_and_name_narrows(emulator, add_trait, check):
    web, other = (
        emulator.add("data_sources", {"name": name, "integrationCode": code})["dataSourceId"]
        for name, code in (("Web site", "web"), ("CRM", "crm"))
    )
    add_trait("a", 1, dataSourceId=web)
    add_trait("b", 1, dataSourceId=web)
    add_trait("a", 1, dataSourceId=other)
    seen = lambda **given: [each.population.sid for each in check(minimum=0, **given).judgments]  # noqa: E731
    first, second, third = (row["sid"] for row in emulator.objects("traits"))
    assert seen(codes=["a"]) == [first, third]
    for data_source in (web, str(web), "web", "Web site"):
        assert seen(data_source=data_source) == [first, second]
        assert seen(data_source=data_source, codes=["a"]) == [first]
    assert seen(data_source="web", codes=["a", *(f"x{n}" for n in range(60))])[-1] == first
    assert seen(data_source="crm", search="Trait") == [third]
    rows = [row | {"uniques30Day": 1} for row in emulator.objects("traits")]
    emulator.trouble(LIST, "status", status=200, body=rows)  # as if AAM did not heed the filter
    assert seen(data_source="crm") == [third]


def test_data_source_that_is_unknown_or_means_two(emulator, check):
    for _ in "12":
        emulator.add("data_sources", {"name": "Twice", "integrationCode": None})
    with pytest.raises(
        AAMLookupFailed, match=r"data_source: “Twice” means 2 data sources \(\d+, \d+\): give dataSourceId"
    ):
        check(data_source="Twice", minimum=1)
    with pytest.raises(AAMLookupFailed, match=r"data_source: .* “Twic”. Did you mean “Twice”\?"):
        check(data_source="Twic", minimum=1)


@pytest.mark.parametrize("given", [{"sids": [1, 2]}, {"codes": ["x"]}, {"search": "nothing"}, {"folder": "/"}], ids=str)
def test_selection_without_objects_is_an_error(check, given):
    with pytest.raises(AAMLookupFailed, match=r"population check of traits of .*: AAM has none. Correct the selection"):
        check(minimum=1, **given)


def test_few_ids_are_asked_for_one_by_one_and_many_with_the_list(emulator, add_trait, check):
    sids = [add_trait(f"t{number}", 5) for number in range(60)]
    emulator.clear_stats()
    assert len(check(sids=[str(sid) for sid in sids[:3]], minimum=1).judgments) == 3
    assert (emulator.count("GET /v1/traits/{sid}"), emulator.count(LIST)) == (3, 0)
    emulator.clear_stats()
    assert len(check(sids=sids[:55], minimum=1).judgments) == 55
    assert (emulator.count("GET /v1/traits/{sid}"), emulator.count(LIST)) == (0, 1)


def test_incomplete_list_is_read_again_and_never_judged(emulator, add_trait, check):
    for number in range(3):
        add_trait(f"t{number}", 5)
    emulator.trouble(LIST, "duplicate_row", times=2)
    assert len(check(search="Trait", minimum=1).judgments) == 3
    emulator.trouble(LIST, "duplicate_row", times=3)
    with pytest.raises(AAMIncomplete):
        check(search="Trait", minimum=1)
