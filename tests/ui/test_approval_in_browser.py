"""A plan that waits for a person, and the buttons of tasks, in Airflow's own UI."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from page_server import Server, running_api_server
from shots import shoot

from airflow_provider_aam.emulator import running_emulator

HERE = Path(__file__).parent
DAGS = HERE.parents[1] / "dags"
RUN = "manual__real"
OPTIONS = {
    "AIRFLOW__AAM__LINKS": json.dumps(
        {"file": "https://files.example.com/{key}", "account": "https://bank.example.com/home"}
    ),
}
LINE = "trait shop/cart “Put something into the cart”"


@pytest.fixture(scope="module")
def airflow(chromium: Any) -> Iterator[Server]:
    """A plan waits for its approval, and a push has failed at a broken file. ``chromium`` only for what it skips."""
    with tempfile.TemporaryDirectory(prefix="airflow-") as folder, running_emulator() as emulator:
        home = Path(folder)  # short: the approval shows it
        shutil.copytree(DAGS, home / "dags")
        options = {**OPTIONS, "AIRFLOW__AAM__UI_FOLDER": f"{home}/page", "AIRFLOW_VAR_AAM_EXPORT": f"{home}/files"}
        emulator.reset("account")
        connections = {"aam_default": emulator.connection_json("oauth_server_to_server")}
        with running_api_server(home, connections, options) as server:
            _run(server, home, "aam_plan_approve_apply", "plan", "any_changes", "approve")
            (home / "dags/catalog/audiences.yaml").write_text("kind: traits\nrows:\n  - {name: No type}\n")
            _run(server, home, "aam_push_catalog", "push_catalog")
            yield server


def _run(server: Server, home: Path, dag_id: str, *task_ids: str) -> None:
    command = [sys.executable, str(HERE / "run_tasks.py"), str(home / f"dags/{dag_id}.py"), dag_id, *task_ids]
    done = subprocess.run(command, env=dict(server.environment), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-4000:]


def _open_task(browser: Any, dag_id: str, task_id: str, tab: str = "") -> Any:
    task = f"{browser.server.url}/dags/{dag_id}/runs/{RUN}/tasks/{task_id}"
    browser.page.goto(f"{task}/{tab}", wait_until="domcontentloaded")
    return browser.page


def test_approver_reads_the_plan_with_names_and_goes_on_to_the_page(airflow, open_browser):
    browser = open_browser(user="adam", at=airflow)
    page = _open_task(browser, "aam_plan_approve_apply", "approve")
    page.get_by_role("link", name=re.compile("Required Action")).first.click()
    page.get_by_text(LINE).first.wait_for()
    assert page.get_by_text("{shop:cart} AND NOT {shop:purchase}").count() == 1
    assert page.get_by_role("button", name="Approve").is_visible()
    shoot(page, "approval-3.3")
    address = page.get_by_role("link", name="read it in Airflow").get_attribute("href")
    page.goto(f"{airflow.url}{address}" if address.startswith("/") else address, wait_until="domcontentloaded")
    page.get_by_role("heading", name=re.compile("Plan: 12 to create")).wait_for()
    assert page.get_by_role("listitem").filter(has_text=LINE).count() == 1


def test_task_has_buttons(airflow, open_browser):
    page = _open_task(open_browser(at=airflow), "aam_plan_approve_apply", "plan", "details")
    file = page.get_by_role("link", name="File")
    file.wait_for()
    assert re.fullmatch(r"https://files\.example\.com/.*/plan\.json", file.get_attribute("href"))
    assert page.get_by_role("link", name="Audience Manager").get_attribute("href") == "https://bank.example.com/home"
    assert page.get_by_role("link", name="About this error").count() == 0
    shoot(page, "links-3.3")


def test_failed_task_leads_to_what_the_documentation_says(airflow, open_browser):
    page = _open_task(open_browser(at=airflow), "aam_push_catalog", "push_catalog", "details")
    button = page.get_by_role("link", name="About this error")
    button.wait_for()
    button.click()
    heading = page.get_by_role("heading", name="AAMSourceError")
    heading.wait_for()
    assert 0 <= heading.bounding_box()["y"] < 100  # scrolled to
    assert page.url == f"{airflow.url}/aam/docs/errors.html#aamsourceerror"
    shoot(page, "documentation-3.3")
    page.get_by_role("navigation").get_by_role("link", name="Push traits, segments and more").click()
    page.get_by_role("link", name="dags/aam_push_catalog.py").first.click()
    page.get_by_text('dag_id="aam_push_catalog"').or_(page.get_by_text("AAMPushCatalogOperator(")).first.wait_for()


def test_documentation_comes_after_the_sign_in(chromium, airflow):
    context = chromium.new_context()
    page = context.new_page()
    page.goto(f"{airflow.url}/aam/docs/errors.html#aamsourceerror")
    page.fill("input[name=username]", "vera")
    page.fill("input[name=password]", "p")
    page.click("button[type=submit]")
    page.get_by_role("heading", name="AAMSourceError").wait_for()
    context.close()
