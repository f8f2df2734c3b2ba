"""What tests read of Airflow's own database: asset events."""

from __future__ import annotations

from typing import Any

from airflow_provider_aam.compat import AIRFLOW_V_3_0_PLUS


def extras_of_events(uri: str) -> list[dict[str, Any]]:
    """The extra of each event of the Asset."""
    from airflow.utils.session import create_session
    from sqlalchemy import select

    if AIRFLOW_V_3_0_PLUS:
        from airflow.models.asset import AssetEvent as Event
        from airflow.models.asset import AssetModel as Model

        query = select(Event.extra).join(Model, Model.id == Event.asset_id).where(Model.uri == uri)
    else:
        from airflow.models.dataset import DatasetEvent as Event
        from airflow.models.dataset import DatasetModel as Model

        query = select(Event.extra).join(Model, Model.id == Event.dataset_id).where(Model.uri == uri)
    with create_session() as session:
        return list(session.scalars(query))
