"""Mutation testing on demand: changes one place of the package at a time and counts how many changes a test notices.

`make mutants SAMPLE=300 SEED=1` draws mutants at random from all that mutmut can make of the folders in AREAS. Each
runs the tests of its area that call the mutated function, the fastest first, until one fails. All of it happens in
copies under `.mutants`; `.mutants/report.md` shows the changes that no test noticed.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import random
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from mutmut.configuration import reset_config
from mutmut.mutation.data import SourceFileMutationData
from mutmut.mutation.diff_apply import get_diff_for_mutant
from mutmut.mutation.file_mutation import mutate_file_contents
from mutmut.stats import status_by_exit_code
from mutmut.utils.format_utils import get_mutant_name

ROOT = Path(__file__).resolve().parents[1]
COPIES = ROOT / ".mutants"
PACKAGE = "airflow_provider_aam"
READ_BY_TESTS = ["docs", "dags"]
NOT_STARTED = 255  # what pytest was given cannot be loaded: killed before a test ran, or a fault of this script if many


@dataclass(frozen=True)
class Area:
    """Folders of the package, and the tests that are about them. Tests that start processes would see no mutant.

    `but` leaves out tests that count on how fast the machine is: they fail without a mutant.
    """

    folders: tuple[str, ...]
    tests: tuple[str, ...]
    but: tuple[str, ...] = ()

    def sources(self) -> list[Path]:
        return [path for folder in self.folders for path in sorted(Path(PACKAGE, folder).rglob("*.py"))]

    def selection(self) -> list[str]:
        return [*self.tests, *(f"--ignore={each}" for each in self.but)]


def _of_catalog(*names: str) -> tuple[str, ...]:
    return tuple(f"tests/catalog/test_{name}.py" for name in names)


AREAS = {
    "api": Area(("api",), ("tests/api", "tests/contract"), but=("tests/api/test_crowd.py",)),
    "account": Area(
        ("account",), ("tests/account", *_of_catalog("references", "mappings", "folder_rows", "segment_rule"))
    ),
    "pull": Area(("pull",), ("tests/pull",)),
    "catalog": Area(
        ("catalog/planning", "catalog/applying"),
        _of_catalog("account", "approved", "codes", "delete", "diff", "folder_rows", "mappings", "natural")
        + _of_catalog("other_readings", "plan", "progress", "pruning", "push", "references", "trouble"),
    ),
}

# A mutant that takes three times as long as its tests do unchanged, and 15 seconds more, is taken for an endless loop.
# What preload.txt lists is imported once, and the package anew for each mutant: what an unmutated function has left in
# a cache would hide the mutant.
_CONFIG = """
[tool.mutmut]
source_paths = ["{package}"]
also_copy = {beside}
only_mutate = {folders}
pytest_add_cli_args_test_selection = {tests}
pytest_add_cli_args = [
  "-p", "no:cacheprovider", "-p", "no:cov", "-p", "no:xdist", "-p", "fastest_first", "--hypothesis-profile=ci",
  "-W", "ignore::pytest.PytestAssertRewriteWarning",
]
timeout_multiplier = 3.0
timeout_constant = 5.0
track_dependencies = false
use_git_change_detection = false
process_isolation = "forkserver"
forkserver_warmup = "import"
preload_modules_file = "preload.txt"
"""
_PRELOAD = """
cryptography.hazmat.primitives.serialization
fastapi
fastapi_offline
hypothesis
jwt
lark
msgspec
openpyxl
pendulum
pyarrow.parquet
pydantic
pytest
requests
tenacity
uvicorn
yaml
"""
_FASTEST_FIRST = """
import json
from pathlib import Path


def pytest_collection_modifyitems(items):
    measured = Path("mutmut-stats.json")
    if measured.exists():
        seconds = json.loads(measured.read_text())["duration_by_test"]
        items.sort(key=lambda item: seconds.get(item.nodeid, 0.0))
