"""Reads an Airflow Connection: its parts into a checked configuration, its secrets into Airflow's masker."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from airflow_provider_aam.api.errors import AAMConfigError
from airflow_provider_aam.hooks.form import FORM_PREFIX, HTTPS_PORT, SECRET_FIELDS
from airflow_provider_aam.hooks.masking import mask

if TYPE_CHECKING:
    from airflow_provider_aam.api.config import AAMConfig
    from airflow_provider_aam.compat import Connection


def read_config(connection: Connection) -> AAMConfig:
    """The checked Connection; its secrets are masked even when it is refused.

    Raises :class:`AAMConfigError` that names the Connection and every problem in it.
    """
    from airflow_provider_aam.api.config import AAMConfig

    name = f"Connection {connection.conn_id!r}"
    if password := (connection.password or "").strip():
        mask(password)
    return AAMConfig.from_connection(
        login=connection.login,
        password=connection.password,
        host=build_address(connection.host, port=connection.port, scheme=connection.schema),
        extra=_read_extra(connection, name),
        name=name,
    )


def build_address(host: str | None, *, port: int | None, scheme: str | None) -> str | None:
    """One address of the parts into which Airflow takes a Connection that is written as a URI.

    ``None`` without a host: a port or a scheme alone names no address. The form asks everyone for the port of https,
    so that one says nothing about an address.
    """
    if not host or not host.strip():
        return None
    given, separator, rest = host.strip().rpartition("://")
    start, slash, path = rest.partition("/")
    if port not in (None, 0, HTTPS_PORT) and not start.rpartition(":")[2].isdigit():
        start = f"{start}:{port}"
    scheme = given if separator else (scheme or "https")
    return f"{scheme}://{start}{slash}{path}"


def _read_extra(connection: Connection, name: str) -> Mapping[str, Any]:
    """Airflow's own reading turns broken JSON into an empty object, and every key would seem to be missing."""
    problem: str | None = None
    extra: Any = None
    try:
        extra = json.loads(connection.extra or "{}")
    except json.JSONDecodeError as broken:
        problem = f"extra is not JSON: {broken.msg} at line {broken.lineno}, column {broken.colno}"
    if problem is None and not isinstance(extra, dict):
        problem = f"extra must be a JSON object, not {type(extra).__name__}"
    if problem is not None:  # raised out here, or that exception would be its context, with the whole text in it
        del extra
        raise AAMConfigError.from_problems(name, [problem])
    for key in SECRET_FIELDS:
        if isinstance(secret := extra.get(key), str) and secret.strip():
            mask(secret.strip())
    masked = connection.extra_dejson  # masks what Airflow's settings call sensitive
    # The Test of Airflow 2.11's page sends every field twice, once under the name that its form has for it.
    return {key.removeprefix(FORM_PREFIX): value for key, value in masked.items()}
