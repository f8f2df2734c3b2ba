"""The patience that waiting for AAM takes."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from airflow_provider_aam.api.errors import AAMError
from airflow_provider_aam.api.moments import utc_now
from airflow_provider_aam.api.visible import one_line

log = logging.getLogger(__name__)


@contextmanager
def patience(deadline: datetime, what: str) -> Iterator[None]:
    """Trouble that may pass is logged, and raised only after the deadline. ``what`` is what could not be read."""
    try:
        yield
    except (AAMError, OSError) as trouble:
        passes = trouble.retryable if isinstance(trouble, AAMError) else True
        if not passes or utc_now() >= deadline:
            raise
        log.warning("%s could not be read, it will be tried again: %s", what, one_line(str(trouble)))
