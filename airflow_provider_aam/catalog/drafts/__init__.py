"""What one desired object may say, per kind: names, types, limits. Schemas and the catalog reference are made of it."""

from __future__ import annotations

from airflow_provider_aam.catalog.drafts.base import Draft, Reference
from airflow_provider_aam.catalog.drafts.data_sources import DataSourceDraft
from airflow_provider_aam.catalog.drafts.destinations import DestinationDraft
from airflow_provider_aam.catalog.drafts.fields import LARGEST_DAYS, LONGEST_NAME, Key
from airflow_provider_aam.catalog.drafts.folders import FolderDraft, SegmentFolderDraft, TraitFolderDraft
from airflow_provider_aam.catalog.drafts.mappings import MappingDraft
from airflow_provider_aam.catalog.drafts.models import ModelDraft
from airflow_provider_aam.catalog.drafts.segments import SegmentDraft
from airflow_provider_aam.catalog.drafts.signals import DerivedSignalDraft
from airflow_provider_aam.catalog.drafts.trait_types import TraitTypeDraft
from airflow_provider_aam.catalog.drafts.traits import TraitDraft

__all__ = [
    "LARGEST_DAYS",
    "LONGEST_NAME",
    "DataSourceDraft",
    "DerivedSignalDraft",
    "DestinationDraft",
    "Draft",
    "FolderDraft",
    "Key",
    "MappingDraft",
    "ModelDraft",
    "Reference",
    "SegmentDraft",
    "SegmentFolderDraft",
    "TraitDraft",
    "TraitFolderDraft",
    "TraitTypeDraft",
]
