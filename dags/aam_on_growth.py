"""Starts by itself when segment 77 passes a million users, and when AAM has sent files to destination 12.

Airflow 3 only: on Airflow 2.11, which has no watchers, this file holds no DAG.
"""

import logging

import pendulum
from airflow.providers.common.compat.sdk import DAG, Asset, task
from airflow.providers.common.compat.version_compat import AIRFLOW_V_3_0_PLUS

from airflow_provider_aam.triggers.watchers import AAMDeliveryWatcher, AAMPopulationWatcher

if AIRFLOW_V_3_0_PLUS:
    from airflow.sdk import AssetWatcher

    GROWTH = Asset(
        "aam://bank/segments/77",
        watchers=[
            AssetWatcher(
                name="passes a million",
                trigger=AAMPopulationWatcher(kind="segments", sid=77, at_least=1_000_000, poll_interval=1800),
            )
        ],
    )
    SENT = Asset(
        "aam://bank/destinations/12/deliveries",
        watchers=[
            AssetWatcher(
                name="is sent",
                trigger=AAMDeliveryWatcher(destination=12, poll_interval=1800),
            )
        ],
    )

    with DAG(
        "aam_on_growth",
        schedule=GROWTH | SENT,
        start_date=pendulum.datetime(2026, 1, 1, tz="UTC"),
        catchup=False,
        doc_md=__doc__,
        tags=["aam", "check"],
    ):

        @task
        def tell(triggering_asset_events: dict) -> list:
            payloads = [event.extra["payload"] for events in triggering_asset_events.values() for event in events]
            for payload in payloads:
                logging.getLogger(__name__).info("%s", payload)
            return payloads

        tell()
