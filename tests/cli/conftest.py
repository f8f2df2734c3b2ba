"""The console command in this process, with real Airflow behind it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from airflow_provider_aam.cli import app
from airflow_provider_aam.compat import AIRFLOW_V_3_0_PLUS

# Warnings that Airflow's own imports raise; ours stay errors.
_OF_AIRFLOW_3 = ("ignore:Using .httpx. with .starlette",)
_OF_AIRFLOW_2 = (
    "ignore:.* will be removed in Flask",
    "ignore:Deprecated API features detected",
    "ignore:The '__version__' attribute is deprecated",
    "ignore:Accessing jsonschema",
    "ignore:jsonschema",
    "ignore:Timer and timing metrics",
)


def pytest_configure(config: pytest.Config) -> None:
    for warning in _OF_AIRFLOW_3 if AIRFLOW_V_3_0_PLUS else _OF_AIRFLOW_2:
        config.addinivalue_line("filterwarnings", warning)


@pytest.fixture
def airflow_aam(monkeypatch) -> Callable[..., Result]:
    """Runs the command; stdout and stderr are kept apart."""
    monkeypatch.setenv("_AIRFLOW_PROCESS_CONTEXT", "server")  # what the command sets, taken back after the test

    def run(*arguments: object) -> Result:
        return CliRunner().invoke(app, [str(argument) for argument in arguments])

    return run


@pytest.fixture
def doctor(emulator, airflow_aam, monkeypatch) -> Callable[..., tuple[int, dict[str, dict[str, str]]]]:
    """The doctor's exit code and its results by step, for the emulator's Connection with changes to it."""

    def examine(auth: str = "oauth_server_to_server", *, changes: dict[str, Any] | None = None, **extra: Any) -> Any:
        connection = emulator.connection(auth, max_attempts=1, **extra) | (changes or {})
        monkeypatch.setenv("AIRFLOW_CONN_AAM_DEFAULT", json.dumps(connection))
        done = airflow_aam("doctor", "--json")
        for secret in (emulator.credentials.client_secret, emulator.credentials.user_password, "p8e-wrong"):
            assert secret not in done.stdout + done.stderr
        assert "PRIVATE KEY" not in done.stdout + done.stderr
        return done.exit_code, {step["step"]: step for step in json.loads(done.stdout)["steps"]}

    return examine
