"""Logs of this package, while a command says the same better."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def quiet(least: int) -> Iterator[None]:
    """Drop records of this package below the level ``least``."""
    log = logging.getLogger("airflow_provider_aam")
    before = log.level
    log.setLevel(least)
    try:
        yield
    finally:
        log.setLevel(before)
