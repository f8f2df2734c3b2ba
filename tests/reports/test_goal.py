"""When a population has passed a bound, and when it has left it again."""

from __future__ import annotations

import pytest

from airflow_provider_aam.api.errors import AAMArgumentError, AAMLookupFailed
from airflow_provider_aam.reports.figures import read_figures
from airflow_provider_aam.reports.goal import Goal


def goal(**given):
    return Goal.parse(**{"kind": "segments", "sid": 7, **given})


@pytest.mark.parametrize(
    ("bounds", "met"),
    [
        ({"at_least": 100}, [False, True, True]),
        ({"at_most": 100}, [True, True, False]),
        ({"at_least": 100, "at_most": 100}, [False, True, False]),
        ({"at_least": 0}, [True, True, True]),
        ({"at_least": 99.5}, [False, True, True]),
    ],
)
def test_bounds_include_themselves(bounds, met):
    assert [goal(**bounds).is_met(value) for value in (99, 100, 101)] == met


def test_nothing_is_known_of_a_figure_that_aam_leaves_out():
    assert not goal(at_least=0).is_met(None)
    assert not goal(at_least=0).is_left(None, 0.05)


@pytest.mark.parametrize(
    ("bounds", "left"),
    [
        ({"at_least": 1000}, {1000: False, 950: False, 949: True}),
        ({"at_most": 1000}, {1000: False, 1050: False, 1051: True}),
    ],
)
def test_hysteresis(bounds, left):
    assert {value: goal(**bounds).is_left(value, 0.05) for value in left} == left


def test_what_it_says_and_keeps():
    made = goal(at_least=1_000_000, at_most=2_000_000)
    assert str(made) == "totalUniques30Day of segment 7 to be at least 1,000,000 and at most 2,000,000"
    assert Goal(**made.as_json()) == made
    assert goal(kind="traits", at_least=1).metric == "uniques30Day"


def test_all_problems_at_once():
    with pytest.raises(AAMArgumentError) as refused:
        goal(kind="cats", sid="x", at_least=-1, at_most=True)
    assert len(refused.value.problems) == 4


def test_figures_of_one_and_of_all(emulator, client):
    emulator.seed(segments=3, traits=2)
    sids = [int(segment["sid"]) for segment in emulator.objects("segments")]
    emulator.set_metrics(sids[0], {"totalUniques30Day": 12})
    of_all, of_one = read_figures(client, "segments", None), read_figures(client, "segments", sids[0])
    assert sorted(of_all) == sorted(sids)
    assert of_one == {sids[0]: of_all[sids[0]]}
    assert goal(sid=sids[0], at_least=1).value_in(of_one) == 12
    assert read_figures(client, "segments", 99) == {}
    with pytest.raises(AAMLookupFailed, match="AAM has no segment 7, or the technical account"):
        goal(at_least=1).value_in(of_all)
