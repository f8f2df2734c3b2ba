"""What AAM's REST API offers for each kind of object, as declarations. Adding a kind is adding an entry.

Fields, verbs and parameters as far as Adobe's documents and public clients show them; the authoritative Swagger has no
public copy. Where a list's paging is not evidenced (data sources, folders, users, …), everything is asked for at once.
"""

from __future__ import annotations

from collections.abc import Mapping

from airflow_provider_aam.api.resources.data_sources import DATA_SOURCES
from airflow_provider_aam.api.resources.declare import Action, Confidence, Endpoint, Resource, Type, Verb
from airflow_provider_aam.api.resources.destinations import DESTINATIONS, MAPPINGS
from airflow_provider_aam.api.resources.feeds import AVAILABLE_DATA_FEEDS, DATA_FEEDS
from airflow_provider_aam.api.resources.folders import SEGMENT_FOLDERS, TRAIT_FOLDERS
from airflow_provider_aam.api.resources.models import ALGORITHMS, DERIVED_SIGNALS, MODELS
from airflow_provider_aam.api.resources.people import GROUPS, USERS
from airflow_provider_aam.api.resources.reference import DCS_REGIONS, PARTNER_SITES, SCHEMAS, TAXONOMIES
from airflow_provider_aam.api.resources.reports import REPORTS
from airflow_provider_aam.api.resources.segments import SEGMENT_TEST_GROUPS, SEGMENTS
from airflow_provider_aam.api.resources.traits import TRAIT_TYPES, TRAITS

__all__ = [
    "ALGORITHMS",
    "AVAILABLE_DATA_FEEDS",
    "DATA_FEEDS",
    "DATA_SOURCES",
    "DCS_REGIONS",
    "DERIVED_SIGNALS",
    "DESTINATIONS",
    "GROUPS",
    "MAPPINGS",
    "MODELS",
    "PARTNER_SITES",
    "REPORTS",
    "RESOURCES",
    "SCHEMAS",
    "SEGMENTS",
    "SEGMENT_FOLDERS",
    "SEGMENT_TEST_GROUPS",
    "TAXONOMIES",
    "TRAITS",
    "TRAIT_FOLDERS",
    "TRAIT_TYPES",
    "UNLISTED",
    "USERS",
    "Action",
    "Confidence",
    "Endpoint",
    "Resource",
    "Type",
    "Verb",
]

RESOURCES: Mapping[str, Resource] = {
    resource.name: resource
    for resource in (
        SEGMENTS,
        TRAITS,
        SEGMENT_FOLDERS,
        TRAIT_FOLDERS,
        DATA_SOURCES,
        DESTINATIONS,
        MAPPINGS,
        DERIVED_SIGNALS,
        MODELS,
        ALGORITHMS,
        TAXONOMIES,
        TRAIT_TYPES,
        DCS_REGIONS,
        PARTNER_SITES,
        USERS,
        GROUPS,
        SEGMENT_TEST_GROUPS,
        DATA_FEEDS,
        AVAILABLE_DATA_FEEDS,
    )
}
"""Everything that has a list, so that it can be pulled."""

UNLISTED: Mapping[str, Resource] = {resource.name: resource for resource in (REPORTS, SCHEMAS)}
"""Declared for their actions only."""
