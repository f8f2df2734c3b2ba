"""The pages that the plugin serves: all that is in the package, and every link on them leads to something."""

from __future__ import annotations

import posixpath
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urldefrag

import pytest

from airflow_provider_aam.api.errors import AAMPlanRefused
from airflow_provider_aam.api.guide import Step, file_of, runbook
from airflow_provider_aam.ui.docs import AIRFLOW, START, find_page

DOCS = Path(__file__).parents[1] / "docs"
PAGES = sorted(
    f"{path.relative_to(DOCS).with_suffix('')}.html" for path in [*DOCS.glob("*.md"), *DOCS.glob("adr/*.md")]
)


class _Found(HTMLParser):
    def __init__(self, address: str) -> None:
        super().__init__()
        self.leads_to: set[str] = set()
        self.anchors: set[str] = set()
        self.current: set[str] = set()
        self.text = self.title = ""
        self._inside = ""
        page = find_page(address)
        assert page is not None, address
        self.feed(page.content.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._inside = tag
        for name, value in attrs:
            if name in ("href", "src"):
                self.leads_to.add(value or "")
            elif name == "aria-current":
                self.current.add(dict(attrs)["href"] or "")
            elif name == "id":
                self.anchors.add(value or "")

    def handle_data(self, data: str) -> None:
        self.text += data
        if self._inside == "title":
            self.title += data.strip()


@pytest.mark.parametrize("address", PAGES)
def test_every_link_leads_to_something(address):
    lost = []
    for link in _Found(address).leads_to:
        target, anchor = urldefrag(link)
        other = posixpath.normpath(posixpath.join(posixpath.dirname(address), target)) if target else address
        if target.startswith("https://") or f"{other}/" == AIRFLOW:
            continue
        if find_page(other) is None or (anchor and anchor not in _Found(other).anchors):
            lost.append(link)
    assert lost == []


@pytest.mark.parametrize("address", PAGES)
def test_every_page_has_its_title_and_shows_no_comments(address):
    found, source = _Found(address), (DOCS / address).with_suffix(".md").read_text()
    assert f"\n# {found.title}\n" in f"\n{source}".replace("`", "")
    assert "<!--" not in found.text


def test_first_page_leads_to_every_other_and_shows_its_pictures():
    first = _Found(START)
    assert {page for page in PAGES if "/" not in page} <= {*first.leads_to, START}
    assert "images/data-plane.svg" in first.leads_to
    assert find_page("") == find_page(START)


@pytest.mark.parametrize("address", [page for page in PAGES if "/" not in page])
def test_contents_mark_the_page_that_is_read_and_lead_back_to_airflow(address):
    found = _Found(address)
    assert found.current == {address}
    assert {AIRFLOW, "#the-text", "#the-contents"} <= found.leads_to


def test_code_is_scrolled_with_the_keyboard():
    page = find_page("members.html")
    assert page is not None
    assert b'<pre tabindex="0"><code' in page.content
    assert b"<pre>" not in page.content


def test_links_to_files_that_are_not_in_the_package_are_words():
    assert not any(".rst" in link or ".." in link for link in _Found(START).leads_to - {AIRFLOW})
    assert "What is fast and what is not" in _Found(START).text


def test_a_dag_is_shown_as_it_is():
    text = (DOCS.parent / "dags/aam_push_catalog.py").read_text()
    assert text in _Found("dags/aam_push_catalog.py.html").text
    assert "dags/aam_push_catalog.py.html" in _Found("push.html").leads_to


def test_messages_lead_to_parts_that_there_are():
    for page, heading in (*(("setup-aam-access", step.heading) for step in Step), runbook(AAMPlanRefused)):
        address, anchor = urldefrag(file_of(page, heading))
        assert anchor in _Found(address).anchors


@pytest.mark.parametrize(
    "address", ["errors", "errors.md", "../__init__.py", "/etc/passwd", "images/../../setup.cfg", "images/", "dags/"]
)
def test_nothing_else_is_served(address):
    assert find_page(address) is None


def test_a_link_that_is_called_as_its_file_bears_the_title_of_the_page():
    assert "[deliveries.md](deliveries.md#" in (DOCS / "errors.md").read_text()
    assert "deliveries.md" not in _Found("errors.html").text
    assert "(Outbound files" in _Found("errors.html").text
