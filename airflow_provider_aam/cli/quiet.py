"""Logs of this package and of Airflow, while a command says the same better."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

# They log that they look for a Connection, and a traceback for an extra that is not JSON.
_READERS_OF_CONNECTIONS = ("airflow.sdk.definitions.connection", "airflow.models.connection", "airflow.hooks.base")


@contextmanager
def quiet(least: int) -> Iterator[None]:
    """Drop records of this package below the level ``least``, and Airflow's about a Connection that it reads."""
    levels = {"airflow_provider_aam": least, **dict.fromkeys(_READERS_OF_CONNECTIONS, logging.CRITICAL)}
    before = {name: logging.getLogger(name).level for name in levels}
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)
    try:
        yield
    finally:
        for name, level in before.items():
            logging.getLogger(name).setLevel(level)
