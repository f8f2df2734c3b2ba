"""What one check found."""

from __future__ import annotations

import enum
from dataclasses import asdict, dataclass

from airflow_provider_aam.api.errors import AAMConfigError, AAMError
from airflow_provider_aam.api.guide import POINTER, Step
from airflow_provider_aam.hooks.probe import reached_a_server


class State(enum.StrEnum):
    GREEN = "green"
    YELLOW = "yellow"
    """It works, but perhaps not as wanted."""
    RED = "red"
    SKIPPED = "skipped"


@dataclass(frozen=True, kw_only=True)
class Result:
    """``text`` is what was found, ``fix`` one line about what to do; empty where there is nothing to do."""

    step: str
    state: State
    text: str
    fix: str = ""

    def as_json(self) -> dict[str, str]:
        return asdict(self)


@dataclass(frozen=True, kw_only=True)
class StepVerdict:
    """A result that does not know yet to which step it belongs."""

    state: State
    text: str
    fix: str = ""

    def of(self, step: str) -> Result:
        return Result(step=step, state=self.state, text=self.text, fix=self.fix)


def green(text: str) -> StepVerdict:
    return StepVerdict(state=State.GREEN, text=text)


def yellow(text: str, fix: str | Step) -> StepVerdict:
    return StepVerdict(state=State.YELLOW, text=text, fix=fix.pointer if isinstance(fix, Step) else fix)


def red(text: str, fix: str | Step) -> StepVerdict:
    return StepVerdict(state=State.RED, text=text, fix=fix.pointer if isinstance(fix, Step) else fix)


def skipped(text: str) -> StepVerdict:
    return StepVerdict(state=State.SKIPPED, text=text)


def red_of(error: AAMError, step: Step) -> StepVerdict:
    """The error's own words; its own pointer to the guide, else the one to ``step``."""
    if not reached_a_server(error):
        return red(error.message, "Check host and port of the Connection.")
    return red_of_text("; ".join(error.problems) if isinstance(error, AAMConfigError) else error.message, step)


def red_of_text(text: str, step: Step) -> StepVerdict:
    pointer = POINTER.search(text)
    if pointer is None:
        return red(text, step)
    return red(text.replace(pointer.group(0), "").strip(), pointer.group(0).strip())
