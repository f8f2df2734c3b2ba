"""Whether Airflow's OpenLineage provider is there and listens. Loads nothing of it where it is not installed."""

from __future__ import annotations


def is_listening() -> bool:
    try:
        from airflow.providers.openlineage.conf import is_disabled
    except ImportError:
        return False
    try:
        return not is_disabled()
    except Exception:  # noqa: BLE001  whatever is wrong with its configuration fails no task of ours
        return False
