"""The workflows of the public host run what everybody can run: make targets that exist, and all that .ci/run has."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

REPOSITORY = Path(__file__).parents[1]
WORKFLOWS = sorted((REPOSITORY / ".github/workflows").glob("*.yml"))
TARGETS = set(re.findall(r"^([a-z0-9_/-]+):", (REPOSITORY / "Makefile").read_text(), re.MULTILINE))


def _jobs(workflow: Path) -> Iterator[dict[str, Any]]:
    yield from yaml.safe_load(workflow.read_text())["jobs"].values()


def _commands(workflow: Path) -> set[str]:
    """What the steps run, for every value of a matrix."""
    found = set()
    for job in _jobs(workflow):
        (values,) = job.get("strategy", {}).get("matrix", {"": [""]}).values()
        runs = [step["run"] for step in job["steps"] if "run" in step]
        found |= {run.replace("${{ matrix.target }}", value) for run in runs for value in values}
    return found


def test_there_is_one_for_changes_and_one_for_releases():
    assert [path.name for path in WORKFLOWS] == ["ci.yml", "release.yml"]


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.name)
def test_every_step_is_a_make_target(workflow):
    commands = _commands(workflow)
    assert commands
    assert {command for command in commands if command.removeprefix("make ") not in TARGETS} == set()


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.name)
def test_every_action_has_a_version(workflow):
    actions = [step["uses"] for job in _jobs(workflow) for step in job["steps"] if "uses" in step]
    assert actions
    pinned = re.compile(r"[\w.-]+/[\w.-]+@(v\d+(\.\d+)*|[0-9a-f]{40})")
    assert [action for action in actions if not pinned.fullmatch(action)] == []


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.name)
def test_rights_are_given_job_by_job(workflow):
    content = yaml.safe_load(workflow.read_text())
    assert content["permissions"] == {"contents": "read"}
    assert "secrets." not in workflow.read_text()


def test_changes_get_all_that_ci_run_has():
    lines = re.findall(r"^(?:make|together) (.*?)(?: *#.*)?$", (REPOSITORY / ".ci/run").read_text(), re.MULTILINE)
    targets = {f"make {target}" for line in lines for target in line.split() if target in TARGETS}
    assert len(targets) > 7
    assert targets - _commands(WORKFLOWS[0]) == set()


def test_what_is_published_has_been_installed_and_only_the_publisher_is_trusted():
    build, publish, attach = _jobs(WORKFLOWS[1])
    assert [step["run"] for step in build["steps"] if "run" in step] == ["make test-dist"]
    assert (publish["needs"], publish["permissions"]) == ("build", {"id-token": "write"})
    assert (attach["needs"], attach["permissions"]) == ("publish", {"contents": "write"})
