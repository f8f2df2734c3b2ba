"""docs/coverage.md: every declared address of AAM, how it is called, how sure it is, and the tests that are about it.

A test says what it is about with ``@pytest.mark.endpoint("GET /traits/{sid}", …)``.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path

from airflow_provider_aam.api.resources import RESOURCES, UNLISTED, Endpoint

TESTS = Path(__file__).resolve().parents[1] / "tests"
CLIENT_TESTS = ("api", "pull")
RAW_TESTS = ("emulator",)

_HEAD = """\
<!-- Made by `make docs`. -->

# Coverage of AAM's REST API

Every address of the API that this package declares, {count} in all. All paths begin with `/v1`. *Client* is what to
write after `client.`, and `client.models.actions["latest_traits"].about` says what an action is for. *Source* tells how
sure the declaration is:

- **doc**: an official document of Adobe;
- **client**: seen in a real client, Adobe's own bulk workbook and web application included;
- **inferred**: reasoned, not seen. Expect surprises, and tell us about them.

The last two columns name a test through the client against the emulator, and one of the emulator by raw HTTP.
Subscribing to data feeds and offering them is left to the AAM UI.
"""


def endpoints() -> Mapping[str, tuple[Endpoint, ...]]:
    """Resource → its addresses."""
    return {name: each.endpoints() for name, each in {**RESOURCES, **UNLISTED}.items()}


def marked_tests(folders: tuple[str, ...]) -> Mapping[str, list[str]]:
    """Address → the tests marked with it, as ``file.py::test``."""
    found: dict[str, list[str]] = {}
    for folder in folders:
        for file in sorted((TESTS / folder).rglob("test_*.py")):
            for test, address in _marks(ast.parse(file.read_text(encoding="utf-8"))):
                found.setdefault(address, []).append(f"{folder}/{file.name}::{test}")
    return found


def _marks(module: ast.Module) -> Iterator[tuple[str, str]]:
    for test in ast.walk(module):
        if isinstance(test, ast.FunctionDef) and test.name.startswith("test_"):
            for call in (node for mark in test.decorator_list for node in ast.walk(mark)):
                if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "endpoint":
                    yield from ((test.name, str(ast.literal_eval(argument))) for argument in call.args)


def render() -> str:
    client, raw = marked_tests(CLIENT_TESTS), marked_tests(RAW_TESTS)
    parts = [_HEAD.format(count=sum(map(len, endpoints().values())))]
    for name, declared in endpoints().items():
        parts.append(f"## {name}\n\n| Address | Client | Source | Client test | Raw test |\n|---|---|---|---|---|")
        for each in declared:
            cells = (f"`{each}`", f"`{each.call}`", each.confidence.value, _first(client, each), _first(raw, each))
            parts[-1] += f"\n| {' | '.join(cells)} |"
        parts[-1] += "\n"
    return "\n".join(parts)


def _first(tests: Mapping[str, list[str]], endpoint: Endpoint) -> str:
    named = tests.get(str(endpoint))
    if not named:
        return "none"
    file, _, test = named[0].partition("::")
    return f"[{test}](../tests/{file})"
