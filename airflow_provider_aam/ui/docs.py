"""The documentation that is in the package, as pages for a browser. Every Airflow that has the package has them."""

from __future__ import annotations

import mimetypes
import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from itertools import pairwise
from pathlib import Path
from string import Template
from urllib.parse import urlsplit

from markdown_it import MarkdownIt
from markdown_it.token import Token

from airflow_provider_aam.api.documentation import EXAMPLES, PACKAGE, PAGES, chapters_of, title_of
from airflow_provider_aam.api.guide import anchor_of

START = "index.html"
AIRFLOW = "../../"
"""From the first page."""
_SHOWN = {PAGES: ("*.md", "adr/*.md", "images/*"), EXAMPLES: ("*.py", "*.yaml", "catalog/*")}
_STYLE = "docs.css"
_LAYOUT = Template("""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>$title</title>
<link rel="stylesheet" href="$root$style">
</head>
<body>
<a class="skip" href="#the-text">Skip to the text</a>
<nav aria-label="Documentation" id="the-contents">$contents</nav>
<main id="the-text" tabindex="-1">
<a class="to-contents" href="#the-contents">Contents</a>
$text
</main>
</body>
</html>
""")


@dataclass(frozen=True)
class Page:
    content: bytes
    media_type: str


def find_page(address: str) -> Page | None:
    """By its address below the first page's: ``errors.html``, ``images/data-plane.svg``; ``None`` if there is none.

    Addresses are looked up among those that there are, so none leads out of the package.
    """
    address = address or START
    path = _addresses().get(address)
    if path is None:
        return None
    if not address.endswith(".html"):
        return Page(path.read_bytes(), mimetypes.guess_type(path.name)[0] or "application/octet-stream")
    return Page(_render(address, path).encode(), "text/html; charset=utf-8")


@lru_cache(1)
def _addresses() -> Mapping[str, Path]:
    """Where each file is shown."""
    found = {_STYLE: PACKAGE / "ui" / _STYLE}
    for folder, patterns in _SHOWN.items():
        for path in (each for pattern in patterns for each in sorted(folder.glob(pattern)) if each.is_file()):
            name = path.relative_to(folder).as_posix()
            found[_address_of(name if folder == PAGES else f"../dags/{name}")] = path
    return found


def _address_of(file: str) -> str:
    """Of a file by its path from the folder of the pages; what is not a picture is shown as a page."""
    name = file.removeprefix("../")
    if name.endswith(".md"):
        return f"{name.removesuffix('.md')}.html"
    return f"{name}.html" if name.startswith("dags/") else name


@lru_cache(64)
def _render(address: str, path: Path) -> str:
    text = path.read_text("utf-8")
    if path.suffix != ".md":
        text = f"# {path.name}\n\n````{path.suffix[1:]}\n{text}\n````\n"
    root = "../" * address.count("/")
    return _LAYOUT.substitute(
        title=escape(title_of(text)),
        root=root,
        style=_STYLE,
        contents=_contents(root, address),
        text=_as_html(text, address),
    )


def _as_html(text: str, address: str) -> str:
    markdown = MarkdownIt("commonmark").enable("table")
    tokens = markdown.parse(text)
    for opening, inline in pairwise(tokens):
        if opening.type == "heading_open":
            opening.attrSet("id", anchor_of(inline.content))
    for token in tokens:
        if token.children:
            token.children = list(_lead_on(token.children, posixpath.dirname(address)))
    html = str(markdown.renderer.render(tokens, markdown.options, {}))
    return html.replace("<pre>", '<pre tabindex="0">')  # so that the keyboard scrolls it in every browser


def _lead_on(inline: list[Token], folder: str) -> Iterator[Token]:
    """Links to files lead to the pages that show them, and bear their titles where they are called as the file.

    Those to files that are not in the package are left out.
    """
    inside = False
    for token, following in pairwise([*inline, Token("text", "", 0)]):
        if token.type == "link_open":
            href = str(token.attrs["href"])
            address = _target(href, folder)
            inside = address is not None
            if address is None:
                continue
            token.attrSet("href", address)
            file = urlsplit(href).path
            if following.content == file and file.endswith(".md"):
                following.content = title_of((PAGES / folder / file).read_text("utf-8"))
        elif token.type == "link_close" and not inside:
            continue
        yield token


def _target(href: str, folder: str) -> str | None:
    url = urlsplit(href)
    if url.scheme or not url.path:
        return href
    address = _address_of(posixpath.normpath(posixpath.join(folder, url.path)))
    if address not in _addresses():
        return None
    return posixpath.relpath(address, folder or ".") + (f"#{url.fragment}" if url.fragment else "")


def _contents(root: str, here: str) -> str:
    """The way back to Airflow, and what the first page lists, below its headings."""

    def link(to: str, title: str) -> str:
        current = ' aria-current="page"' if to == here else ""
        return f'<a href="{root}{to}"{current}>{escape(title)}</a>'

    first = (PAGES / "index.md").read_text("utf-8")
    lines = [f"<p>{link(AIRFLOW, '← Airflow')}</p><p>{link(START, title_of(first))}</p>"]
    for chapter in chapters_of(first):
        links = [(title, _address_of(file)) for title, file in chapter.pages]
        items = [f"<li>{link(to, title)}</li>" for title, to in links if to in _addresses()]
        lines.append(f"<h2>{escape(chapter.heading)}</h2><ul>{''.join(items)}</ul>")
    return "\n".join(lines)
