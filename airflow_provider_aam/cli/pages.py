"""`airflow-aam docs`: what the package has to read in itself."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from pathlib import Path

import typer

from airflow_provider_aam.api.documentation import EXAMPLES, PAGES, title_of
from airflow_provider_aam.api.guide import COMMAND, SHORT_NAMES, anchor_of
from airflow_provider_aam.api.names import near

EXAMPLE = "example"


def list_pages() -> str:
    known = _pages()
    width = max(map(len, known))
    lines = [f"{name:{width}}  {title_of(path.read_text('utf-8'))}" for name, path in known.items()]
    lines.append(f"{EXAMPLE:{width}}  The example DAGs")
    return "\n".join([f"Print one with: {COMMAND} PAGE. One part of it: {COMMAND} PAGE HEADING", *lines, ""])


def print_page(name: str, heading: str | None) -> str:
    """The page, or what is below one heading of it: its text with or without its number, the number, or the anchor."""
    known = _pages()
    name = SHORT_NAMES.get(name, name)
    if name not in known:
        errors = [f"errors {_plain(heading)}" for _, _, heading in _sections(known["errors"].read_text("utf-8"))]
        raise typer.BadParameter(f"There is no page {name!r}.{near(name, [*known, EXAMPLE, *errors])}")
    text = known[name].read_text("utf-8")
    if heading is None:
        return text
    sections = list(_sections(text))
    for number, (line, level, text_of_heading) in enumerate(sections):
        if anchor_of(heading) in _names(text_of_heading):
            end = next((start for start, depth, _ in sections[number + 1 :] if depth <= level), None)
            return "\n".join(text.splitlines()[line:end]).rstrip() + "\n"
    hint = near(heading, [_plain(each) for _, _, each in sections])
    raise typer.BadParameter(f"{name} has no heading {heading!r}.{hint}")


def example(name: str | None) -> str:
    """The DAG, or another file of the examples, that is called so; without a name one line for each DAG."""
    dags = {path.stem: path for path in sorted(EXAMPLES.glob("*.py"))}
    if name is None:
        width = max(map(len, dags))
        lines = [f"{stem:{width}}  {_first_line(path)}" for stem, path in dags.items()]
        return "\n".join([f"Example DAGs and their catalog files, in {EXAMPLES}:", *lines, ""])
    known = {**dags, **{str(path.relative_to(EXAMPLES)): path for path in EXAMPLES.rglob("*.*") if path.is_file()}}
    if name not in known:
        raise typer.BadParameter(f"There is no example {name!r}.{near(name, [*dags])}")
    return known[name].read_text("utf-8")


def anchors_of(page: str) -> Sequence[str]:
    return [anchor_of(heading) for _, _, heading in _sections(page)]


def _names(heading: str) -> set[str]:
    """Its anchor, that of its title alone, and its number."""
    number, title = _split(heading)
    return {anchor_of(heading), anchor_of(title), number} - {""}


def _plain(heading: str) -> str:
    """As one would type it."""
    return _split(heading)[1].replace("`", "")


def _split(heading: str) -> tuple[str, str]:
    """Number and title of ``5. Create the credential``; most have no number."""
    number, dot, title = heading.partition(". ")
    return (number, title) if dot and number.isdigit() else ("", heading)


def _sections(page: str) -> Iterator[tuple[int, int, str]]:
    """Line, level and text of each heading; what is fenced is code, comments too."""
    fenced = False
    for number, line in enumerate(page.splitlines()):
        fenced ^= line.lstrip().startswith("```")
        marks, _, heading = line.partition(" ")
        if not fenced and marks and not marks.strip("#"):
            yield number, len(marks), heading


def _pages() -> dict[str, Path]:
    return {SHORT_NAMES.get(path.stem, path.stem): path for path in sorted(PAGES.glob("*.md"))}


def _first_line(path: Path) -> str:
    return (ast.get_docstring(ast.parse(path.read_text("utf-8"))) or "").partition("\n")[0]
