"""The how-to pages show the DAGs as they are, and name arguments and results that exist."""

from __future__ import annotations

import re
import textwrap
from pathlib import Path

import pytest
from operator_checks import arguments_of

from airflow_provider_aam.compat import BaseOperator
from airflow_provider_aam.operators import (
    delete,
    drift,
    export,
    feeds,
    members,
    page,
    plan,
    pull,
    push,
    reports,
    sql,
    stream,
)
from airflow_provider_aam.sensors import feed, inbound, outbound, population
from airflow_provider_aam.triggers import watchers

REPOSITORY = Path(__file__).parents[2]
PAGES = sorted(path.name for path in (REPOSITORY / "docs").glob("*.md"))
FROM_A_DAG = re.compile(r"^\[`dags/(\w+)\.py`\]\(\.\./dags/\1\.py\):\n\n```python\n(.*?)^```", re.M | re.S)
KIND = r"AAM\w+(?:Operator|Sensor|Watcher)"
OPERATORS = {
    name
    for module in (
        delete,
        drift,
        export,
        feeds,
        members,
        page,
        plan,
        pull,
        push,
        reports,
        sql,
        stream,
        feed,
        inbound,
        outbound,
        population,
        watchers,
    )
    for name in vars(module)
    if re.fullmatch(KIND, name)
}


def shown() -> list[tuple[str, str, str]]:
    """(page, DAG, code) of all examples that a page says to be of a DAG."""
    texts = {page: (REPOSITORY / "docs" / page).read_text() for page in PAGES}
    return [(page, dag, code) for page, text in texts.items() for dag, code in FROM_A_DAG.findall(text)]


def test_examples_are_taken_from_the_dags() -> None:
    for where, name, example in shown():
        dag = _dense((REPOSITORY / "dags" / f"{name}.py").read_text())
        assert any(_dense(textwrap.indent(example, " " * depth)) in dag for depth in (0, 4, 8)), (where, example)


def test_each_operator_is_shown_as_a_dag_has_it() -> None:
    assert {name for _, _, code in shown() for name in re.findall(rf"\b({KIND})(?:\.partial)?\(", code)} == OPERATORS


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
