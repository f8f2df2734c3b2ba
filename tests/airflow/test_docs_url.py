"""Tasks and the hook name `[aam] docs_url`, else the pages that Airflow serves, else the command."""

from __future__ import annotations

import logging

import pytest
from operator_checks import failure_of

from airflow_provider_aam.compat import AIRFLOW_V_3_0_PLUS, conf
from airflow_provider_aam.hooks.aam import AAMHook
from airflow_provider_aam.operators.push import AAMPushTraitsOperator

SITE = "https://docs.example.com/aam"
AIRFLOW = "https://airflow.example.com/prod"
BASE_URL = f"AIRFLOW__{'API' if AIRFLOW_V_3_0_PLUS else 'WEBSERVER'}__BASE_URL"


@pytest.fixture(params=["environment", "airflow.cfg"])
def _site(request, monkeypatch):
    if request.param == "environment":
        monkeypatch.setenv("AIRFLOW__AAM__DOCS_URL", SITE)
        yield
        return
    if not conf.has_section("aam"):
        conf.add_section("aam")
    conf.set("aam", "docs_url", SITE)
    yield
    conf.remove_option("aam", "docs_url")


def _fail(caplog) -> tuple[str, str]:
    """What a task with an argument that cannot be says and logs."""
    with caplog.at_level(logging.WARNING):
        said = failure_of(AAMPushTraitsOperator(task_id="t", source=[], max_failed=-1))
    return said, caplog.text


def test_the_log_of_a_failed_task_names_the_command(caplog):
    said, log = _fail(caplog)
    assert "max_failed is -1" in said
    assert "What this error means, and what to do: airflow-aam docs errors AAMArgumentError" in log


@pytest.mark.usefixtures("_site")
def test_the_log_of_a_failed_task_names_the_site(caplog):
    assert f"what to do: {SITE}/errors.html#aamargumenterror" in _fail(caplog)[1]


@pytest.mark.usefixtures("_site")
def test_the_hook_names_the_site():
    said = AAMHook("aam_missing").test_connection()[1]
    assert said.endswith(f"({SITE}/setup-aam-access.html#7-fill-in-the-airflow-connection).")


def test_without_a_site_the_hook_names_the_command():
    assert AAMHook("aam_missing").test_connection()[1].endswith("(airflow-aam docs setup 7).")


@pytest.mark.parametrize("base_url", [AIRFLOW, f"{AIRFLOW}/"])
def test_where_airflow_has_an_address_its_own_pages_are_named(caplog, monkeypatch, base_url):
    monkeypatch.setenv(BASE_URL, base_url)
    assert f"what to do: {AIRFLOW}/aam/docs/errors.html#aamargumenterror" in _fail(caplog)[1]
    said = AAMHook("aam_missing").test_connection()[1]
    assert said.endswith(f"({AIRFLOW}/aam/docs/setup-aam-access.html#7-fill-in-the-airflow-connection).")


@pytest.mark.usefixtures("_site")
def test_a_copy_elsewhere_comes_first(caplog, monkeypatch):
    monkeypatch.setenv(BASE_URL, AIRFLOW)
    assert f"what to do: {SITE}/errors.html#aamargumenterror" in _fail(caplog)[1]
