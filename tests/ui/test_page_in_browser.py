"""The page *Browse → Audience Manager* as people use it: in Airflow's own UI, in a browser."""

from __future__ import annotations

import re
from typing import Any

import pytest
import shots
from account_files import PLAN

SHOWN = ("page-overview-light", "page-segments-dark", "page-plan-light", "page-runs-light")
"""In docs/page.md."""


def shoot(page: Any, name: str) -> None:
    if name in SHOWN:
        shots.shoot(page, name)


def seen(page: Any, text: str) -> None:
    page.get_by_text(text).locator("visible=true").first.wait_for()


def test_menu_leads_to_the_page(open_browser):
    page = open_browser().page
    page.get_by_role("button", name="Browse").click()
    page.get_by_role("menuitem", name="Audience Manager").click()
    page.wait_for_url("**/plugin/audience_manager")
    seen(page, "AAM account 1099 (aam.adobe.io)")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_overview_shows_drift_limits_changes_and_runs(open_browser, scheme):
    page = open_browser(scheme=scheme).open()
    seen(page, "Drift: 2 missing, 1 changed, 1 extra")
    seen(page, "of 20,000")
    seen(page, "Segments that changed most since")
    assert scheme in page.evaluate("document.documentElement.className")
    seen(page, "Latest runs")
    shoot(page, f"page-overview-{scheme}")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_segments_are_searched_and_sorted_by_the_server(open_browser, scheme):
    page = open_browser(scheme=scheme).open("?tab=segments")
    seen(page, "1 to 25 of 19,400")
    shoot(page, f"page-segments-{scheme}")
    page.get_by_role("searchbox").fill("checkout tents lapsed")
    page.wait_for_function("document.querySelector('nav [role=status]')?.textContent.match(/of [0-9]{2,3}$/)")
    page.wait_for_selector("tbody tr")
    names = page.locator("tbody tr td:first-child p:first-child").all_inner_texts()
    assert all("Checkout" in name and "tents" in name and "lapsed" in name for name in names)
    page.get_by_role("button", name=re.compile("^Name")).click()
    page.wait_for_selector("th[aria-sort=ascending] >> text=Name")
    page.get_by_role("searchbox").fill("nothing has this name")
    seen(page, "Nothing found")


def test_plan_is_read_line_by_line_and_has_an_address(open_browser):
    browser = open_browser()
    page = browser.open("?tab=plans")
    page.get_by_role("button", name="Show differences").first.click()
    seen(page, "Drift: 2 missing, 1 changed, 1 extra")
    assert page.get_by_role("listitem").filter(has_text="trait shop/trail-shoes").count() == 1
    shoot(page, "page-plan-light")
    page.go_back()
    seen(page, "Drift checks")
    page = browser.open(f"?plan={PLAN.sha256}")
    seen(page, "segment shop/summer-sale “Summer sale buyers”")
    seen(page, "Applied")
    seen(page, "3 created, 12 updated, 180 unchanged; approved by ada")
    page = browser.open("?plan=unknown")
    seen(page, "This plan is not among the newest")


def test_runs_show_why_records_were_not_stored(open_browser):
    page = open_browser().open("?tab=runs")
    seen(page, "No Matching AAM ID")
    assert page.get_by_role("img", name=re.compile("No Matching AAM ID 18,204")).count() == 1
    seen(page, "traits.yaml:31: rejected shop/tents")
    shoot(page, "page-runs-light")


def test_page_is_used_with_the_keyboard_alone(open_browser):
    page = open_browser().open()
    page.get_by_role("tab", name="Overview").focus()
    page.keyboard.press("ArrowRight")
    seen(page, "1 to 25 of 19,400")
    page.get_by_role("searchbox").focus()
    page.keyboard.type("seg-00007")
    seen(page, "1 to 1 of 1")
    page.get_by_role("button", name=re.compile("^Id")).press("Enter")
    page.wait_for_selector("th[aria-sort=ascending] >> text=Id")
    page.get_by_role("searchbox").press("Escape")
    seen(page, "1 to 25 of 19,400")


def test_plan_that_is_closed_gives_the_keyboard_back(open_browser):
    page = open_browser().open("?tab=plans")
    page.get_by_role("button", name="Show plan").press("Enter")
    page.wait_for_selector("h2:focus >> text=Plan: 2 to create")
    page.get_by_role("button", name="All drift checks and plans").press("Enter")
    page.wait_for_selector("[role=tab]:focus >> text=Drift and plans")


