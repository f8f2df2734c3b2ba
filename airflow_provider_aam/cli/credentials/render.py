"""The ways to write a Connection down: a command line, an environment variable, JSON."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Mapping
from typing import Any, Literal

from airflow_provider_aam.api.errors import AAMArgumentError
from airflow_provider_aam.api.redaction import HIDDEN
from airflow_provider_aam.hooks.form import HTTPS_PORT, SECRET_FIELDS

_VARIABLE = re.compile("[A-Za-z0-9_]+")


Form = Literal["env", "command", "json"]


def hide_secrets(connection: Mapping[str, Any]) -> dict[str, Any]:
    """The same with ``***`` for each secret."""
    extra = {key: HIDDEN if key in SECRET_FIELDS else value for key, value in connection["extra"].items()}
    return {**connection, "password": HIDDEN, "extra": extra}


def render(connection: Mapping[str, Any], conn_id: str, form: Form) -> str:
    """One line, but for JSON. Raises :class:`AAMArgumentError` for an id that cannot be part of a variable's name."""
    if form == "json":
        return json.dumps(connection, indent=2)
    if form == "env":
        if not _VARIABLE.fullmatch(conn_id):
            text = f"--conn-id {conn_id!r} fits no variable's name: use letters, digits and _, or another --format"
            raise AAMArgumentError.from_problems("The command line", [text])
        return f"export AIRFLOW_CONN_{conn_id.upper()}={shlex.quote(json.dumps(connection))}"
    options = [("type", connection["conn_type"]), ("host", connection.get("host")), ("port", str(HTTPS_PORT))]
    options += [("login", connection["login"]), ("password", connection["password"])]
    options += [("extra", json.dumps(connection["extra"]))]
    words = [word for name, value in options if value for word in (f"--conn-{name}", shlex.quote(value))]
    return " ".join(["airflow", "connections", "add", shlex.quote(conn_id), *words])
