"""docs/tutorial-account-in-git.md, run from top to bottom against an emulator in a process of its own."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from airflow_provider_aam.compat import AIRFLOW_V_3_0_PLUS

pytestmark = pytest.mark.slow

REPOSITORY = Path(__file__).parents[1]
PAGE = (REPOSITORY / "docs" / "tutorial-account-in-git.md").read_text("utf-8")
BLOCK = re.compile(r"^(?:<!-- (?P<note>[a-z ]+) -->\n)?```(?P<form>bash|console)\n(?P<text>.*?)^```", re.M | re.S)
PORT = "8765"
MARK = "\x1e"


@dataclass(frozen=True)
class Step:
    """A command of the page. ``output`` is ``None`` where the page shows none and the command has to succeed."""

    command: str
    output: str | None


def steps() -> Iterator[Step]:
    """What is typed in the first terminal, in order."""
    for block in BLOCK.finditer(PAGE):
        if block["note"]:
            continue
        if block["form"] == "bash":
            yield Step(block["text"], None)
            continue
        for part in re.split(r"^\$ ", block["text"], flags=re.M)[1:]:
            command, _, output = part.partition("\n")
            yield Step(f"{command}\n", output)


@pytest.fixture
def port() -> str:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return str(free.getsockname()[1])


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """A shell of somebody who has installed the package and uses git, and nothing else of this project."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AIRFLOW", "GIT_", "COV"))}
    kim = {f"GIT_{role}_{what}": "kim@example.com" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    own = {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "HOME": str(tmp_path),
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CEILING_DIRECTORIES": str(tmp_path),
        "AIRFLOW_HOME": str(tmp_path / "airflow"),
        "COLUMNS": "120",
    }
    return kept | kim | own


@pytest.fixture
def folder(tmp_path: Path, port: str, environment: dict[str, str]) -> Iterator[Path]:
    """The empty folder of the page, as soon as the second terminal says that the emulator runs."""
    (command,) = [block["text"] for block in BLOCK.finditer(PAGE) if block["note"] == "second terminal"]
    work = tmp_path / "work"
    work.mkdir()
    words = command.replace(PORT, port).split()
    with subprocess.Popen(words, cwd=work, env=environment, stdout=subprocess.PIPE, text=True) as emulator:
        try:
            assert any(line.startswith("or: ") for line in emulator.stdout or ())
            yield work
        finally:
            emulator.terminate()


def type_in(script: str, folder: Path, environment: dict[str, str]) -> str:
    """What a terminal would show."""
    done = subprocess.run(
        ["bash"],
        input=script,
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=600,
        check=False,
    )
    return done.stdout


def agrees(expected: str, shown: str) -> bool:
    """Whether the pieces between … are what was shown, in this order, with something or nothing where a … stands."""
    pieces = [re.escape(" ".join(piece.split())) for piece in expected.split("…")]
    return re.fullmatch(" ?.*? ?".join(pieces), " ".join(shown.split())) is not None


@pytest.mark.skipif(not AIRFLOW_V_3_0_PLUS, reason="the page is for Airflow 3")
def test_every_command_of_the_page_answers_as_it_says(folder: Path, port: str, environment: dict[str, str]) -> None:
    typed = [*steps()]
    script = "".join(f"{step.command}printf '\\036%s\\036' $?\n" for step in typed)
    answers = type_in(script.replace(PORT, port), folder, environment).replace(port, PORT).split(MARK)
    shown, codes = answers[:-1:2], answers[1::2]
    wrong = [
        f"$ {step.command}{text}exit code {code}"
        for step, text, code in zip(typed, shown, codes, strict=True)
        if not (code == "0" if step.output is None else agrees(step.output, text))
    ]
    assert not wrong, "\n\n".join(wrong)
    assert len(typed) > 30
