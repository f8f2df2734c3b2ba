"""`airflow-aam docs`: what the package has to read in itself."""

from __future__ import annotations

import ast
from importlib.resources import files
from pathlib import Path

import typer

from airflow_provider_aam.api.names import near


def setup() -> str:
    return (files(__package__) / "setup-aam-access.md").read_text("utf-8")


def example(name: str | None) -> str:
    """The DAG, or another file of the examples, that is called so; without a name one line for each DAG."""
    folder = Path(str(files("airflow_provider_aam") / "example_dags"))
    dags = {path.stem: path for path in sorted(folder.glob("*.py"))}
    if name is None:
        width = max(map(len, dags))
        lines = [f"{stem:{width}}  {_first_line(path)}" for stem, path in dags.items()]
        return "\n".join([f"Example DAGs and their catalog files, in {folder}:", *lines, ""])
    known = {**dags, **{str(path.relative_to(folder)): path for path in folder.rglob("*.*") if path.is_file()}}
    if name not in known:
        raise typer.BadParameter(f"There is no example {name!r}.{near(name, [*dags])}")
    return known[name].read_text("utf-8")


def _first_line(path: Path) -> str:
    return (ast.get_docstring(ast.parse(path.read_text("utf-8"))) or "").partition("\n")[0]
