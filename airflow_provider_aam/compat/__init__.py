"""The only folder that knows Airflow versions. Everything else imports Airflow's names from here."""

from __future__ import annotations

from airflow.providers.common.compat.sdk import (
    AirflowException,
    AirflowFailException,
    AirflowNotFoundException,
    Asset,
    BaseHook,
    BaseOperator,
    BaseOperatorLink,
    Connection,
    Context,
    ObjectStoragePath,
    conf,
    mask_secret,
)
from airflow.providers.common.compat.version_compat import AIRFLOW_V_3_0_PLUS, AIRFLOW_V_3_3_PLUS

__all__ = [
    "AIRFLOW_V_3_0_PLUS",
    "AIRFLOW_V_3_3_PLUS",
    "SERVES_DOCUMENTATION",
    "AirflowException",
    "AirflowFailException",
    "AirflowNotFoundException",
    "Asset",
    "BaseHook",
    "BaseOperator",
    "BaseOperatorLink",
    "Connection",
    "Context",
    "ObjectStoragePath",
    "airflow_address",
    "conf",
    "mask_secret",
]

SERVES_DOCUMENTATION = AIRFLOW_V_3_3_PLUS or not AIRFLOW_V_3_0_PLUS
"""Whether our plugin has a place there for pages."""
DEFAULT_ADDRESS = "" if AIRFLOW_V_3_0_PLUS else "http://localhost:8080"


def airflow_address() -> str:
    """Of Airflow's UI, without a slash at the end; empty where nobody has configured it."""
    given = conf.get("api" if AIRFLOW_V_3_0_PLUS else "webserver", "base_url", fallback=None) or ""
    return "" if given == DEFAULT_ADDRESS else given.rstrip("/")
