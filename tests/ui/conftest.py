"""A real API server with the page's files of a large account, and a browser that leaves this machine for nothing."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import requests
from account_files import fill, fill_oddly
from page_server import Server, running_api_server
from windows import CHROMIUM, launch, sign_in

CONNECTION = json.dumps({"conn_type": "aam", "login": "id", "password": "secret"})
PATIENCE_MS = 60_000
"""Airflow's own page takes its time on a busy machine."""


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("filterwarnings", "ignore:Using .httpx. with .starlette")


@pytest.fixture(scope="session")
def server(chromium: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """``chromium`` only for what it skips."""
    folder = tmp_path_factory.mktemp("page")
    fill(folder / "aam_default", segments=19_400, traits=12_000)
    (folder / "broken").write_text("not a folder")
    options = {"AIRFLOW__AAM__UI_FOLDER": str(folder), "AIRFLOW__CORE__TEST_CONNECTION": "Enabled"}
    connections = dict.fromkeys(("aam_default", "empty", "broken"), CONNECTION)
    with running_api_server(tmp_path_factory.mktemp("airflow"), connections, options) as found:
        yield found


@pytest.fixture
def odd(server: Server) -> Iterator[str]:
    """The id of a Connection whose account and runs have names that no page is made for."""
    conn_id = "of_the_department_" * 10
    url = f"{server.url}/api/v2/connections"
    headers = {"Authorization": f"Bearer {server.token('olga')}"}
    body = {"connection_id": conn_id, "conn_type": "aam"}
    requests.post(url, json=body, headers=headers, timeout=30).raise_for_status()
    folder = Path(server.environment["AIRFLOW__AAM__UI_FOLDER"]) / conn_id
    fill_oddly(folder)
    yield conn_id
    shutil.rmtree(folder)
    requests.delete(f"{url}/{conn_id}", headers=headers, timeout=30).raise_for_status()


@pytest.fixture
def server_below_a_path(server: Server, tmp_path: Path) -> Iterator[Server]:
    """`server` only for what it skips."""
    fill(tmp_path / "page/aam_default", segments=30, traits=30)
    options = {"AIRFLOW__AAM__UI_FOLDER": str(tmp_path / "page")}
    with running_api_server(tmp_path / "airflow", {"aam_default": CONNECTION}, options, path="/airflow") as found:
        yield found


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    if find_spec("playwright") is None or not CHROMIUM.exists():
        pytest.skip(f"playwright or {CHROMIUM} is missing: `make test-ui` has an environment with the former")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = launch(playwright)
        yield browser
        browser.close()


class Browser:
    """One signed-in window. ``outside`` are requests to elsewhere, ``errors`` what the page's code threw."""

    def __init__(self, chromium: Any, server: Server, user: str, scheme: str) -> None:
        self.server = server
        self.outside: list[str] = []
        self.errors: list[str] = []
        self.context = chromium.new_context(color_scheme=scheme, viewport={"width": 1280, "height": 860})
        self.page = self.context.new_page()
        self.page.set_default_timeout(PATIENCE_MS)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("request", self._note)
        sign_in(self.page, server.url, user)

    def open(self, query: str = "") -> Any:
        self.page.goto(f"{self.server.url}/plugin/audience_manager{query}", wait_until="domcontentloaded")
        self.page.wait_for_selector("[data-page=audience-manager] h1")
        self.page.wait_for_selector("[data-page=audience-manager] [aria-busy=true]", state="detached")
        return self.page

    def _note(self, request: Any) -> None:
        if not request.url.startswith((self.server.url, "data:", "blob:")):
            self.outside.append(request.url)


@pytest.fixture
def open_browser(chromium: Any, server: Server) -> Iterator[Callable[..., Browser]]:
    opened: list[Browser] = []

    def build(user: str = "olga", scheme: str = "light", at: Server = server) -> Browser:
        opened.append(Browser(chromium, at, user, scheme))
        return opened[-1]

    yield build
    for browser in opened:
        browser.context.close()
        assert browser.outside == []
        assert browser.errors == []
