"""What all commands have in common: help, exit codes, where messages go."""

from __future__ import annotations

import inspect
import json
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from airflow_provider_aam import __version__
from airflow_provider_aam.api import errors
from airflow_provider_aam.cli import app
from airflow_provider_aam.cli.exits import Ending, ExitCode, run_command
from airflow_provider_aam.compat import AirflowNotFoundException

REPOSITORY = Path(__file__).parents[2]
COMMAND = str(Path(sys.executable).with_name("airflow-aam"))
NAMES = sorted(typer.main.get_command(app).commands)  # type: ignore[attr-defined]


def test_version_is_printed():
    done = subprocess.run([COMMAND, "--version"], capture_output=True, text=True, check=True)
    assert done.stdout == f"airflow-aam {__version__}\n"


def test_help_names_the_commands():
    done = CliRunner().invoke(app, ["--help"])
    assert done.exit_code == 0
    assert {"connection", "doctor", "emulator"} <= set(NAMES)
    assert [name for name in NAMES if name not in done.stdout] == []


def test_help_shows_descriptions_whole():
    printed = " ".join(CliRunner().invoke(app, ["--help"]).stdout.split())
    firsts = [inspect.getdoc(each.callback).partition("\n")[0] for each in app.registered_commands]
    assert [text for text in firsts if text not in printed] == []


@pytest.mark.parametrize(
    "line", [["plan", "MISSING"], ["plan"], ["apply", "--no-such-option"], ["validate"], ["no-such"]]
)
def test_wrong_command_lines_are_json_too(line):
    done = CliRunner().invoke(app, [*line, "--json"])
    assert done.exit_code == 2
    error = json.loads(done.stdout)["error"]
    assert error["kind"] == "UsageError"
    assert error["message"] in " ".join(done.stderr.replace("\n", " ").split())
    assert CliRunner().invoke(app, line).stdout == ""


PAGES = {path.name: path.read_text() for path in (REPOSITORY / "docs").glob("*.md")}


def docs(*words):
    return CliRunner().invoke(app, ["docs", *words])


def test_every_page_is_listed_with_its_title_and_printed():
    listed = docs()
    assert listed.exit_code == 0
    for name, page in PAGES.items():
        title = page.partition("# ")[2].partition("\n")[0]
        assert re.search(rf"^(setup|{name[:-3]}) +{re.escape(title)}$", listed.stdout, re.MULTILINE), name
        assert docs(name[:-3]).stdout == page
    assert docs("setup").stdout == PAGES["setup-aam-access.md"]


@pytest.mark.parametrize("words", [("errors", "AAMPlanRefused"), ("errors", "aamplanrefused")])
def test_one_part_of_a_page_is_printed(words):
    start = PAGES["errors.md"].index("### `AAMPlanRefused`")
    end = PAGES["errors.md"].index("### `AAMPushFailed`")
    assert docs(*words).stdout == PAGES["errors.md"][start:end].rstrip() + "\n"


@pytest.mark.parametrize("heading", ["5", "5.", "Create the credential", "5. Create the credential"])
def test_a_numbered_part_is_found_by_number_title_or_both(heading):
    page = PAGES["setup-aam-access.md"]
    start, end = page.index("## 5. Create the credential"), page.index("## 6. ")
    assert docs("setup", heading).stdout == page[start:end].rstrip() + "\n"


def test_a_part_includes_its_own_parts_and_no_comment_of_code():
    printed = docs("errors", "The network").stdout
    assert ("### `AAMNoAnswer`" in printed, "AAM says no" in printed) == (True, False)
    assert docs("emulator", "a comment in a shell").exit_code == 2


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("errrs",), "no page 'errrs'. Did you mean “errors”?"),
        (("AAMPlanRefusd",), "no page 'AAMPlanRefusd'. Did you mean “errors AAMPlanRefused”?"),
        (("errors", "AAMPlanRefusd"), "errors has no heading 'AAMPlanRefusd'. Did you mean “AAMPlanRefused”?"),
        (("setup", "Create a credential"), "'Create a credential'. Did you mean “Create the credential”?"),
    ],
)
def test_what_is_not_there_is_said_with_what_is_near(words, said):
    done = docs(*words)
    assert (done.exit_code, said in done.stderr) == (2, True)


