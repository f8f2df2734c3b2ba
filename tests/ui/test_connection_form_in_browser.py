"""The Connection form and its *Test* on Airflow 3.3, as someone fills it in and presses it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
import requests
from shots import shoot

KEY_LINES = 28
PORT_REQUIRED = "Bad Request"


class Connections:
    """The page *Admin → Connections*."""

    def __init__(self, page: Any, url: str) -> None:
        self.page = page
        self.url = url
        self.form = page.get_by_role("dialog")

    def open(self) -> Connections:
        self.page.goto(f"{self.url}/connections", wait_until="domcontentloaded")
        self.page.get_by_role("button", name="Add Connection").wait_for()
        return self

    def row(self, conn_id: str) -> Any:
        return self.page.get_by_role("row").filter(has=self.page.get_by_text(conn_id, exact=True))

    def add(self) -> Any:
        self.page.get_by_role("button", name="Add Connection").click()
        self.form.get_by_role("combobox").first.fill("Adobe Audience")
        self.page.keyboard.press("Enter")
        self.form.get_by_text("Organization ID").first.wait_for()
        return self.form

    def edit(self, conn_id: str) -> Any:
        self.row(conn_id).get_by_role("button", name="Edit Connection").click()
        self.form.get_by_text("Organization ID").first.wait_for()
        return self.form

    def save(self) -> None:
        self.form.get_by_role("button", name="Save").click()
        self.form.wait_for(state="detached")

    def test(self, conn_id: str) -> tuple[str, str]:
        """The color, and what the box says."""
        button = self.row(conn_id).get_by_role("button", name="Test Connection")
        button.click()
        box = self.page.get_by_text(re.compile("^Test Connection (Successful|Failed)$")).locator("xpath=../..").last
        box.hover()  # it stays
        said = box.inner_text()
        return str(button.locator("svg").get_attribute("color")), said


@pytest.fixture
def connections(open_browser) -> Connections:
    browser = open_browser()
    return Connections(browser.page, browser.server.url).open()


@pytest.fixture
def store(server, emulator) -> Callable[..., dict[str, Any]]:
    """Stores a Connection to the emulator, by Airflow's API."""
    headers = {"Authorization": f"Bearer {server.token('olga')}"}

    def post(conn_id: str, auth: str, **parts: Any) -> dict[str, Any]:
        connection = emulator.connection(auth, timeout_s=60) | parts
        body = {"connection_id": conn_id, **connection, "extra": json.dumps(connection["extra"])}
        url = f"{server.url}/api/v2/connections"
        requests.delete(f"{url}/{conn_id}", headers=headers, timeout=30)
        requests.post(url, json=body, headers=headers, timeout=30).raise_for_status()
        return connection

    return post


def opened(form: Any) -> dict[str, bool]:
    parts = form.locator("button[data-part=item-trigger]")
    return {part.inner_text(): part.get_attribute("aria-expanded") == "true" for part in parts.all()}


def test_what_everyone_needs_is_open_and_the_rest_below(connections):
    form = connections.add()
    assert opened(form) == {
        "Standard Fields": True,
        "standardFields": True,
        "Service Account (JWT)": False,
        "Legacy OAuth (AAM user)": False,
        "Rarely needed": False,
        "Extra Fields JSON": False,
    }
    for label in ("Client ID", "Client Secret", "Port (443)", "Authentication", "Organization ID", "Scopes"):
        assert form.get_by_text(label, exact=True).is_visible(), label
    shoot(connections.page, "connection-form-3.3", form)


def test_connection_filled_in_by_hand_turns_green(connections, emulator):
    known = emulator.credentials
    form = connections.add()
    form.locator("[name=connection_id]").fill("by_hand")
    form.locator("[name=host]").fill(emulator.url)
    form.locator("[name=login]").fill(known.client_id)
    form.locator("[name=password]").fill(known.client_secret)
    form.locator("[name=port]").fill("443")
    form.locator("#element_auth input").first.fill("Server-to-Server")
    connections.page.keyboard.press("Enter")
    form.locator("#element_org_id").fill(known.org_id)
    form.locator("#element_scopes").fill(",".join(known.scopes))
    form.get_by_role("button", name="Rarely needed").click()
    form.locator("#element_ims_url").fill(emulator.url)
    connections.save()
    color, said = connections.test("by_hand")
    assert color == "green", said
    assert "Connected as" in said


def test_wrong_secret_turns_red_and_the_page_says_why(connections, store):
    store("wrong_secret", "oauth_server_to_server", password="p8e-not-this-one")
    color, said = connections.open().test("wrong_secret")
    assert color == "red"
    assert "password is not this client's secret" in said
    assert "Repeat setup step 5" in said
    shoot(connections.page, "connection-test-3.3")


def test_key_of_many_lines_outlives_an_edit_that_adds_the_port(connections, store, emulator):
    """Without a port Airflow refuses to test, whatever the Connection: the day it does not, the form need not ask."""
    stored = store("by_jwt", "jwt", port=None)
    assert len(stored["extra"]["private_key"].splitlines()) >= KEY_LINES
    assert connections.open().test("by_jwt") == ("red", f"Test Connection Failed\n{PORT_REQUIRED}")
    assert emulator.count("POST /ims/exchange/jwt") == 0
    form = connections.edit("by_jwt")
    form.locator("[name=port]").fill("443")
    form.get_by_role("button", name="Rarely needed").click()
    form.locator("input[role=spinbutton]:visible").fill("30")
    form.get_by_role("button", name="Service Account (JWT)").click()
    assert form.locator("#element_private_key").input_value() == "***"
    connections.save()
    color, said = connections.test("by_jwt")
    assert color == "green", said
    assert emulator.count("POST /ims/exchange/jwt") == 1
