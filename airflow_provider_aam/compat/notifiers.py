"""What notifiers need, apart from the rest."""

from __future__ import annotations

from airflow.providers.common.compat.notifier import BaseNotifier

__all__ = ["BaseNotifier"]
