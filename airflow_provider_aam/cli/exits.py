"""How every command ends: its exit code, its one message on stderr, its result on stdout."""

from __future__ import annotations

import enum
import json
import sys
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass
from typing import Any, NoReturn

import typer

from airflow_provider_aam.api.errors import (
    AAMArgumentError,
    AAMConfigError,
    AAMDestinationError,
    AAMError,
    AAMLookupFailed,
    AAMOutcomeUnknown,
    AAMPlanRefused,
    AAMPushFailed,
    AAMSourceError,
)
from airflow_provider_aam.api.visible import visible


class ExitCode(enum.IntEnum):
    """What a program that calls `airflow-aam` may rely on; docs/cli.md explains each."""

    OK = 0
    FOUND = 1
    """It worked, and found something: differences, problems in a file, a red step. Never the end of an error."""
    USAGE = 2
    """The command line, a file or the Connection is wrong; nothing was changed in AAM. Also typer's own code."""
    ADOBE = 3
    """Adobe refused, gave no usable response, or could not be reached."""
    REFUSED = 4
    """A guardrail stopped it before anything was written."""
    INCOMPLETE = 5
    """Some of the writes failed, or no one knows whether they happened."""
    INTERRUPTED = 130
    """Ctrl-C, or SIGTERM during an apply; the message says what was done."""
    BUG = 70
    """An error that this package does not expect; the only one with a traceback."""


@dataclass(frozen=True, kw_only=True)
class Ending:
    """``document`` is the result for programs (`--json`), ``show`` writes the same to stdout for people."""

    document: Mapping[str, Any]
    show: Callable[[], None]
    code: ExitCode = ExitCode.OK


_USAGE = (AAMSourceError, AAMConfigError, AAMArgumentError, AAMLookupFailed, AAMDestinationError)
# The first row that fits decides.
_CODES = (
    (_USAGE, ExitCode.USAGE),
    ((AAMPlanRefused,), ExitCode.REFUSED),
    ((AAMPushFailed, AAMOutcomeUnknown), ExitCode.INCOMPLETE),
    ((AAMError,), ExitCode.ADOBE),
)


def code_of(error: AAMError) -> ExitCode:
    return next(code for kinds, code in _CODES if isinstance(error, kinds))


def run_command(body: Callable[[], Ending], *, as_json: bool = False) -> NoReturn:
    """Run a command's body and end the process with its exit code.

    Stdout gets the result alone: whatever else is printed in the meantime (Airflow logs there) goes to stderr. An
    :class:`AAMError` becomes its message on stderr; with ``as_json`` stdout holds ``{"error": {"kind", "message"}}``,
    and ``problems`` or ``findings`` where the error lists any.
    """
    with told_errors(as_json=as_json):
        with redirect_stdout(sys.stderr):
            ending = body()
        _print(ending, as_json=as_json)
    raise typer.Exit(ending.code)


@contextmanager
def told_errors(*, as_json: bool = False) -> Iterator[None]:
    """Let errors end the process as :func:`run_command` does."""
    try:
        yield
    except AAMError as error:
        lists = {name: each for name in ("problems", "findings") if (each := getattr(error, name, ()))}
        _fail(error, error.message, code_of(error), as_json=as_json, **lists)
    except KeyboardInterrupt as stopped:
        _fail(stopped, str(stopped) or "Interrupted.", ExitCode.INTERRUPTED, as_json=as_json)
    except (typer.Exit, typer.Abort, typer.BadParameter, BrokenPipeError):
        raise
    except Exception as error:  # noqa: BLE001  or Python would end with 1, which means FOUND here
        from airflow_provider_aam.compat import AirflowNotFoundException

        if not isinstance(error, AirflowNotFoundException):
            traceback.print_exc()
            _fail(error, str(error), ExitCode.BUG, as_json=as_json)
        _fail(error, str(error), ExitCode.USAGE, as_json=as_json)


def _print(ending: Ending, *, as_json: bool) -> None:
    if as_json:
        print_json(ending.document)
    else:
        ending.show()


def _fail(error: BaseException, message: str, code: ExitCode, *, as_json: bool, **lists: Sequence[str]) -> NoReturn:
    print(visible(message), file=sys.stderr)
    if as_json:
        print_json({"error": {"kind": type(error).__name__, "message": message, **lists}})
    raise typer.Exit(code) from None


def print_json(document: Mapping[str, Any]) -> None:
    """In other languages' letters, but what moves a cursor or turns text around is escaped."""
    text = json.dumps(document, indent=2, ensure_ascii=False)
    print("".join(mark if mark.isprintable() or mark == "\n" else json.dumps(mark)[1:-1] for mark in text))
