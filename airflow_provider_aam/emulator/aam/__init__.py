"""The resources of the Audience Manager API, one folder each, all laid out alike.

`service.py`, in every folder: its resources, the handlers of routes that do not follow from these, and `SERVICE`, which
registers them: collections, routes, the documentation page, limits, `add` and `seed` follow from it. A longer one keeps
its fields and query parameters in `fields.py`, what must hold of an object and what AAM does to it in `rules.py`, the
grammar of its rule in `expression.py`, invented numbers in `figures.py`. `trees.py`, `dates.py` and `validation.py` are
shared. A new resource is a folder, as a rule of one file, and an entry in `SERVICES`; from outside of the package it
is `running_emulator(services=…)`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_provider_aam.emulator.aam.data_feeds.service import SERVICE as DATA_FEEDS
from airflow_provider_aam.emulator.aam.datasources.service import SERVICE as DATASOURCES
from airflow_provider_aam.emulator.aam.dcs_regions.service import SERVICE as DCS_REGIONS
from airflow_provider_aam.emulator.aam.derived_signals.service import SERVICE as DERIVED_SIGNALS
from airflow_provider_aam.emulator.aam.destinations.service import SERVICE as DESTINATIONS
from airflow_provider_aam.emulator.aam.groups.service import SERVICE as GROUPS
from airflow_provider_aam.emulator.aam.mappings.service import SERVICE as MAPPINGS
from airflow_provider_aam.emulator.aam.models.service import SERVICE as MODELS
from airflow_provider_aam.emulator.aam.partner_sites.service import SERVICE as PARTNER_SITES
from airflow_provider_aam.emulator.aam.reports.service import SERVICE as REPORTS
from airflow_provider_aam.emulator.aam.segment_folders.service import SERVICE as SEGMENT_FOLDERS
from airflow_provider_aam.emulator.aam.segments.service import SERVICE as SEGMENTS
from airflow_provider_aam.emulator.aam.taxonomies.service import SERVICE as TAXONOMIES
from airflow_provider_aam.emulator.aam.test_groups.service import SERVICE as TEST_GROUPS
from airflow_provider_aam.emulator.aam.trait_folders.service import SERVICE as TRAIT_FOLDERS
from airflow_provider_aam.emulator.aam.trait_types.service import SERVICE as TRAIT_TYPES
from airflow_provider_aam.emulator.aam.traits.service import SERVICE as TRAITS
from airflow_provider_aam.emulator.aam.users.service import SERVICE as USERS
from airflow_provider_aam.emulator.aam.validation import LIMITS, VALIDATION

if TYPE_CHECKING:
    from airflow_provider_aam.emulator.core.service import Service

# In the order of the documentation page.
SERVICES: tuple[Service, ...] = (
    SEGMENTS,
    TRAITS,
    TRAIT_FOLDERS,
    SEGMENT_FOLDERS,
    DATASOURCES,
    DESTINATIONS,
    MAPPINGS,
    DERIVED_SIGNALS,
    MODELS,
    TAXONOMIES,
    TRAIT_TYPES,
    DCS_REGIONS,
    PARTNER_SITES,
    USERS,
    GROUPS,
    REPORTS,
    LIMITS,
    VALIDATION,
    TEST_GROUPS,
    DATA_FEEDS,
)
