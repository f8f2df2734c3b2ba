"""The resources of the Audience Manager API, one folder each: fields, rules, routes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_provider_aam.emulator.aam.datasources.routes import DATA_SOURCES
from airflow_provider_aam.emulator.aam.datasources.routes import ROUTES as DATA_SOURCE_ROUTES
from airflow_provider_aam.emulator.aam.folders.routes import ROUTES as FOLDER_ROUTES
from airflow_provider_aam.emulator.aam.segments.routes import ROUTES as SEGMENT_ROUTES
from airflow_provider_aam.emulator.aam.segments.routes import SEGMENTS
from airflow_provider_aam.emulator.aam.traits.routes import ROUTES as TRAIT_ROUTES
from airflow_provider_aam.emulator.aam.traits.routes import TRAITS
from airflow_provider_aam.emulator.aam.users.routes import ROUTES as USER_ROUTES

if TYPE_CHECKING:
    from airflow_provider_aam.emulator.core.call import Route
    from airflow_provider_aam.emulator.core.resource import Resource

ROUTES: tuple[Route, ...] = (*TRAIT_ROUTES, *SEGMENT_ROUTES, *FOLDER_ROUTES, *DATA_SOURCE_ROUTES, *USER_ROUTES)
RESOURCES: tuple[Resource, ...] = (TRAITS, SEGMENTS, DATA_SOURCES)
