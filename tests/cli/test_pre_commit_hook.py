"""The hook that other repositories take from this one, run by pre-commit itself in a repository of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from cli.catalogs import trait, write

HOOKS = Path(__file__).parents[2] / ".pre-commit-hooks.yaml"


@pytest.fixture
def git(monkeypatch, tmp_path):
    """Runs git, with nobody's settings and the console command on the path."""
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    for name in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{name}_NAME", "a")
        monkeypatch.setenv(f"GIT_{name}_EMAIL", "a@example.com")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_SYSTEM", os.devnull)
    monkeypatch.setenv("PRE_COMMIT_HOME", str(tmp_path / "pre-commit"))
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")

    def run(folder: Path, *arguments: str) -> str:
        command = ["git", "-C", str(folder), *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()

    return run


@pytest.fixture
def repository(git, tmp_path) -> Path:
    """A user's repository that takes the hook from a copy of this one."""
    ours, theirs = tmp_path / "ours", tmp_path / "theirs"
    for folder in (ours, theirs):
        folder.mkdir()
        git(folder, "init", "--quiet")
    shutil.copy(HOOKS, ours)
    git(ours, "add", ".")
    git(ours, "commit", "--quiet", "--message", "hooks")
    taken = {"repo": str(ours), "rev": git(ours, "rev-parse", "HEAD"), "hooks": [{"id": "aam-validate-system"}]}
    (theirs / ".pre-commit-config.yaml").write_text(yaml.safe_dump({"repos": [taken]}))
    git(theirs, "add", ".")
    return theirs


def check(repository: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pre_commit", "run", "--color", "never"]
    return subprocess.run(command, cwd=repository, capture_output=True, text=True, check=False)


def test_a_commit_with_a_wrong_catalog_file_is_stopped(git, repository):
    write(repository / "aam" / "traits.json", {"traits": [trait(1)]})
    write(repository / "dags" / "aam" / "more.json", {"traits": [trait(2)]})
    write(repository / "other.json", {"no": []})
    git(repository, "add", ".")
    done = check(repository)
    assert done.returncode == 0, done.stdout
    assert "Passed" in done.stdout
    write(repository / "dags" / "aam" / "more.json", {"traits": [trait(2, ttl=-1)]})
    git(repository, "add", ".")
    done = check(repository)
    assert done.returncode == 1
    assert "dags/aam/more.json:3: ttl: " in done.stdout


def test_a_commit_of_other_files_does_not_run_it(git, repository):
    write(repository / "other.json", {"no": []})
    git(repository, "add", ".")
    done = check(repository)
    assert done.returncode == 0
    assert "no files to check" in done.stdout


def test_both_hooks_are_documented_and_alike():
    with_python, with_system = yaml.safe_load(HOOKS.read_text())
    differing = {name for name in with_python if with_python[name] != with_system[name]}
    assert differing == {"id", "language", "description"}
    page = (HOOKS.parent / "docs" / "cli.md").read_text()
    assert [hook["id"] for hook in (with_python, with_system) if f"| `{hook['id']}` |" not in page] == []
