"""What lineage needs, apart from the rest. Without the OpenLineage client its classes make ``None``."""

from __future__ import annotations

from airflow.providers.common.compat.openlineage.facet import Dataset

__all__ = ["Dataset"]
