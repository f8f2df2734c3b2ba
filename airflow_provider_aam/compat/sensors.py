"""What sensors need, apart from the rest: importing it takes 15 ms on Airflow 2.11."""

from __future__ import annotations

from airflow.providers.common.compat.sdk import BaseSensorOperator, PokeReturnValue, conf

__all__ = ["BaseSensorOperator", "PokeReturnValue", "conf"]
