"""The history of inbound files: an unpublished shape, read in whatever way it is spelled."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from airflow_provider_aam.api.client import AAMClient
from airflow_provider_aam.api.errors import AAMArgumentError, AAMBadAnswer
from airflow_provider_aam.api.inbound import CATEGORIES, InboundFile, _parse
from airflow_provider_aam.emulator import Emulator
from tests.api.support import MakeClient, RawServer, http_answer

DAY = datetime(2026, 1, 1, tzinfo=UTC)
MS = 1_767_225_600_000
NAME = "ftp_dpm_478_1767225600.sync.gz"


Answered = Callable[[Any], AAMClient]


@pytest.fixture
def answered(make_client: MakeClient, raw_server: RawServer) -> Answered:
    """A client whose API host returns this JSON."""

    def make(body: Any) -> AAMClient:
        raw_server.answers = [http_answer(json.dumps(body).encode())]
        return make_client(host=raw_server.url)

    return make


@pytest.mark.endpoint("GET /datasources/{dataSourceId}/history/inbound")
def test_files_of_a_period_are_read(emulator: Emulator, client: AAMClient) -> None:
    source = emulator.add("data_sources", {"name": "CRM"})["dataSourceId"]
    counts = {"receivedRecords": 200, "successRecords": 150, "formatErrors": 20, "noTraitRealized": 30}
    row = {"dataSourceId": source, "dataFileName": NAME, "success": True, **counts}
    emulator.add("inbound_history", [row | {"startTime": MS + hour * 3_600_000} for hour in (-1, 3, 2)])
    late, later = client.data_sources.inbound_history(source, start=DAY, end=DAY + timedelta(hours=3))
    assert [late.begun_at, later.begun_at] == [DAY + timedelta(hours=2), DAY + timedelta(hours=3)]
    assert (late.name, late.success, late.received, late.stored, late.percent_success) == (NAME, True, 200, 150, 75.0)
    assert late.raw["dataSourceId"] == source


def rows_of(answered: Answered, body: Any) -> list[InboundFile]:
    return answered(body).data_sources.inbound_history(7, start=DAY, end=DAY)


SPELLED = {
    "as the report's labels": {
        "Data Sync File Name": NAME,
        "Records Received": "1,000",
        "Stored Records": "900",
        "Percent Success": "90.0 %",
        "Format Errors": "10",
        "Invalid AAM ID": "20",
        "Invalid Device ID": "30",
        "No Matching AAM ID": "25",
        "No Trait Realized": "15",
        "Start Time": str(MS),
        "Success": "true",
    },
    "with underscores": {
        "data_file_name": f"s3/date=2026-01-01/{NAME}",
        "received_records": 1000.0,
        "success_records": 900,
        "format_errors": 10,
        "invalid_aam_id": 20,
        "invalid_device_id": 30,
        "no_matching_aam_id": 25,
        "no_traits_realized": 15,
        "start_time": MS // 1000,
        "success": "SUCCESS",
        "something_new": {"a": []},
    },
}


@pytest.mark.parametrize("row", SPELLED.values(), ids=SPELLED)
def test_spelling_makes_no_difference(answered: Answered, row: dict[str, Any]) -> None:
    (file,) = rows_of(answered, {"list": [row], "total": "1"})
    assert (file.name, file.begun_at, file.success) == (NAME, DAY, True)
    assert (file.received, file.stored, file.percent_success) == (1000, 900, 90.0)
    assert [*file.errors.values()] == [10, 20, 30, 25, 15]
    assert tuple(file.errors) == CATEGORIES


def test_what_aam_leaves_out_is_unknown(answered: Answered) -> None:
    (file,) = rows_of(
        answered, [{"dataFileName": NAME, "receivedRecords": None, "formatErrors": "n/a", "startTime": ""}]
    )
    assert (file.begun_at, file.success, file.received, file.stored, file.percent_success) == (None,) * 5
    assert file.errors == {}


def test_rows_without_a_name_are_passed_over(answered: Answered) -> None:
    files = rows_of(answered, [{"total": 3}, 7, {"dataFileName": NAME, "startTime": MS}, {"dataFileName": "b"}])
    assert [file.name for file in files] == ["b", NAME]


@pytest.mark.parametrize(
    ("body", "found"),
    [([{"b\n": 1, "a": NAME}], r"the keys a, b\\n"), ([[NAME]], "a list"), ([{}], "the keys none")],
    ids=["keys", "list", "nothing"],
)
def test_history_of_another_shape_is_a_bad_answer(answered: Answered, body: Any, found: str) -> None:
    with pytest.raises(AAMBadAnswer, match=f"data source 7: expected rows with a file name, found {found}"):
        rows_of(answered, body)


def test_an_empty_history_is_no_error(answered: Answered) -> None:
    assert rows_of(answered, []) == []


def test_times_need_a_zone(answered: Answered, raw_server: RawServer) -> None:
    with pytest.raises(AAMArgumentError, match=r"end .* has no time zone"):
        answered([]).data_sources.inbound_history(7, start=DAY, end=datetime(2026, 1, 1))  # noqa: DTZ001
    assert raw_server.requests == []


VALUES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9) | st.lists(st.integers())


@given(st.dictionaries(st.sampled_from([*SPELLED["as the report's labels"], "startTime"]) | st.text(), VALUES))
@example({"Data Sync File Name": "a", "Format Errors": float("inf"), "Records Received": "9" * 400})
@example({"Data Sync File Name": "a", "Records Received": 10**400, "Records Stored": 10**800})
def test_no_row_is_an_error(row: dict[str, Any]) -> None:
    file = _parse(row)
    assert file is None or all(count >= 0 for count in file.errors.values())
