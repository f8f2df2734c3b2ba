"""What triggers need, apart from the rest: importing it takes 15 ms on Airflow 3.3."""

from __future__ import annotations

from airflow.providers.common.compat.connection import get_async_connection
from airflow.triggers.base import BaseTrigger, TriggerEvent

__all__ = ["BaseTrigger", "TriggerEvent", "get_async_connection"]
