"""The wheel as users get it, in empty environments. `make test-dist` runs these tests; other runs skip them."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]
UV = Path(sys.executable).with_name("uv")
EXTRAS = "emulator,members,parquet,pgp,xlsx"


@dataclass(frozen=True)
class Installed:
    """An environment with the wheel, and a folder outside the repository to work in."""

    line: str
    programs: Path
    folder: Path

    def run(self, program: str, *words: str | Path, **environment: str) -> str:
        """What it prints. It is to succeed."""
        done = subprocess.run(
            [self.programs / program, *words],
            cwd=self.folder,
            env=self._environment(**environment),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def install(self, *requirements: str) -> None:
        """Under the pins of its Airflow, without which a user gets whatever is new."""
        pins = REPOSITORY / f"constraints/airflow-{self.line}.txt"
        command = [UV, "pip", "install", "--quiet", "--python", self.programs / "python", "--constraint", pins]
        done = subprocess.run([*command, *requirements], cwd=self.folder, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr

    @contextmanager
    def emulator(self) -> Iterator[str]:
        """Runs `airflow-aam emulator`. Yields the Connection that it prints first."""
        command = [self.programs / "airflow-aam", "emulator", "--port", "0"]
        with subprocess.Popen(
            command, cwd=self.folder, env=self._environment(), stdout=subprocess.PIPE, text=True
        ) as running:
            assert running.stdout is not None
            try:
                printed = ""
                while not (found := re.search(r"AIRFLOW_CONN_AAM_DEFAULT='(.+)'", printed)):
                    line = running.stdout.readline()
                    assert line, printed
                    printed += line
                yield found.group(1)
            finally:
                running.terminate()

    def _environment(self, **more: str) -> dict[str, str]:
        own = {name: value for name, value in os.environ.items() if not name.startswith(("AIRFLOW_", "PYTHON"))}
        return own | {"AIRFLOW_HOME": str(self.folder / "airflow"), "AIRFLOW__CORE__LOAD_EXAMPLES": "False"} | more


@pytest.fixture(scope="session")
def wheel() -> Path:
    if not (named := os.environ.get("AAM_WHEEL")):
        pytest.skip("no wheel is named: `make test-dist` builds one")
    return Path(named).absolute()


def _installed(line: str, wheel: Path, folder: Path, extras: str = "") -> Installed:
    subprocess.run([UV, "venv", "--quiet", "--python", sys.executable, folder / "venv"], check=True)
    made = Installed(line, folder / "venv/bin", folder)
    made.install(f"airflow-provider-aam{extras} @ {wheel.as_uri()}")
    return made


LINES = [pytest.param(line, marks=pytest.mark.xdist_group(line)) for line in ("3.3", "2.11")]
"""Each in a process of its own."""


@pytest.fixture(scope="session", params=LINES)
def line(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="session")
def plain(line: str, wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """Without any extra."""
    return _installed(line, wheel, tmp_path_factory.mktemp("plain"))


@pytest.fixture(scope="session")
def complete(line: str, wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    return _installed(line, wheel, tmp_path_factory.mktemp("complete"), f"[{EXTRAS}]")
