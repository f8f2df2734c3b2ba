"""The AAM client. Importable, and useful, with Airflow uninstalled.

The names load on first use: an operator module needs the error tree alone, and Airflow parses DAGs all day.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from airflow_provider_aam.api.client import AAMClient
    from airflow_provider_aam.api.config import AAMConfig

__all__ = ["AAMClient", "AAMConfig"]


def __getattr__(name: str) -> Any:
    if name == "AAMClient":
        from airflow_provider_aam.api.client import AAMClient

        return AAMClient
    if name == "AAMConfig":
        from airflow_provider_aam.api.config import AAMConfig

        return AAMConfig
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
