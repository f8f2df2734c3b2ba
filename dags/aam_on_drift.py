"""Starts by itself when someone has changed in the AAM UI what the catalog describes, or added to what it owns.

Airflow 3 only: on Airflow 2.11, which has no watchers, this file holds no DAG.
"""

import logging
from pathlib import Path

import pendulum
from airflow.providers.common.compat.sdk import DAG, Asset, task
from airflow.providers.common.compat.version_compat import AIRFLOW_V_3_0_PLUS

from airflow_provider_aam.triggers.watchers import AAMDriftWatcher

if AIRFLOW_V_3_0_PLUS:
    from airflow.sdk import AssetWatcher

    DRIFT = Asset(
        "aam://bank/drift",
        watchers=[
            AssetWatcher(
                name="appears",
                trigger=AAMDriftWatcher(
                    source=str(Path(__file__).with_name("catalog")),
                    prune=True,
                    prune_scope={"dataSource": "shop"},
                    poll_interval=3600,
                ),
            )
        ],
    )

    with DAG(
        "aam_on_drift",
        schedule=DRIFT,
        start_date=pendulum.datetime(2026, 1, 1, tz="UTC"),
        catchup=False,
        doc_md=__doc__,
        tags=["aam", "check"],
    ):

        @task
        def tell(triggering_asset_events: dict) -> list:
            payloads = [event.extra["payload"] for events in triggering_asset_events.values() for event in events]
            for payload in payloads:
                logging.getLogger(__name__).warning("%s", "\n".join(payload["differences"]))
            return payloads

        tell()
