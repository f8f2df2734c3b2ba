"""AAM's verdict on inbound files through Airflow's Connections, and the patience that waiting for it takes."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from airflow_provider_aam.api.errors import AAMDestinationError, AAMError
from airflow_provider_aam.api.moments import utc_now
from airflow_provider_aam.api.visible import one_line
from airflow_provider_aam.hooks.paths import names_in

if TYPE_CHECKING:
    from airflow_provider_aam.members.judging.inbound import Folders
    from airflow_provider_aam.members.judging.question import Question

log = logging.getLogger(__name__)


def folders(question: Question, conn_id: str | None) -> Folders:
    """Looks into folders; one that cannot be looked into is an error only where ``.processed`` marks are needed."""

    def look(uri: str) -> frozenset[str] | None:
        try:
            return names_in(uri, conn_id)
        except (AAMDestinationError, OSError) as unseen:
            if question.signal in ("marker", "both"):
                raise
            log.info("Files are not looked for, AAM's history alone counts: %s", one_line(str(unseen)))
            return None

    return look


@contextmanager
def patience(question: Question) -> Iterator[None]:
    """Trouble that may pass is logged, and raised only after the hard deadline."""
    try:
        yield
    except (AAMError, OSError) as trouble:
        passes = trouble.retryable if isinstance(trouble, AAMError) else True
        if not passes or utc_now() >= question.hard_deadline:
            raise
        log.warning("AAM's verdict could not be read, it will be tried again: %s", one_line(str(trouble)))
