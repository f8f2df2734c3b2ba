"""Imports point inward, function-level ones included: operators → triggers → hooks → jobs → api."""

from __future__ import annotations

import ast
import functools
import importlib
import statistics
from collections import Counter
from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "airflow_provider_aam"
ROOT = PACKAGE.name

API = {"api"}
FILES_OF_JOBS = {"files"}
ACCOUNT = {"account"}
JOBS = {"pull", "catalog", "members", "feeds", "reports", "stream", "tables"}
AIRFLOW = {"compat", "failures"}
HOOKS = API | FILES_OF_JOBS | ACCOUNT | JOBS | AIRFLOW | {"hooks"}
TASKS = HOOKS | {"triggers", "operators", "sensors", "lineage"}

# What each part of the package may import, besides the package itself (for its version).
MAY_IMPORT: dict[str, set[str]] = {
    "api": API,
    "files": API | FILES_OF_JOBS,
    "account": API | ACCOUNT,
    **{job: API | FILES_OF_JOBS | ACCOUNT | {job} for job in JOBS},
    "compat": set(),
    "assets": {"compat"},
    "failures": API | {"compat"},
    "hooks": HOOKS,
    "get_provider_info": API | {"hooks"},
    "lineage": HOOKS,
    "triggers": HOOKS | {"triggers"},
    "operators": TASKS,
    "sensors": TASKS,
    "notifications": HOOKS | {"notifications"},
    "emulator": {"emulator"},
    "cli": HOOKS | {"emulator", "cli"},
    "ui": HOOKS | {"ui"},
}
KNOWS_AIRFLOW = "compat"
KNOWS_PLUGINS = PACKAGE / "ui/plugin.py"
AROUND = ("benchmarks", "dags", "demo", "scripts")
FUZZED = "fuzz_targets.py"
"""Feeds rooms one by one, as tests do."""

CATALOG = PACKAGE / "catalog"
DOOR = f"{ROOT}.catalog"
IN_ROOMS = ("catalog", "members")
MOST_ROOMS = 12
LONGEST_MODULE = 250
HIGHEST_MEDIAN = 100

FILES = sorted(path for path in PACKAGE.rglob("*.py") if path != PACKAGE / "__init__.py")


def test_every_part_has_its_place():
    assert {_part(path) for path in FILES} - set(MAY_IMPORT) == set()


def test_imports_point_inward():
    outward = [
        f"{path.relative_to(PACKAGE)}:{line}: {name}"
        for path in FILES
        for line, name in _imports(path)
        if name.startswith(f"{ROOT}.") and name.split(".")[1] not in MAY_IMPORT.get(_part(path), set())
    ]
    assert outward == []


def test_airflow_is_imported_where_it_is_known_only():
    found = [
        f"{path.relative_to(PACKAGE)}:{line}: {name}"
        for path in FILES
        if _part(path) != KNOWS_AIRFLOW and path != KNOWS_PLUGINS
        for line, name in _imports(path)
        if name.split(".")[0] == "airflow"
    ]
    assert found == []


def test_outsiders_stay_at_the_door_of_the_catalog():
    around = [file for part in AROUND for file in (PACKAGE.parent / part).rglob("*.py") if file.name != FUZZED]
    outside = [file for file in (*FILES, *around) if not file.is_relative_to(CATALOG)]
    past = [
        f"{file.relative_to(PACKAGE.parent)}:{line}: {name}"
        for file in outside
        for line, name in _imports(file)
        if name.startswith(f"{DOOR}.")
    ]
    assert past == []


def test_door_of_the_catalog_opens_for_every_name():
    door = importlib.import_module(DOOR)
    shown = {name for _, name in _imports(CATALOG / "__init__.py") if name.startswith(f"{ROOT}.catalog.")}
    assert shown == {f"{ROOT}.catalog.{room}" for room in door.EXPORTS.values()}
    assert [name for name in door.EXPORTS if getattr(door, name) is None] == []
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = door.nothing


def test_no_name_of_the_door_is_hidden_by_a_room():
    door = importlib.import_module(DOOR)
    assert set(door.EXPORTS) & {path.stem for path in CATALOG.iterdir()} == set()


@pytest.mark.parametrize("job", IN_ROOMS)
def test_job_has_few_rooms(job):
    rooms = [path.name for path in (PACKAGE / job).iterdir() if path.name != "__init__.py" and _has_code(path)]
    assert len(rooms) <= MOST_ROOMS, sorted(rooms)


@pytest.mark.parametrize("job", IN_ROOMS)
def test_modules_of_a_job_import_each_other_in_no_circle(job):
    assert _circle(_imports_among_modules(job)) == []


@pytest.mark.parametrize("job", IN_ROOMS)
def test_rooms_of_a_job_import_each_other_in_no_circle(job):
    rooms: dict[str, set[str]] = {}
    for module, imported in _imports_among_modules(job).items():
        room = module.split(".")[0]
        rooms.setdefault(room, set()).update(name.split(".")[0] for name in imported if name.split(".")[0] != room)
    assert _circle(rooms) == []


def test_the_check_sees_a_circle():
    assert set(_circle({"a": {"b"}, "b": {"c"}, "c": {"a"}})) == {"a", "b", "c"}


def test_modules_are_short():
    long = {str(path.relative_to(PACKAGE)): _length(path) for path in FILES if _length(path) > LONGEST_MODULE}
    assert long == {}
    assert statistics.median(_length(path) for path in FILES if path.is_relative_to(CATALOG)) < HIGHEST_MEDIAN


def test_test_modules_outside_of_packages_have_names_of_their_own():
    """Pytest imports them by their bare names, so the second of a name is not run."""
    tests = Path(__file__).parent
    folders = [folder for folder in tests.rglob("*/") if not (folder / "__init__.py").exists()]
    names = Counter(path.name for folder in folders for path in folder.glob("*.py") if path.name != "conftest.py")
    assert [name for name, times in names.items() if times > 1] == []


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


@functools.cache
def _imports(path: Path) -> tuple[tuple[int, str], ...]:
    return tuple(_imported(path))


def _imported(path: Path) -> Iterator[tuple[int, str]]:
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


def _length(path: Path) -> int:
    return len(path.read_text().splitlines())


def _has_code(path: Path) -> bool:
    return path.suffix == ".py" or (path / "__init__.py").exists()


def _imports_among_modules(job: str) -> Mapping[str, set[str]]:
    """Module → the modules that it imports, both as named inside the job; a folder's face is the folder."""
    folder, face = PACKAGE / job, f"{ROOT}.{job}"
    files = {
        _inside(path, folder): path for path in FILES if path.is_relative_to(folder) and path != folder / "__init__.py"
    }
    found: dict[str, set[str]] = {module: set() for module in files}
    for module, path in files.items():
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom) and node.module and f"{node.module}.".startswith(f"{face}."):
                base = node.module.removeprefix(face).removeprefix(".")
                # ``from room import module`` means the module, not the room's face.
                names = {f"{base}.{alias.name}".removeprefix(".") for alias in node.names}
                found[module] |= (names & files.keys()) or {base}
    return found


def _inside(path: Path, job: Path) -> str:
    return ".".join(path.relative_to(job).with_suffix("").parts).removesuffix(".__init__")


def _circle(imports: Mapping[str, set[str]]) -> list[str]:
    try:
        TopologicalSorter(imports).prepare()
    except CycleError as found:
        return list(found.args[1])
    return []