def test_every_page_and_example_is_in_the_wheel(tmp_path):
    source = tmp_path / "source"
    ignored = shutil.ignore_patterns(".*", "build", "*.egg-info", "__pycache__")
    shutil.copytree(REPOSITORY, source, symlinks=True, ignore=ignored)
    build = "from setuptools import build_meta as b; b.build_wheel('dist')"
    subprocess.run([sys.executable, "-c", build], cwd=source, check=True, capture_output=True, timeout=120)
    (wheel,) = (source / "dist").glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        shipped = {name for name in archive.namelist() if name.startswith("airflow_provider_aam/docs/")}
        pages = {*PAGES, *(f"{path.parent.name}/{path.name}" for path in (REPOSITORY / "docs").glob("adr/*.md"))}
        images = {f"images/{path.name}" for path in (REPOSITORY / "docs/images").iterdir()}
        assert shipped == {f"airflow_provider_aam/docs/{name}" for name in pages | images}
        assert {name: archive.read(f"airflow_provider_aam/docs/{name}").decode() for name in PAGES} == PAGES
        examples = {path for path in (REPOSITORY / "dags").rglob("*.*") if path.is_file() and path.suffix != ".pyc"}
        for example in examples:
            name = example.relative_to(REPOSITORY / "dags")
            assert archive.read(f"airflow_provider_aam/example_dags/{name}") == example.read_bytes()


@pytest.mark.parametrize("name", NAMES)
def test_every_command_has_help(name):
    done = CliRunner().invoke(app, [name, "--help"])
    assert done.exit_code == 0
    assert "Usage:" in done.stdout


def test_help_imports_neither_airflow_nor_rich():
    code = (
        "import sys\nfrom typer.testing import CliRunner\nfrom airflow_provider_aam.cli import app\n"
        "before = set(sys.modules)\n"
        "assert CliRunner().invoke(app, ['doctor', '--help']).exit_code == 0\n"
        "new = {name.split('.')[0] for name in set(sys.modules) - before}\n"
        "assert not new & {'airflow', 'rich', 'requests'}, new\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (errors.AAMSourceError("x"), ExitCode.USAGE),
        (errors.AAMConfigError("x"), ExitCode.USAGE),
        (errors.AAMDestinationError("x"), ExitCode.USAGE),
        (errors.AAMClientRejected("x"), ExitCode.ADOBE),
        (errors.AAMForbidden("x"), ExitCode.ADOBE),
        (errors.AAMNoAnswer("x"), ExitCode.ADOBE),
        (errors.AAMPlanRefused("x"), ExitCode.REFUSED),
        (errors.AAMPushFailed("x"), ExitCode.INCOMPLETE),
        (errors.AAMOutcomeUnknown("x"), ExitCode.INCOMPLETE),
        (AirflowNotFoundException("x"), ExitCode.USAGE),
        (KeyError("x"), ExitCode.BUG),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else None,
)
def test_an_error_is_one_message_and_an_exit_code(capsys, error, code):
    def body():
        typer.echo("a line of a log")
        raise error

    with pytest.raises(typer.Exit) as ended:
        run_command(body, as_json=True)
    printed = capsys.readouterr()
    assert ended.value.exit_code == code
    assert json.loads(printed.out)["error"]["kind"] == type(error).__name__
    assert ("Traceback" in printed.err) is (code is ExitCode.BUG)
    assert printed.err.startswith("a line of a log\n")


def test_stdout_holds_the_result_alone(capsys):
    def body():
        typer.echo("a line of a log")
        return Ending(document={"a": 1}, show=lambda: typer.echo("for people"), code=ExitCode.FOUND)

    for as_json, expected in ((True, '{\n  "a": 1\n}\n'), (False, "for people\n")):
        with pytest.raises(typer.Exit) as ended:
            run_command(body, as_json=as_json)
        assert ended.value.exit_code == ExitCode.FOUND
        assert capsys.readouterr().out == expected


HOSTILE = "a\n::error::forged \x1b[2J \u202egnp \x9b31m \U000e0041"


def test_what_others_wrote_is_one_line_and_moves_nothing(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    rows = [{"name": HOSTILE, "traitType": HOSTILE, HOSTILE: 1}]
    Path(f"{HOSTILE.replace('/', '')}.json").write_text(json.dumps({"traits": rows}))
    (file,) = tmp_path.iterdir()
    for line in (["validate", file.name], ["connection", file.name], ["plan", f"{HOSTILE}x"]):
        for more in ([], ["--json"]):
            done = CliRunner().invoke(app, [*line, *more])
            assert done.exit_code in (1, 2)
            text = done.stdout + done.stderr
            assert "error::forged" in text
            assert {mark for mark in text if not mark.isprintable()} <= {"\n"}
            assert not [each for each in text.splitlines() if each.startswith("::error::")]


def test_exit_codes_are_documented():
    text = (Path(__file__).parents[2] / "docs" / "cli.md").read_text()
    for code in ExitCode:
        assert f"| {code.value} | `{code.name}` |" in text
