"""Where a command outside of a task may look for Connections."""

from __future__ import annotations

import os


def look_into_the_database() -> None:
    """Let Airflow 3 find Connections of its metadata database as well, as its own `airflow connections test` does.

    Without a task supervisor its task SDK knows environment variables and secrets backends only. Call it before Airflow
    reads a Connection; a value that is set already stays.
    """
    os.environ.setdefault("_AIRFLOW_PROCESS_CONTEXT", "server")
