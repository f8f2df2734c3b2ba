"""The documentation that is in the package: where its files are, their titles, and what the first page lists."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

PACKAGE = Path(str(files("airflow_provider_aam")))
PAGES = PACKAGE / "docs"
EXAMPLES = PACKAGE / "example_dags"
_LINK = re.compile(r"\[([^]]+)\]\(((?:\.\./|[\w-]+/)*[\w-]+\.(?:md|rst))\)")


@dataclass(frozen=True)
class Chapter:
    """``pages``: title and file of each, as linked."""

    heading: str
    pages: list[tuple[str, str]]


def title_of(page: str) -> str:
    return next(line for line in page.splitlines() if line.startswith("# "))[2:].replace("`", "")


def chapters_of(first_page: str) -> Iterator[Chapter]:
    """What the text of docs/index.md lists below its headings, in order."""
    for part in first_page.split("\n## ")[1:]:
        heading, _, body = part.partition("\n")
        yield Chapter(heading, [(title[0].upper() + title[1:], file) for title, file in _LINK.findall(body)])
