"""No secret reaches a task's log, even when the task prints it."""

from __future__ import annotations

import html
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus

import pytest

from airflow_provider_aam.hooks.masking import SHORTEST_LINE

pytestmark = pytest.mark.slow

HERE = Path(__file__).parent
PASSPHRASE = "a passphrase of the key"


@pytest.fixture(scope="module")
def printed(emulator_server, tmp_path_factory) -> tuple[list[str], str]:
    """The secrets that a real task printed and logged, and the text of its log file."""
    emulator_server.reset("empty")
    home = tmp_path_factory.mktemp("airflow")
    told = home / "told.json"
    environment = os.environ | {
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__CORE__DAGS_FOLDER": str(HERE),
        "TOLD_SECRETS": str(told),
        **{f"AIRFLOW_CONN_{conn_id.upper()}": json.dumps(c) for conn_id, c in _connections(emulator_server).items()},
    }
    command = [sys.executable, str(HERE / "real_task.py"), str(HERE / "print_secrets_dag.py"), "print_secrets", "print"]
    done = subprocess.run(command, env=environment, cwd=home, capture_output=True, text=True, check=False, timeout=180)
    logs = [path for path in (home / "logs").rglob("*.log") if "task_id=print" in str(path)]
    assert told.exists(), done.stdout[-5000:] + done.stderr[-5000:]
    assert len(logs) == 1
    return json.loads(told.read_text()), logs[0].read_text()


def test_the_task_log_is_the_real_one(printed):
    _, log = printed
    for line in ("stdout reaches the log", "logging reaches the log", "every secret was shown"):
        assert line in log


def test_every_kind_of_secret_was_printed(printed, emulator_server):
    told, _ = printed
    known = emulator_server.credentials
    assert {known.client_secret, known.user_password, PASSPHRASE} <= set(told)
    assert [secret for secret in told if "PRIVATE KEY" in secret]
    assert len([secret for secret in told if secret.startswith("eyJ")]) >= 3, "two access tokens and a signed JWT"


def test_no_secret_is_in_the_log(printed):
    told, log = printed
    leaked = [form[:12] + "…" for secret in told for form in _forms(secret) if form in log]
    assert leaked == []


def test_masks_are_in_the_log(printed):
    _, log = printed
    assert log.count("prefix *** suffix") > 20


def _forms(secret: str) -> set[str]:
    lines = {line for line in secret.splitlines() if len(line) >= SHORTEST_LINE and not line.startswith("-----")}
    forms = {secret, *lines}
    return (
        forms
        | {quote_plus(form) for form in forms}
        | {html.escape(form) for form in forms}
        | {json.dumps(form)[1:-1] for form in forms}
    )


def _connections(emulator: Any) -> dict[str, dict[str, Any]]:
    key = {"private_key": _encrypted(emulator.credentials.private_key), "private_key_passphrase": PASSPHRASE}
    return {
        "aam_server_to_server": emulator.connection("oauth_server_to_server"),
        "aam_jwt": emulator.connection("jwt", **key),
        "aam_legacy": emulator.connection("legacy_oauth"),
    }


def _encrypted(pem: str) -> str:
    from cryptography.hazmat.primitives import serialization

    key = serialization.load_pem_private_key(pem.encode(), password=None)
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(PASSPHRASE.encode()),
    ).decode()