"""


def lay_out(name: str, area: Area) -> None:
    """A folder that looks to mutmut like this repository, with the configuration of one area."""
    copy = COPIES / name
    shutil.rmtree(copy, ignore_errors=True)
    (copy / "tmp").mkdir(parents=True)
    for each in (PACKAGE, "tests", "setup.cfg", *READ_BY_TESTS):
        (copy / each).symlink_to(ROOT / each)
    config = _CONFIG.format(
        package=PACKAGE,
        beside=[*READ_BY_TESTS, "fastest_first.py"],
        folders=[f"{PACKAGE}/{each}/*" for each in area.folders],
        tests=area.selection(),
    )
    (copy / "pyproject.toml").write_text((ROOT / "pyproject.toml").read_text() + config)
    (copy / "preload.txt").write_text(_PRELOAD)
    (copy / "fastest_first.py").write_text(_FASTEST_FIRST)


@contextlib.contextmanager
def inside(name: str) -> Iterator[None]:
    """mutmut reads its configuration and its results relative to the current folder."""
    with contextlib.chdir(COPIES / name):
        reset_config()
        yield


def possible(name: str, area: Area) -> list[str]:
    with inside(name):
        return [
            get_mutant_name(path, mutant)
            for path in area.sources()
            for mutant in mutate_file_contents(str(path), path.read_text()).mutant_names
        ]


def run(name: str, mutants: list[str], processes: int) -> None:
    command = [str(Path(sys.executable).with_name("mutmut")), "run", "--max-children", str(processes), *mutants]
    environment = {**os.environ, "TMPDIR": str(COPIES / name / "tmp")}
    log = COPIES / name / "log"
    # By a pipe: a test limits how long files may become, and what mutmut writes meanwhile counts.
    done = subprocess.run(
        command, cwd=COPIES / name, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
    )
    log.write_bytes(done.stdout)
    if done.returncode:
        tests = " ".join(AREAS[name].selection())
        sys.exit(f"mutmut failed; {log} has its output. Without mutants these must pass: pytest {tests}")


def outcomes(name: str, area: Area, mutants: list[str]) -> list[tuple[str, str]]:
    """What became of each mutant, and its change as a diff."""
    found = []
    with inside(name):
        for path in area.sources():
            data = SourceFileMutationData(path=path)
            data.load()
            for mutant in mutants:
                if mutant in data.exit_code_by_key:
                    code = data.exit_code_by_key[mutant]
                    status = "not started" if code == NOT_STARTED else status_by_exit_code[code]
                    found.append((status, f"{mutant}\n{get_diff_for_mutant(mutant, path=path)}"))
    return found


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sample", type=int, default=300, help="how many mutants to draw")
    parser.add_argument("--seed", type=int, default=1, help="the same seed draws the same mutants of the same code")
    parser.add_argument(
        "--match", default=[""], nargs="+", help="only mutants whose name contains one of these: api.retry."
    )
    parser.add_argument("--processes", type=int, default=2)
    return parser.parse_args()


def main() -> None:
    options = parse()
    mutants: list[tuple[str, str]] = []
    for name, area in AREAS.items():
        lay_out(name, area)
        matching = [each for each in possible(name, area) if any(part in each for part in options.match)]
        print(f"{name}: {len(matching)} mutants to draw from", flush=True)
        mutants += [(name, each) for each in matching]
    drawn = random.Random(options.seed).sample(mutants, min(options.sample, len(mutants)))  # noqa: S311  a sample

    lines = ["| area | mutants | killed | timeout | not started | survived | no tests | other | minutes |"]
    lines.append("| --- " * 9 + "|")
    unnoticed = []
    for name, area in AREAS.items():
        chosen = [mutant for where, mutant in drawn if where == name]
        if not chosen:
            continue
        began = time.monotonic()
        run(name, chosen, options.processes)
        found = outcomes(name, area, chosen)
        count = Counter(status for status, _ in found)
        known = [count.pop(status, 0) for status in ("killed", "timeout", "not started", "survived", "no tests")]
        cells = [name, len(found), *known, count.total(), f"{(time.monotonic() - began) / 60:.1f}"]
        lines.append("| " + " | ".join(map(str, cells)) + " |")
        print(lines[-1], flush=True)
        unnoticed += [f"```diff\n# {status}: {change}\n```" for status, change in found if status != "killed"]
    (COPIES / "report.md").write_text("\n\n".join(["\n".join(lines), *unnoticed]) + "\n")
    print("\n".join(lines))
    print(f"The mutants that were not killed: {COPIES / 'report.md'}")


if __name__ == "__main__":
    main()
