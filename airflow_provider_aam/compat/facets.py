"""OpenLineage's own names. Only its provider leads here: importing this fails where it is not installed."""

from __future__ import annotations

from airflow.providers.common.compat.openlineage.facet import (
    ColumnLineageDatasetFacet,
    Dataset,
    DocumentationDatasetFacet,
    Fields,
    InputField,
    LifecycleStateChange,
    LifecycleStateChangeDatasetFacet,
    OutputDataset,
    OutputStatisticsOutputDatasetFacet,
    SchemaDatasetFacet,
    SchemaDatasetFacetFields,
)
from airflow.providers.openlineage.extractors import OperatorLineage
from openlineage.client.generated.column_lineage_dataset import Transformation

__all__ = [
    "ColumnLineageDatasetFacet",
    "Dataset",
    "DocumentationDatasetFacet",
    "Fields",
    "InputField",
    "LifecycleStateChange",
    "LifecycleStateChangeDatasetFacet",
    "OperatorLineage",
    "OutputDataset",
    "OutputStatisticsOutputDatasetFacet",
    "SchemaDatasetFacet",
    "SchemaDatasetFacetFields",
    "Transformation",
]
