"""The only place that turns our errors into Airflow's words: fail now, or fail and be retried."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from airflow_provider_aam.api.errors import AAMConfigError, AAMError
from airflow_provider_aam.api.guide import IN_AIRFLOW, runbook, use_docs_url, where
from airflow_provider_aam.compat import (
    SERVES_DOCUMENTATION,
    AirflowFailException,
    AirflowNotFoundException,
    airflow_address,
    conf,
)

log = logging.getLogger(__name__)

SECRETS_BACKENDS = (("secrets", "backend"), ("workers", "secrets_backend"))


def read_docs_url() -> None:
    """Let messages name the site that ``[aam] docs_url`` gives, else the pages that this Airflow serves."""
    airflow = airflow_address() if SERVES_DOCUMENTATION else ""
    use_docs_url(conf.get("aam", "docs_url", fallback=None) or (airflow and f"{airflow}/{IN_AIRFLOW}"))


def may_turn_up() -> bool:
    """Whether a Connection that Airflow does not find may exist: a secrets backend that is away looks the same."""
    return any(conf.get(section, option, fallback=None) for section, option in SECRETS_BACKENDS)


@contextmanager
def task_failures() -> Iterator[None]:
    """Errors that a retry cannot mend (a wrong secret, no such Connection) fail the task at once, the others as usual.

    Without their causes: the message says what those say, and a log that shows both says it twice.
    """
    read_docs_url()
    try:
        yield
    except AAMError as error:
        _explain(type(error))
        if error.retryable:
            raise error from None
        raise AirflowFailException(error.message) from None
    except AirflowNotFoundException as missing:
        _explain(AAMConfigError)
        if may_turn_up():
            raise
        raise AirflowFailException(str(missing)) from None


def _explain(kind: type[AAMError]) -> None:
    log.warning("What this error means, and what to do: %s", where(*runbook(kind)))
