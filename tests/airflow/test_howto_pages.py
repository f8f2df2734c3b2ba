"""The how-to pages show the DAGs as they are, and name arguments and results that exist."""

from __future__ import annotations

import ast
import re
import textwrap
from pathlib import Path

import pytest
from operator_checks import arguments_of

from airflow_provider_aam.compat import BaseOperator
from airflow_provider_aam.operators import delete, drift, export, push

REPOSITORY = Path(__file__).parents[2]
SHOWN = {
    "plan-approve-apply.md": ("aam_plan_approve_apply.py",),
    "drift-export.md": ("aam_export.py", "aam_drift.py"),
}


def examples(page: str) -> list[str]:
    text = (REPOSITORY / "docs" / page).read_text()
    return re.findall(r"^```python\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("page", SHOWN)
def test_examples_are_taken_from_the_dags(page: str) -> None:
    dags = _dense("".join((REPOSITORY / "dags" / name).read_text() for name in SHOWN[page]))
    found = examples(page)
    assert len(found) == 2
    for example in found:
        assert any(_dense(textwrap.indent(example, " " * depth)) in dags for depth in (4, 8)), example


def _dense(code: str) -> str:
    """Without blank lines, of which the formatter puts two where code is not indented."""
    return re.sub(r"\n\n+", "\n", code)


@pytest.mark.parametrize(
    ("page", "operators"),
    [
        ("delete.md", [delete.AAMDeleteOperator]),
        ("drift-export.md", [export.AAMExportOperator]),
    ],
)
def test_tables_name_arguments_that_exist(page: str, operators: list[type[BaseOperator]]) -> None:
    text = (REPOSITORY / "docs" / page).read_text()
    tables = re.findall(r"^\| Argument \|.*?\n\|[-|]+\n((?:\|.*\n)+)", text, re.MULTILINE)
    named = {name for table in tables for name in re.findall(r"^\| `(\w+)`", table, re.MULTILINE)}
    known = {name for operator in operators for name in arguments_of(operator)}
    assert named
    assert named - known == set()


def test_the_example_of_the_push_page_and_of_the_delete_page_can_be_built() -> None:
    for page in ("push.md", "delete.md"):
        names = {**vars(push), **vars(delete), **vars(drift)}
        first = examples(page)[0]
        tree = ast.parse(first)
        tree.body[-1] = ast.Assign(targets=[ast.Name("made", ast.Store())], value=tree.body[-1].value, lineno=1)
        exec(compile(ast.fix_missing_locations(tree), page, "exec"), names)
        assert isinstance(names["made"], BaseOperator)
