"""The files that Adobe's developer console would have given, for the emulator's credential."""

from __future__ import annotations

import json
import os
import shlex
from typing import TYPE_CHECKING

from airflow_provider_aam.emulator.credentials import AUTHS, connection_json

if TYPE_CHECKING:
    from pathlib import Path

    from airflow_provider_aam.emulator.credentials import Credentials

JWT_FILE = "jwt-credentials.json"
KEY_FILE = "private.key"
SERVER_TO_SERVER_FILE = "server-to-server-credentials.json"
CONNECTIONS_FILE = "airflow-connections.env"
_TITLES = {
    "oauth_server_to_server": "OAuth server-to-server",
    "jwt": "JWT service account",
    "legacy_oauth": "Legacy OAuth",
}


def write_console_files(credentials: Credentials, url: str, directory: Path) -> list[Path]:
    """Write all of them, readable by their owner only, and return where they are."""
    directory.mkdir(parents=True, exist_ok=True)
    account = {
        "TECHNICAL_ACCOUNT_ID": credentials.technical_account_id,
        "TECHNICAL_ACCOUNT_EMAIL": credentials.technical_account_email,
    }
    jwt = {
        "CLIENT_SECRET": credentials.client_secret,
        "ORG_ID": credentials.org_id,
        "API_KEY": credentials.client_id,
        **account,
        "PUBLIC_KEYS_WITH_EXPIRY": {"5b0d4c1f2e6a7988c0d1e2f3a4b5c6d7e8f90a1b": "03/01/2036"},
    }
    server_to_server = {
        "ORG_ID": credentials.org_id,
        "CLIENT_ID": credentials.client_id,
        "CLIENT_SECRETS": [credentials.client_secret],
        "SCOPES": list(credentials.scopes),
        **account,
    }
    contents = {
        JWT_FILE: json.dumps(jwt, indent=2) + "\n",
        KEY_FILE: credentials.private_key,
        SERVER_TO_SERVER_FILE: json.dumps(server_to_server, indent=2) + "\n",
        CONNECTIONS_FILE: _connections(credentials, url),
    }
    return [_write_private(directory / name, text) for name, text in contents.items()]


def connection_line(credentials: Credentials, url: str, auth: str) -> str:
    """Return a shell line that gives Airflow its Connection `aam_default`."""
    return f"export AIRFLOW_CONN_AAM_DEFAULT={shlex.quote(connection_json(credentials, url, auth, {}))}"


def _connections(credentials: Credentials, url: str) -> str:
    """The first line is in force, the others wait for their comment mark to be removed."""
    parts = []
    for number, auth in enumerate(AUTHS):
        line = connection_line(credentials, url, auth)
        parts.append(f"# {_TITLES[auth]}\n{'# ' if number else ''}{line}\n")
    return "\n".join(parts)


def _write_private(path: Path, text: str) -> Path:
    """A new file in place of whatever has the name: nothing is written through a link to another one."""
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
    return path
