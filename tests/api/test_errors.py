"""The tree of errors: as drawn, as documented, and able to travel between processes."""

from __future__ import annotations

import ast
import copy
import pickle
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from airflow_provider_aam.api import errors
from airflow_provider_aam.api.errors import (
    AAMArgumentError,
    AAMConfigError,
    AAMError,
    AAMPushFailed,
    AAMRefused,
    Fate,
)
from airflow_provider_aam.api.guide import Step

ROOT = Path(__file__).parents[2]
DRAWN = re.compile(r"^(?P<lead>[│├└─ ]*)(?P<name>AAM\w+)(?P<mark> +↻)?", re.MULTILINE)


def _tree(kind: type[AAMError]) -> Iterator[tuple[type[AAMError], str | None]]:
    """Every public class with the name of its nearest public ancestor."""
    for child in kind.__subclasses__():
        if not child.__name__.startswith("_"):
            parent = next(base for base in child.__mro__[1:] if not base.__name__.startswith("_"))
            yield child, parent.__name__
        yield from _tree(child)


CLASSES: list[type[AAMError]] = [AAMError, *(kind for kind, _ in _tree(AAMError))]


def _drawing() -> Iterator[tuple[str, str | None, bool]]:
    path: list[str] = []
    for found in DRAWN.finditer((errors.__doc__ or "").partition("::\n")[2].partition("\n↻")[0]):
        depth = len(found["lead"]) // 4 - 1  # the docstring indents the drawing
        del path[depth:]
        yield found["name"], path[-1] if path else None, found["mark"] is not None
        path.append(found["name"])


def test_the_drawing_in_the_docstring_is_the_tree() -> None:
    drawn = {name: parent for name, parent, _ in _drawing()}
    assert drawn == {"AAMError": None, **{kind.__name__: parent for kind, parent in _tree(AAMError)}}


def test_the_marks_in_the_drawing_are_the_retryable_classes() -> None:
    assert {name for name, _, marked in _drawing() if marked} == {kind.__name__ for kind in CLASSES if kind.retryable}


@pytest.mark.parametrize("kind", CLASSES, ids=lambda kind: kind.__name__)
@pytest.mark.parametrize("travel", [lambda e: pickle.loads(pickle.dumps(e)), copy.copy, copy.deepcopy])
def test_every_error_survives_a_journey_between_processes(kind: type[AAMError], travel: object) -> None:
    details = {"status": 429, "fate": Fate.RUNNING, "problems": ("a",), "counts": {"rejected": 1}, "retryable": True}
    first = kind("GET /v1/x: 429: slow down.", **details)
    first.findings = ("found later",)  # type: ignore[attr-defined]
    error = travel(first)  # type: ignore[operator]
    assert type(error) is kind
    assert error.findings == ("found later",)
    assert (str(error), error.message, error.details) == ("GET /v1/x: 429: slow down.",) * 2 + (details,)
    assert (error.status, error.fate, error.retryable) == (429, Fate.RUNNING, True)


def test_text_can_be_added_without_losing_anything() -> None:
    error = AAMPushFailed("3 rows were rejected.", counts={"rejected": 3}).with_text("See the file.")
    assert (str(error), error.counts) == ("3 rows were rejected. See the file.", {"rejected": 3})


def test_config_error_lists_its_problems() -> None:
    error = AAMConfigError.from_problems("Connection 'x'", ["a", "b"])
    assert str(error) == "Connection 'x' has 2 problems:\n  - a\n  - b"
    assert isinstance(error, ValueError)
    assert error.problems == ("a", "b")


@pytest.mark.parametrize("kind", [AAMConfigError, AAMArgumentError])
def test_one_problem_alone_is_listed_as_well(kind: type[AAMConfigError]) -> None:
    assert kind("page_size is 0.").problems == ("page_size is 0.",)


READ_ANSWERS = ("api/answers.py", "api/errors.py", "api/stream.py")
REFUSALS = {kind.__name__ for kind in CLASSES if issubclass(kind, AAMRefused)}


def test_only_answers_of_aam_become_its_refusals() -> None:
    for path in sorted((ROOT / "airflow_provider_aam").rglob("*.py")):
        if path.relative_to(ROOT / "airflow_provider_aam").as_posix() in READ_ANSWERS:
            continue
        made = {
            name
            for call in ast.walk(ast.parse(path.read_text()))
            if isinstance(call, ast.Call)
            for name in REFUSALS & {*ast.unparse(call.func).split(".")}
        }
        assert not made, f"{path} makes {', '.join(sorted(made))}: say AAMArgumentError or AAMLookupFailed"


# --- docs/errors.md ---------------------------------------------------------------------------------------------------


def _sections() -> dict[str, str]:
    text = (ROOT / "docs" / "errors.md").read_text()
    parts = re.split(r"^### `(\w+)`$", text, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def test_every_class_is_documented_once_and_no_other() -> None:
    assert sorted(_sections()) == sorted(kind.__name__ for kind in CLASSES if kind is not AAMError)


@pytest.mark.parametrize("kind", CLASSES[1:], ids=lambda kind: kind.__name__)
def test_documentation_says_sample_reason_cure_and_retry(kind: type[AAMError]) -> None:
    section = _sections()[kind.__name__]
    for part in ("```text\n", "- **Why:** ", "- **Do:** "):
        assert part in section
    assert f"- **Airflow retries:** {'yes' if kind.retryable else 'no'}" in section


# --- guide ------------------------------------------------------------------------------------------------------------


def test_steps_are_numbered_without_gaps() -> None:
    assert [step.number for step in Step] == [*range(1, len(Step) + 1)]


# --- imports ----------------------------------------------------------------------------------------------------------

HEAVY = ("airflow", "requests", "pydantic", "tenacity", "jwt", "cryptography", "msgspec")


@pytest.mark.parametrize(
    ("module", "allowed"),
    [
        ("airflow_provider_aam.api", ()),
        ("airflow_provider_aam.api.errors", ()),
        ("airflow_provider_aam.api.guide", ()),
        ("airflow_provider_aam.api.client", ("requests", "pydantic", "tenacity", "msgspec")),
    ],
)
def test_import_loads_only_what_it_needs(module: str, allowed: tuple[str, ...]) -> None:
    code = f"import sys, {module}; print(*[name for name in {HEAVY} if name in sys.modules])"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT).stdout
    assert {*loaded.split()} <= {*allowed}


def test_api_offers_client_and_config_and_nothing_else() -> None:
    from airflow_provider_aam import api
    from airflow_provider_aam.api.client import AAMClient
    from airflow_provider_aam.api.config import AAMConfig

    assert (api.AAMClient, api.AAMConfig) == (AAMClient, AAMConfig)
    with pytest.raises(AttributeError, match="no attribute 'Segment'"):
        api.Segment  # noqa: B018
