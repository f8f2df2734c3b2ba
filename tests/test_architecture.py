"""Imports point inward, function-level ones included: operators → triggers → hooks → jobs → api."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "airflow_provider_aam"
ROOT = PACKAGE.name

API = {"api"}
FILES_OF_JOBS = {"files"}
ACCOUNT = {"account"}
JOBS = {"pull", "catalog", "members", "feeds", "reports"}
AIRFLOW = {"compat", "failures"}
HOOKS = API | FILES_OF_JOBS | ACCOUNT | JOBS | AIRFLOW | {"hooks"}
TASKS = HOOKS | {"triggers", "operators", "sensors"}

# What each part of the package may import, besides the package itself (for its version).
MAY_IMPORT: dict[str, set[str]] = {
    "api": API,
    "files": API | FILES_OF_JOBS,
    "account": API | ACCOUNT,
    **{job: API | FILES_OF_JOBS | ACCOUNT | {job} for job in JOBS},
    "compat": set(),
    "failures": API | {"compat"},
    "hooks": HOOKS,
    "get_provider_info": {"hooks"},
    "triggers": HOOKS | {"triggers"},
    "operators": TASKS,
    "sensors": TASKS,
    "emulator": {"emulator"},
    "cli": HOOKS | {"emulator", "cli"},
    "ui": HOOKS | {"ui"},
}
KNOWS_AIRFLOW = "compat"

FILES = sorted(path for path in PACKAGE.rglob("*.py") if path != PACKAGE / "__init__.py")


def test_every_part_has_its_place():
    assert {_part(path) for path in FILES} - set(MAY_IMPORT) == set()


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_point_inward(path):
    allowed = MAY_IMPORT.get(_part(path), set())
    outward = [
        f"line {line}: {name}"
        for line, name in _imports(path)
        if name.startswith(f"{ROOT}.") and name.split(".")[1] not in allowed
    ]
    assert outward == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_airflow_is_imported_by_compat_only(path):
    found = [f"line {line}: {name}" for line, name in _imports(path) if name.split(".")[0] == "airflow"]
    assert found == [] or _part(path) == KNOWS_AIRFLOW


def test_the_check_sees_every_way_to_import(tmp_path):
    code = (
        "import airflow_provider_aam.operators.pull\n"
        "from airflow_provider_aam import hooks, __version__\n"
        "def f():\n    from airflow_provider_aam.cli import main\n"
        "if TYPE_CHECKING:\n    import airflow.sdk as sdk\n"
        "importlib.import_module('airflow_provider_aam.ui')\n"
    )
    (tmp_path / "a.py").write_text(code)
    assert [name for _, name in _imports(tmp_path / "a.py")] == [
        "airflow_provider_aam.operators.pull",
        "airflow_provider_aam.hooks",
        "airflow_provider_aam.cli",
        "airflow.sdk",
        "airflow_provider_aam.ui",
    ]


def _part(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def _imports(path: Path) -> Iterator[tuple[int, str]]:
    for node in sorted(ast.walk(ast.parse(path.read_text())), key=lambda node: getattr(node, "lineno", 0)):
        match node:
            case ast.Import(names=names):
                yield from ((node.lineno, alias.name) for alias in names)
            case ast.ImportFrom(module=module, names=names) if module == ROOT:
                yield from ((node.lineno, f"{ROOT}.{alias.name}") for alias in names if alias.name != "__version__")
            case ast.ImportFrom(module=module, level=level):
                yield node.lineno, "." * level + (module or "")
            case ast.Call(
                func=ast.Attribute(attr="import_module") | ast.Name(id="import_module" | "__import__"),
                args=[ast.Constant(value=str(name)), *_],
            ):
                yield node.lineno, name
