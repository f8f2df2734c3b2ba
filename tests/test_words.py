"""Phrases that readers stumble over stay out of messages, docstrings and pages."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[1]
PAGES = [*REPOSITORY.glob("*.md"), *REPOSITORY.glob("docs/**/*.md"), REPOSITORY / "scripts/catalog_page.md"]
CODE = ("airflow_provider_aam", "dags", "demo", "benchmarks", "scripts")
MODULES = [path for folder in CODE for path in REPOSITORY.glob(f"{folder}/**/*.py")]


# What is banned, and what to say.
BANNED = {
    r"\b(?:was|were) due\b": "expected …, found …",
    r"\bthat is none\b": "is not a …",
    r"\bmay not\b": "cannot; has no access to; lacks permission",
    r"\bportal\b": "AAM UI",
    r"\bout of order\b": "is down",
    r"\bas (?:a|the) (?:catalog|files?) says?\b": "in line with",
    r"\bso already\b": "already matches",
    r"\bwithout asking anybody\b": "offline",
    r"\bdelete users first\b": "remove these references first",
    r"\bmoved under it\b": "has changed since the plan was made",
    r"\bguard rails?\b": "guardrail",
    r"\bset-ups?\b": "setup",
    r"\blook-ups?\b": "lookup",
    r"\btime-outs?\b": "timeout",
    r"\borganisations?\b": "organization",
    r"\brecognis": "recogniz",
    r"\bsomebody\b": "someone",
    r"\btechnical user\b": "technical account",
    r"\bproven complete\b": "verified complete",
    r"\bnatural keys?\b": "match key",
    r"\banew\b": "again",
    r"\bshall\b": "must, should, will",
    r"\bbesides[ ,.]": "also",
    r"\bworth a word\b": "warning",
    r"\ba file a kind\b|\bone a kind\b|\brows a request\b|\ba token a process\b": "per",
    r"\bwhole or not at all\b": "complete or not at all",
    r"\bended unknown\b": "has an unknown outcome",
    r"\b(?:is|are) no (?!longer|more\b|other|one\b|less|fewer)": "is not a …",
    r"\bstands?\b(?!-in)": "is, appears, goes; is a duplicate; expected …, found …",
    r"\bbeside\b": "next to",
    r"\b(?:behaviour|colour)s?\b": "behavior, color",
    r"\b(?:lost|late|usable|half an) answers?\b": "response",
}
# Words of others: a message of AAM, an address, a key of JSON, a name in code.
ALLOWED = [
    r"\bmay or may not\b",
    r"\bmay not be empty",  # AAM's validation
    r"\b[Tt]here (?:is|are) no\b",
    r"^beside$|\{beside\}",  # a key of plan files, a name in a template
    r"^reading\.recognise$",  # a module
    r"^recognised$",  # a key of `connection --json`
    r"\bui-field-behaviour\b",  # a key of Airflow
    r"demdex\.com/portal/",  # an address of Adobe's
    r"\bWeb behaviour\b",  # a data source of the emulator
]


def _texts(path: Path) -> list[tuple[int, str]]:
    """(line, text) of everything that is read: a page with its quotes, a module's strings and docstrings."""
    if path.suffix == ".md":
        page = path.read_text()
        return [(page.count("\n", 0, found.start()) + 1, found.group()) for found in re.finditer(r"(?:.+\n?)+", page)]
    tree = ast.parse(path.read_text())
    return [
        (node.lineno, node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]


ANY_BANNED = re.compile("|".join(BANNED), re.IGNORECASE)


def stumbles(path: Path) -> list[str]:
    found = []
    for line, text in _texts(path):
        flat = re.sub(r"\s+", " ", re.sub("|".join(ALLOWED), "", text))
        if not ANY_BANNED.search(flat):
            continue
        found += [
            f"{path.relative_to(REPOSITORY)}:{line}: “{match.group()}”; say: {instead}"
            for phrase, instead in BANNED.items()
            for match in re.finditer(phrase, flat, re.IGNORECASE)
        ]
    return found


@pytest.mark.parametrize("files", [PAGES, MODULES], ids=["pages", "messages"])
def test_no_banned_phrase(files: list[Path]) -> None:
    assert [each for file in files for each in stumbles(file)] == []
