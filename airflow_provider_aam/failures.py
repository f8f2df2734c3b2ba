"""The only place that turns our errors into Airflow's words: fail now, or fail and be retried."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from airflow_provider_aam.api.errors import AAMError
from airflow_provider_aam.compat import AirflowFailException


@contextmanager
def task_failures() -> Iterator[None]:
    """Errors that a retry cannot mend (a wrong secret, a broken file) fail the task at once, the others as usual.

    Without their causes: the message says what those say, and a log that shows both says it twice.
    """
    try:
        yield
    except AAMError as error:
        if error.retryable:
            raise error from None
        raise AirflowFailException(error.message) from None
