"""A DAG that starts when a segment has grown or drift has appeared; the environment says where."""

from __future__ import annotations

import os
from datetime import UTC, datetime

from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.sdk import DAG, Asset, AssetWatcher

from airflow_provider_aam.triggers.watchers import AAMDriftWatcher, AAMPopulationWatcher

SID = int(os.environ["WATCHED_SID"])
watcher = AAMPopulationWatcher(kind="segments", sid=SID, at_least=1000, poll_interval=1)
GROWTH = Asset(f"aam://bank/segments/{SID}", watchers=[AssetWatcher(name="grows", trigger=watcher)])
drift = AAMDriftWatcher(
    source=os.environ["WATCHED_CATALOG"], prune=True, prune_scope={"dataSource": "ours"}, poll_interval=1
)
DRIFT = Asset("aam://bank/drift", watchers=[AssetWatcher(name="appears", trigger=drift)])

with DAG("watching", schedule=GROWTH | DRIFT, start_date=datetime(2026, 1, 1, tzinfo=UTC), catchup=False):
    EmptyOperator(task_id="start")
