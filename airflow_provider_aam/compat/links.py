"""What links of operators need, apart from the rest."""

from __future__ import annotations

from airflow.providers.common.compat.sdk import XCom

__all__ = ["XCom"]
