"""What the documents promise: commands that exist, links that lead somewhere, steps that errors name."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from airflow_provider_aam.api.guide import Step, anchor_of
from airflow_provider_aam.cli.pages import anchors_of
from airflow_provider_aam.get_provider_info import get_provider_info

REPOSITORY = Path(__file__).parents[1]
PAGES = sorted([*REPOSITORY.glob("*.md"), *REPOSITORY.glob("docs/**/*.md")])


def test_the_set_up_guide_has_the_steps_that_errors_name() -> None:
    guide = (REPOSITORY / "docs/setup-aam-access.md").read_text()
    headings = re.findall(r"^## (\d+)\. (.+)$", guide, re.MULTILINE)
    assert headings == [(str(step.number), step.title) for step in Step]
    assert {anchor_of(step.heading) for step in Step} <= {*anchors_of(guide)}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_to_a_file_and_a_heading(page: Path) -> None:
    missing = []
    for target, anchor in re.findall(r"\]\(([^)#\s]*)(?:#([^)]*))?\)", page.read_text()):
        if "://" in target:
            continue
        file = page.parent / target if target else page
        if not file.exists() or (anchor and file.suffix == ".md" and anchor not in anchors_of(file.read_text())):
            missing.append(f"{target}#{anchor}")
    assert missing == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_make_target_named_exists(page: Path) -> None:
    targets = set(re.findall(r"^([a-z0-9-]+):", (REPOSITORY / "Makefile").read_text(), re.MULTILINE))
    named = set(re.findall(r"`make ([a-z0-9-]+)`", page.read_text()))
    named |= set(re.findall(r"^make ([a-z0-9-]+)", page.read_text(), re.MULTILINE))
    assert named <= targets


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_python_example_is_python(page: Path) -> None:
    for example in re.findall(r"^```python\n(.*?)^```", page.read_text(), re.MULTILINE | re.DOTALL):
        ast.parse(example)


def test_the_example_of_reports_is_the_dag_that_is_tested() -> None:
    page = (REPOSITORY / "docs/reports.md").read_text()
    example = re.search(r"^```python\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    assert example is not None
    assert example.group(1) == (REPOSITORY / "dags/aam_check_populations.py").read_text()


def test_the_changelog_has_a_head_for_what_comes_next() -> None:
    assert "## [Unreleased]" in (REPOSITORY / "CHANGELOG.md").read_text()


def test_the_messages_that_the_set_up_guide_quotes_are_ours() -> None:
    """A quote is ``Class … words … words``: the class exists, and each run of words is in a message of the client."""
    guide = (REPOSITORY / "docs/setup-aam-access.md").read_text()
    quotes = re.findall(r"`(AAM[A-Z]\w+(?: … [^`]+)?)`", guide)
    said = " ".join(_texts_of(REPOSITORY / "airflow_provider_aam/api"))
    unknown = []
    for quote in quotes:
        kind, *words = [part.strip() for part in quote.split("…")]
        unknown += [text for text in (f"class {kind}(", *words) if text and text not in said]
    assert len(quotes) >= 12
    assert unknown == []


def _texts_of(package: Path) -> list[str]:
    """Every text in the code, with implicit concatenation resolved; and the heads of the classes."""
    texts = []
    for module in package.glob("*.py"):
        for node in ast.walk(ast.parse(module.read_text())):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                texts.append(node.value)
            elif isinstance(node, ast.ClassDef):
                texts.append(f"class {node.name}(")
    return texts


def test_every_address_has_a_test_through_the_client_and_a_raw_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """And every mark names an address that is declared."""
    monkeypatch.syspath_prepend(str(REPOSITORY / "scripts"))
    import coverage_page

    declared = {str(each) for group in coverage_page.endpoints().values() for each in group}
    client = coverage_page.marked_tests(coverage_page.CLIENT_TESTS)
    raw = coverage_page.marked_tests(coverage_page.RAW_TESTS)
    assert len(declared) > 130
    assert {"through the client": declared - client.keys(), "raw": declared - raw.keys()} == {
        "through the client": set(),
        "raw": set(),
    }
    assert (client.keys() | raw.keys()) - declared == set()


def test_the_first_words_are_the_same_everywhere() -> None:
    words = "a hook, scheduled pulls and pushes, then the account as code."
    first_screen = (REPOSITORY / "README.md").read_text().partition("\n## ")[0].partition("\n\nPre-release")[0]
    assert words in first_screen
    assert len(first_screen.splitlines()) <= 45
    assert get_provider_info()["description"] == f"Adobe Audience Manager (AAM): {words}"
    assert f"{words[:-1]}\n" in (REPOSITORY / "setup.cfg").read_text()


def test_uv_has_one_pin() -> None:
    """With two of them, each `make` installs the one over the other."""
    sets = (REPOSITORY / "constraints").glob("*.txt")
    pins = {pin for each in sets for pin in re.findall(r"^uv==\S+", each.read_text(), re.MULTILINE)}
    assert len(pins) == 1


def test_the_index_lists_every_page() -> None:
    index = REPOSITORY / "docs/index.md"
    listed = {(index.parent / link).resolve() for link in re.findall(r"\]\(([^)#]+)\)", index.read_text())}
    shown_as = {"changelog.md": REPOSITORY / "CHANGELOG.md", "benchmarks.md": REPOSITORY / "benchmarks/RESULTS.md"}
    pages = [path for kind in ("md", "rst") for path in (REPOSITORY / "docs").rglob(f"*.{kind}") if path != index]
    assert len(pages) > 30
    assert {shown_as.get(path.name, path) for path in pages} - listed == set()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ('<a href="gone.html">', "gone.html leads nowhere"),
        ('<a href="other.html#gone">', "other.html#gone leads nowhere"),
        ('<a href="#gone">', "#gone leads nowhere"),
        ('<img src="gone.png">', "gone.png leads nowhere"),
        ('<script src="https://cdn.example.com/x.js"></script>', "fetches https://cdn.example.com/x.js"),
        ('<link rel="stylesheet" href="//cdn.example.com/x.css">', "fetches //cdn.example.com/x.css"),
        ("<style>@import 'https://cdn.example.com/x.css';</style>", "fetches https://cdn.example.com/x.css"),
    ],
)
def test_the_check_of_the_site_finds_what_is_wrong(
    wrong: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(REPOSITORY / "scripts/site"))
    import check

    good = '<a href="other.html#there"><a href="https://example.com"><link rel="canonical" href="https://example.com">'
    (tmp_path / "index.html").write_text(good)
    (tmp_path / "other.html").write_text('<p id="there">')
    assert check.check(tmp_path) == ([], 1, 1)
    (tmp_path / "index.html").write_text(good + wrong)
    assert check.check(tmp_path)[0] == [f"index.html: {said}"]


def test_the_check_of_the_site_reads_styles(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(REPOSITORY / "scripts/site"))
    import check

    (tmp_path / "x.css").write_text("@font-face { src: url(https://fonts.example.com/x.woff2) } p { src: url(x.png) }")
    assert check.check(tmp_path)[0] == ["x.css: fetches https://fonts.example.com/x.woff2"]
