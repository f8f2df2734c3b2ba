"""Links and assets of the built site: each leads somewhere, and nothing is fetched from another host."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit

from airflow_provider_aam.api import errors, guide

FETCHED = {
    ("link", "href"),
    ("script", "src"),
    ("img", "src"),
    ("source", "srcset"),
    ("iframe", "src"),
    ("object", "data"),
}
NOT_FETCHED = {"canonical", "next", "prev", "index", "search"}
IN_STYLES = re.compile(r"""(?:url\(|@import)\s*["']?\s*((?:https?:)?//[^"')]+)""")


class Page(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: set[str] = set()
        self.links: list[str] = []
        self.assets: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if "id" in given:
            self.ids.add(given["id"])
        for name, value in given.items():
            if (tag, name) == ("a", "href"):
                self.links.append(value)
            elif (tag, name) in FETCHED and given.get("rel") not in NOT_FETCHED:
                self.assets.append(value)


def check(site: Path) -> tuple[list[str], int, int]:
    """Problems, how many links lead into the site, and how many out of it; the latter are not followed."""
    pages = {path: Page(path.read_text("utf-8")) for path in sorted(site.rglob("*.html"))}
    problems = []
    for path in [*pages, *sorted(site.rglob("*.css"))]:
        fetched = [*IN_STYLES.findall(path.read_text("utf-8")), *(pages[path].assets if path in pages else ())]
        problems += [f"{path.relative_to(site)}: fetches {each}" for each in fetched if urlsplit(each).netloc]
    inner = outer = 0
    for path, page in pages.items():
        for link in [*page.links, *page.assets]:
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                outer += link in page.links
                continue
            inner += 1
            if not _leads_somewhere(pages, path, parts):
                problems.append(f"{path.relative_to(site)}: {link} leads nowhere")
    return problems, inner, outer


def _leads_somewhere(pages: Mapping[Path, Page], path: Path, parts: SplitResult) -> bool:
    target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
    anchor = unquote(parts.fragment)
    return target.is_file() and (not anchor or target not in pages or anchor in pages[target].ids)


def named_by_messages() -> list[str]:
    """Where errors send their readers, as they would if the site had no host."""
    guide.use_docs_url(".")
    steps = [guide.address("setup-aam-access", step.heading) for step in guide.Step]
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, errors.AAMError)]
    public = [guide.address(*guide.runbook(kind)) for kind in kinds if not kind.__name__.startswith("_")]
    return [each for each in (*steps, *public) if each]


def main() -> int:
    site = Path(sys.argv[1]).resolve()
    problems, inner, outer = check(site)
    pages = {path: Page(path.read_text("utf-8")) for path in site.glob("*.html")}
    named = named_by_messages()
    lost = [each for each in named if not _leads_somewhere(pages, site / "index.html", urlsplit(each))]
    problems += [f"{each}, which a message names, leads nowhere" for each in lost]
    print(f"{len(named)} addresses in messages, {len(lost)} lead nowhere.")
    print(f"{inner} links within the site, {len(problems)} problems; {outer} links to other hosts, not followed.")
    for problem in problems:
        print(f"  {problem}")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
