"""Deferred sensors, one for each entry of the JSON file next to this one."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

from airflow.providers.common.compat.sdk import DAG

from airflow_provider_aam.sensors.feed import AAMDataFeedSensor
from airflow_provider_aam.sensors.inbound import AAMInboundSensor
from airflow_provider_aam.sensors.outbound import AAMOutboundSensor

KINDS = {"receipt": AAMInboundSensor, "ledger": AAMDataFeedSensor}
"""By an argument that only they have."""
SENSORS = json.loads(Path(__file__).with_suffix(".json").read_text())

with DAG("waiting", schedule=None, start_date=datetime(2026, 1, 1, tzinfo=UTC)):
    for name, arguments in SENSORS.items():
        sensor = next((KINDS[each] for each in KINDS if each in arguments), AAMOutboundSensor)
        sensor(task_id=name, deferrable=True, poke_interval=1, **arguments)
