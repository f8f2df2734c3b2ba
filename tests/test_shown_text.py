"""Text of others in messages of client, reports, files and pull: one line of it is one line, and all of it is seen."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from airflow_provider_aam.api import AAMClient, AAMConfig
from airflow_provider_aam.api.answers import read_refusal
from airflow_provider_aam.api.errors import AAMError
from airflow_provider_aam.api.moments import utc_now
from airflow_provider_aam.api.redaction import Redactor
from airflow_provider_aam.api.resources import RESOURCES
from airflow_provider_aam.api.transport import Answer
from airflow_provider_aam.emulator import Emulator
from airflow_provider_aam.files.columns import check_fields
from airflow_provider_aam.files.formats import choose_format
from airflow_provider_aam.files.staging import stage
from airflow_provider_aam.pull.job import pull_resource
from airflow_provider_aam.reports.check import check_populations
from airflow_provider_aam.reports.period import build_period
from airflow_provider_aam.reports.question import Question
from airflow_provider_aam.reports.trend import Subject, write_trend

FORGED = "a\n::error::forged\r\x1b[2J\u202e\x9b\x85\u2028z"
PERIOD = build_period("2026-01-01", "2026-01-02", now=utc_now())


@pytest.fixture
def client(connect: Callable[..., AAMClient]) -> AAMClient:
    return connect(max_attempts=2)


def check(client: AAMClient, *, baseline: Path | None = None, **given: Any) -> None:
    question = Question.parse(kind="traits", **given, has_baseline=baseline is not None)
    check_populations(client, question, baseline=baseline).require_passed()


def said_by(caplog: pytest.LogCaptureFixture, act: Callable[[], object]) -> str:
    """Everything that is logged and raised."""
    try:
        act()
    except AAMError as error:
        return "\n".join([*caplog.messages, str(error), *getattr(error, "problems", ())])
    return "\n".join(caplog.messages)


def is_clean(text: str) -> bool:
    return all(line.isprintable() and not line.lstrip().startswith("::") for line in text.split("\n"))


def seen(text: str) -> bool:
    """Whether it shows the forged text, and all of it in the line where it was put."""
    return "forged" in text and is_clean(text)


@pytest.fixture
def trait(emulator: Emulator) -> int:
    row = emulator.add("traits", {"name": FORGED, "integrationCode": FORGED})
    emulator.set_metrics(row["sid"], {"uniques30Day": 7})
    return int(row["sid"])


@pytest.mark.parametrize("named_by", ["code", "name"])
def test_names_and_codes_in_a_check(emulator, client, caplog, tmp_path, named_by):
    row = emulator.add("traits", {"name": FORGED, "integrationCode": FORGED if named_by == "code" else None})
    emulator.set_metrics(row["sid"], {"uniques30Day": 7})
    assert seen(said_by(caplog, lambda: check(client, sids=[row["sid"]], minimum=8)))


@pytest.mark.parametrize("change", ["gone", "rise"])
def test_baseline_of_a_forged_name(emulator, client, caplog, tmp_path, trait, change):
    baseline = tmp_path / f"{FORGED}.json"
    check(client, search="a", max_rise=0.5, baseline=baseline)
    if change == "gone":
        client.collection("traits").delete(trait)
        emulator.set_metrics(emulator.add("traits", {"name": "a"})["sid"], {"uniques30Day": 7})
    if change == "rise":
        emulator.set_metrics(trait, {"uniques30Day": 70})
    assert seen(said_by(caplog, lambda: check(client, search="a", max_rise=0.5, baseline=baseline)))


@pytest.mark.parametrize(
    "content",
    [
        FORGED,
        json.dumps({FORGED: 1}),
        json.dumps({"kind": FORGED, "metric": FORGED, "accepted_at": "2026-01-01T00:00:00Z", "populations": []}),
    ],
    ids=["text", "key", "kind"],
)
def test_baseline_that_holds_something_else(client, caplog, tmp_path, trait, content):
    baseline = tmp_path / f"{FORGED}.json"
    baseline.write_text(content)
    assert seen(said_by(caplog, lambda: check(client, sids=[trait], max_rise=0.5, baseline=baseline)))


@pytest.mark.parametrize(
    "given",
    [
        {"bounds": {FORGED: {"minimum": 1}}},
        {"bounds": {FORGED: {FORGED: 1}}},
        {"bounds": {"a": {"minimum": FORGED}}},
        {"bounds": FORGED},
        {"metric": FORGED, "minimum": 1},
        {"sids": [FORGED], "minimum": 1},
        {"codes": [FORGED, "a"], "minimum": 1},
        {"folder": f"/{FORGED}", "minimum": 1},
        {"data_source": FORGED, "minimum": 1},
        {"search": FORGED, "data_source": FORGED[:-1], "minimum": 1},
    ],
    ids=", ".join,
)
def test_arguments_of_a_check(emulator, client, caplog, given):
    emulator.add("trait_folders", {"name": f"{FORGED}2"})
    emulator.add("data_sources", {"name": f"{FORGED}2", "integrationCode": f"{FORGED}3"})
    sids = {} if given.keys() & {"sids", "codes", "folder", "data_source"} else {"search": "a"}
    emulator.set_metrics(emulator.add("traits", {"name": "a", "integrationCode": "a"})["sid"], {"uniques30Day": 7})
    assert seen(said_by(caplog, lambda: check(client, **sids, **given)))


def test_trend_of_a_forged_selection(client, caplog, tmp_path):
    subject = Subject.parse(kind="traits", filters={"search": FORGED})
    assert seen(said_by(caplog, lambda: write_trend(client, tmp_path / "trend.csv", subject, PERIOD)))


@pytest.mark.parametrize("what", ["file", "folder", "below a file", "format", "trend"])
def test_file_names(client, caplog, tmp_path, trait, what):
    caplog.set_level("INFO")
    path = tmp_path / f"{FORGED}.csv"

    def act() -> None:
        match what:
            case "file":
                pull_resource(client.collection("traits"), path)
            case "folder":
                path.mkdir()
                stage(path).__enter__()
            case "below a file":
                path.touch()
                stage(path / "x.csv").__enter__()
            case "format":
                choose_format(str(path) + FORGED)
            case "trend":
                subject = Subject.parse(kind="traits", sids=[trait])
                write_trend(client, path, subject, PERIOD)

    assert seen(said_by(caplog, act))


def test_fields_of_a_pull(caplog):
    traits = RESOURCES["traits"]
    assert seen(said_by(caplog, lambda: check_fields(traits, [FORGED], include_metrics=False)))


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (500, {"code": FORGED, "message": FORGED}),
        (403, {"error_code": FORGED, "message": FORGED}),
        (400, {"message": "x", "childMessages": [FORGED]}),
        (200, {FORGED: 1}),
    ],
    ids=["AAM", "gateway", "child", "shape"],
)
def test_what_a_server_says(emulator, client, caplog, status, body):
    emulator.trouble("GET /v1/traits/{sid}", "status", times=2, status=status, body=body)
    assert seen(said_by(caplog, lambda: client.traits.get(1)))


def test_title_of_a_page():
    page = f"<html><title>{FORGED}</title>".encode()
    answer = Answer(status=502, headers={}, body=page)
    assert seen(read_refusal(answer, Redactor()).reason)


@pytest.mark.parametrize("where", ["host", "login", "ims_url", "auth", "verify", "private_key_path", FORGED])
def test_connection(caplog, where):
    text = f"https://{FORGED}" if where in ("host", "ims_url") else FORGED
    parts: dict[str, Any] = {"login": "id", "password": "secret-1", "extra": {}}
    if where in ("host", "login"):
        parts[where] = text
    else:
        parts["extra"] = {where: text} | ({"auth": "jwt"} if where == "private_key_path" else {})
    said = said_by(caplog, lambda: AAMClient.from_config(AAMConfig.from_connection(**parts)).close())
    assert "the AAM Connection has " in said
    assert is_clean(said)  # most values are not repeated at all
