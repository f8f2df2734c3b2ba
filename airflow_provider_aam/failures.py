"""The only place that turns our errors into Airflow's words: fail now, or fail and be retried."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from airflow_provider_aam.api.errors import AAMError
from airflow_provider_aam.api.guide import runbook, use_docs_url, where
from airflow_provider_aam.compat import AirflowFailException, conf

log = logging.getLogger(__name__)


def read_docs_url() -> None:
    """Let messages name the site that ``[aam] docs_url`` gives."""
    use_docs_url(conf.get("aam", "docs_url", fallback=None))


@contextmanager
def task_failures() -> Iterator[None]:
    """Errors that a retry cannot mend (a wrong secret, a broken file) fail the task at once, the others as usual.

    Without their causes: the message says what those say, and a log that shows both says it twice.
    """
    read_docs_url()
    try:
        yield
    except AAMError as error:
        log.warning("What this error means, and what to do: %s", where(*runbook(type(error))))
        if error.retryable:
            raise error from None
        raise AirflowFailException(error.message) from None
