"""The resources of the Audience Manager API, one folder each: fields, rules, routes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_provider_aam.emulator.aam.data_feeds.routes import ROUTES as DATA_FEED_ROUTES
from airflow_provider_aam.emulator.aam.datasources.inbound import ROUTES as INBOUND_ROUTES
from airflow_provider_aam.emulator.aam.datasources.routes import DATA_SOURCES
from airflow_provider_aam.emulator.aam.datasources.routes import ROUTES as DATA_SOURCE_ROUTES
from airflow_provider_aam.emulator.aam.dcs_regions.routes import DCS_REGIONS
from airflow_provider_aam.emulator.aam.dcs_regions.routes import ROUTES as DCS_REGION_ROUTES
from airflow_provider_aam.emulator.aam.derived_signals.routes import DERIVED_SIGNALS
from airflow_provider_aam.emulator.aam.derived_signals.routes import ROUTES as DERIVED_SIGNAL_ROUTES
from airflow_provider_aam.emulator.aam.destinations.routes import DESTINATIONS
from airflow_provider_aam.emulator.aam.destinations.routes import ROUTES as DESTINATION_ROUTES
from airflow_provider_aam.emulator.aam.folders.routes import ROUTES as FOLDER_ROUTES
from airflow_provider_aam.emulator.aam.groups.routes import GROUPS
from airflow_provider_aam.emulator.aam.groups.routes import ROUTES as GROUP_ROUTES
from airflow_provider_aam.emulator.aam.mappings.routes import MAPPINGS
from airflow_provider_aam.emulator.aam.mappings.routes import ROUTES as MAPPING_ROUTES
from airflow_provider_aam.emulator.aam.models.routes import MODELS
from airflow_provider_aam.emulator.aam.models.routes import ROUTES as MODEL_ROUTES
from airflow_provider_aam.emulator.aam.partner_sites.routes import PARTNER_SITES
from airflow_provider_aam.emulator.aam.partner_sites.routes import ROUTES as PARTNER_SITE_ROUTES
from airflow_provider_aam.emulator.aam.reports.routes import ROUTES as REPORT_ROUTES
from airflow_provider_aam.emulator.aam.segments.estimates import ROUTES as ESTIMATE_ROUTES
from airflow_provider_aam.emulator.aam.segments.routes import ROUTES as SEGMENT_ROUTES
from airflow_provider_aam.emulator.aam.segments.routes import SEGMENTS
from airflow_provider_aam.emulator.aam.taxonomies.routes import ROUTES as TAXONOMY_ROUTES
from airflow_provider_aam.emulator.aam.test_groups.routes import ROUTES as TEST_GROUP_ROUTES
from airflow_provider_aam.emulator.aam.test_groups.routes import TEST_GROUPS
from airflow_provider_aam.emulator.aam.trait_types.routes import ROUTES as TRAIT_TYPE_ROUTES
from airflow_provider_aam.emulator.aam.trait_types.routes import TRAIT_TYPES
from airflow_provider_aam.emulator.aam.traits.routes import ROUTES as TRAIT_ROUTES
from airflow_provider_aam.emulator.aam.traits.routes import TRAITS
from airflow_provider_aam.emulator.aam.users.routes import ROUTES as USER_ROUTES
from airflow_provider_aam.emulator.aam.users.routes import USERS

if TYPE_CHECKING:
    from airflow_provider_aam.emulator.core.call import Route
    from airflow_provider_aam.emulator.core.resource import Resource

ROUTES: tuple[Route, ...] = (
    *TRAIT_ROUTES,
    *SEGMENT_ROUTES,
    *FOLDER_ROUTES,
    *DATA_SOURCE_ROUTES,
    *DESTINATION_ROUTES,
    *MAPPING_ROUTES,
    *DERIVED_SIGNAL_ROUTES,
    *MODEL_ROUTES,
    *USER_ROUTES,
    *INBOUND_ROUTES,
    *TAXONOMY_ROUTES,
    *TRAIT_TYPE_ROUTES,
    *DCS_REGION_ROUTES,
    *PARTNER_SITE_ROUTES,
    *GROUP_ROUTES,
    *REPORT_ROUTES,
    *ESTIMATE_ROUTES,
    *TEST_GROUP_ROUTES,
    *DATA_FEED_ROUTES,
)
RESOURCES: tuple[Resource, ...] = (
    TRAITS,
    SEGMENTS,
    DATA_SOURCES,
    DESTINATIONS,
    MAPPINGS,
    DERIVED_SIGNALS,
    MODELS,
    TRAIT_TYPES,
    DCS_REGIONS,
    PARTNER_SITES,
    USERS,
    GROUPS,
    TEST_GROUPS,
)
