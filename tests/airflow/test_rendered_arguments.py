"""Arguments that a template, or a task before, left without a value: refused before anything is read or written."""

from __future__ import annotations

from typing import Any

import pytest
from operator_checks import failure_of

from airflow_provider_aam.operators.feeds import AAMReadDataFeedOperator, AAMReadDeliveryOperator
from airflow_provider_aam.operators.members import AAMPushTraitMembersOperator
from airflow_provider_aam.operators.pull import AAMPullSegmentsOperator
from airflow_provider_aam.operators.push import AAMPushTraitsOperator
from airflow_provider_aam.operators.sql import AAMToSqlOperator
from airflow_provider_aam.operators.stream import AAMStreamTraitsOperator

NOTHING = "its template found nothing; is there such an XCom, param or variable?"


@pytest.fixture
def here(tmp_path, monkeypatch, emulator):
    """An empty folder as the working directory, where a file of a wrong name would appear."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("AIRFLOW_CONN_AAM_DEFAULT", emulator.connection_json("oauth_server_to_server"))
    return tmp_path


@pytest.mark.parametrize(
    ("operator", "given", "said"),
    [
        (
            AAMToSqlOperator,
            {"resource": "segments", "table": "None", "sql_conn_id": "x"},
            f"table is 'None': {NOTHING}",
        ),
        (AAMPullSegmentsOperator, {"destination": "None", "file_format": "csv"}, f"destination is 'None': {NOTHING}"),
        (AAMPullSegmentsOperator, {"destination": "", "file_format": "csv"}, "destination is ''; expected a value"),
        (AAMPushTraitsOperator, {"source": [], "plan_path": "None"}, f"plan_path is 'None': {NOTHING}"),
        (AAMPushTraitsOperator, {"source": None}, "source is None; expected a value"),
        (AAMPushTraitMembersOperator, {"source": "a.csv", "data_source": "x", "destination": "None"}, NOTHING),
        (AAMStreamTraitsOperator, {"source": [], "data_source": "x", "stream_id": "None"}, "stream_id is 'None'"),
        (AAMStreamTraitsOperator, {"source": None, "data_source": "x", "stream_id": "s"}, "source is None"),
        (AAMReadDeliveryOperator, {"source": None, "destination": "a.jsonl"}, "source is None; expected a value"),
        (AAMReadDataFeedOperator, {"source": " ", "destination": "a.jsonl"}, "source is ' '; expected a value"),
    ],
)
def test_nothing_is_read_or_written_for_an_argument_without_a_value(here, emulator, operator, given, said):
    assert said in failure_of(operator(task_id="t", **given))
    assert [*here.iterdir()] == []
    assert emulator.count() == 0


def test_where_nothing_means_nothing_it_stays_allowed(here, emulator):
    """The first run has no earlier one, whose interval its template asks for."""
    emulator.seed(segments=2)
    AAMPullSegmentsOperator(task_id="t", destination=str(here / "a.csv"), updated_since="None").execute({})
    assert (here / "a.csv").exists()


@pytest.mark.parametrize(
    ("operator", "given", "said"),
    [
        (AAMReadDeliveryOperator, {"source": 5, "destination": "a.jsonl"}, "source is 5; expected a path or URI, or a"),
        (AAMReadDeliveryOperator, {"source": ["a.gz", None], "destination": "a.jsonl"}, "a path or URI, found None"),
        (AAMReadDataFeedOperator, {"source": 5, "destination": "a.jsonl"}, "source is 5; expected a path or URI, or a"),
        (
            AAMStreamTraitsOperator,
            {"source": [None], "data_source": "x", "stream_id": "s"},
            "a path or URI, found None",
        ),
        (
            AAMPushTraitMembersOperator,
            {"source": [{"user": "u"}], "data_source": "x", "destination": "d"},
            "source: expected a path or URI, found {'user': 'u'}",
        ),
        (
            AAMReadDeliveryOperator,
            {"source": "a", "destination": "a.jsonl", "threads": "2"},
            "threads is '2'; expected an",
        ),
        (
            AAMReadDeliveryOperator,
            {"source": "a", "destination": "b", "max_rejected": 0.1},
            "max_rejected is 0.1; expected",
        ),
        (
            AAMPushTraitsOperator,
            {"source": [], "max_changes_ratio": "0.5"},
            "max_changes_ratio is '0.5'; expected a number",
        ),
    ],
)
def test_values_of_another_type_fail_the_task_for_good(here, operator, given: dict[str, Any], said):
    assert said in failure_of(operator(task_id="t", **given))
    assert [*here.iterdir()] == []