def test_what_a_list_was_asked_for_is_in_its_address(open_browser):
    page = open_browser().open()
    page.get_by_role("button", name="All segments").click()
    page.wait_for_selector("th[aria-sort=descending] >> text=Since")
    page.get_by_role("searchbox").fill("tents lapsed")
    page.get_by_role("combobox", name="Period").select_option("7 days")
    page.wait_for_url("**tab=segments&search=tents+lapsed&period=7&sort=-change")
    page.get_by_role("tab", name="Runs").click()
    seen(page, "Inbound files in AAM")
    page.go_back()
    page.wait_for_selector("th >> text=7 days")
    assert page.get_by_role("searchbox").input_value() == "tents lapsed"


def test_what_one_reads_stays_while_airflow_does_not_answer(open_browser):
    page = open_browser().open("?tab=segments&search=seg-00007")
    seen(page, "1 to 1 of 1")
    page.route("**/aam/api/**", lambda route: route.abort())
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    seen(page, "Airflow cannot be reached. What you see is from before")
    assert page.get_by_text("seg-00007").count() == 1
    page.unroute("**/aam/api/**")
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    page.get_by_text("Airflow cannot be reached").wait_for(state="detached")


def test_drift_says_what_came_after_the_check(open_browser, odd):
    page = open_browser().open(f"?connection={odd}")
    seen(page, "Drift: 2 missing")
    seen(page, "checks since then have failed. aam_push has pushed since, just now; the next check sees what is left.")
    seen(page, "the second line of the reason")
    page.get_by_role("button", name="Show 2 more lines").click()
    seen(page, "the fourth line of the reason")


@pytest.mark.parametrize("tab", ["overview", "segments", "plans", "runs"])
def test_nothing_is_wider_than_a_phone_but_the_table(open_browser, odd, tab):
    browser = open_browser()
    browser.page.set_viewport_size({"width": 400, "height": 800})
    page = browser.open(f"?connection={odd}&tab={tab}")
    page.wait_for_selector("[role=tab][aria-selected=true]")
    page.wait_for_function("document.querySelector('[data-page=audience-manager]').scrollWidth <= innerWidth")
    chosen = page.get_by_role("tab", selected=True).bounding_box()
    assert chosen["x"] + chosen["width"] <= 400
    lists = page.get_by_role("tab").evaluate_all("tabs => tabs.map(tab => tab.clientHeight)")
    assert max(lists) == min(lists)  # no label is broken into lines
    if tab == "segments":
        page.wait_for_selector("tbody tr")
        number = page.locator("tbody tr:first-child td:nth-child(2)").bounding_box()
        assert number["x"] + number["width"] <= 400


def test_names_are_shown_as_they_are_read(open_browser, odd):
    page = open_browser().open(f"?connection={odd}&tab=segments&sort=id")
    page.wait_for_selector("tbody tr")
    names = page.locator("tbody tr td:first-child p:first-child").all_inner_texts()
    assert names == ["<b>bold</b>", "(no name)", "خيام · tents", "👩 families" + " and so on" * 40]
    assert page.locator("tbody bdi", has_text="خيام · tents").count() == 1


def test_select_is_no_wider_for_a_long_name(open_browser, odd):
    page = open_browser().open(f"?connection={odd}")
    assert page.get_by_role("combobox", name="Connection").bounding_box()["width"] <= 320


def test_page_works_where_airflow_is_served_below_a_path(open_browser, server_below_a_path):
    page = open_browser(at=server_below_a_path).open("?tab=segments")
    seen(page, "1 to 25 of 30")
    page.get_by_role("tab", name="Runs").click()
    assert (
        page.get_by_role("link", name=re.compile("aam_apply"))
        .get_attribute("href")
        .startswith("/airflow/dags/aam_apply/")
    )
    page.get_by_role("link", name="Documentation").click()
    page.get_by_role("link", name="Errors").first.click()
    page.get_by_role("heading", name="AAMConfigError").wait_for()
    assert page.url == f"{server_below_a_path.url}/aam/docs/errors.html"


def test_user_without_the_right_reads_why(open_browser):
    page = open_browser(user="vera").open()
    seen(page, "You lack permission to see this page")


def test_account_that_no_task_has_read_says_how_to_start(open_browser):
    page = open_browser().open("?connection=empty")
    seen(page, "The account has not been read yet")
    page.get_by_role("link", name="How to set up this page").click()
    page.get_by_role("heading", name="The page in Airflow").wait_for()


def test_folder_that_cannot_be_read_is_said(open_browser):
    page = open_browser().open("?connection=broken")
    seen(page, "The folder of the page cannot be read")


def test_connection_that_is_not_there_is_said(open_browser):
    page = open_browser().open("?connection=absent")
    seen(page, "Not found")
