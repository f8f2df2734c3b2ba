"""The Connection form and its *Test* on Airflow 2.11, as someone fills it in and presses it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from shots import shoot
from webserver import PYTHON, Webserver, running_webserver

from airflow_provider_aam.api.config import AAMConfig
from airflow_provider_aam.emulator import Emulator

FORM = "#model_form"


@pytest.fixture(scope="module")
def webserver(tmp_path_factory: pytest.TempPathFactory, emulator_server: Emulator) -> Iterator[Webserver]:
    if not PYTHON.exists():
        pytest.skip(f"{PYTHON} is missing: `make test-ui` makes that environment")
    connection = emulator_server.connection_json(
        "jwt", timeout_s=60, metascopes=["ent_audiencemanagerplatform_sdk"], proxies={"https": "http://proxy.example:1"}
    )
    with running_webserver(tmp_path_factory.mktemp("airflow-211"), {"by_jwt": connection}) as found:
        yield found


@pytest.fixture
def page(chromium: Any) -> Iterator[Any]:
    context = chromium.new_context(viewport={"width": 1100, "height": 1400})
    yield context.new_page()
    context.close()


def fill_in(page: Any, webserver: Webserver, conn_id: str, connection: dict[str, Any]) -> None:
    page.goto(f"{webserver.url}/connection/add")
    page.select_option("#conn_type", "aam")
    page.fill("#conn_id", conn_id)
    for name in ("host", "login", "password"):
        page.fill(f"#{name}", connection[name])
    for key, value in connection["extra"].items():
        page.fill(f"#extra__aam__{key}", value)


def press_test(page: Any) -> str:
    """What the box at the top says; its color is the same either way."""
    with page.expect_response("**/connections/test"):
        page.click("#test-connection")
    box = page.locator(".container .row .alert:visible").first
    box.wait_for()
    return str(box.inner_text())


def save(page: Any, webserver: Webserver) -> None:
    page.locator(f"{FORM} button[type=submit]").click()
    page.wait_for_url(lambda url: not re.search("/connection/(add|edit)", url))


def config(stored: dict[str, Any]) -> AAMConfig:
    return AAMConfig.from_connection(**{name: stored[name] for name in ("login", "password", "host", "extra")})


def test_the_form_has_the_same_order_in_one_list(page, webserver):
    page.goto(f"{webserver.url}/connection/add")
    page.select_option("#conn_type", "aam")
    page.get_by_text("Client Secret", exact=True).wait_for()
    labels = [label.inner_text() for label in page.locator(f"{FORM} label:visible").all()]
    first = ["API address (optional)", "Client ID", "Client Secret", "Port (443)", "Extra"]
    assert labels[3:11] == [*first, "Authentication", "Organization ID", "Scopes"]
    assert labels[11] == "Technical Account ID"
    assert labels[-1] == "Proxies"


def test_connection_filled_in_by_hand_passes_and_is_saved(page, webserver, emulator):
    fill_in(page, webserver, "by_hand", emulator.connection("oauth_server_to_server"))
    said = press_test(page)
    assert "Connected as" in said
    page.evaluate("scrollTo(0, 0)")
    shoot(page, "connection-form-2.11")
    save(page, webserver)
    assert webserver.stored("by_hand")["login"] == emulator.credentials.client_id


def test_wrong_secret_is_said_at_the_top(page, webserver, emulator):
    fill_in(page, webserver, "wrong", emulator.connection("jwt") | {"password": "p8e-not-this-one"})
    said = press_test(page)
    assert "password is not this client's secret" in said
    assert "Repeat setup step 5" in said


def test_key_of_many_lines_outlives_an_edit_of_another_field(page, webserver, emulator):
    before = webserver.stored("by_jwt")
    assert before["extra"]["private_key"].count("\n") > 20
    page.goto(f"{webserver.url}/connection/list/")
    page.get_by_role("row").filter(has_text="by_jwt").locator("a[href*='/connection/edit/']").click()
    page.fill("#extra__aam__timeout_s", "30")
    assert emulator.credentials.private_key.splitlines()[1] not in page.content()
    save(page, webserver)
    after = webserver.stored("by_jwt")
    assert after["extra"]["private_key"] == before["extra"]["private_key"]
    assert config(after) == replace(config(before), timeout_s=30)
