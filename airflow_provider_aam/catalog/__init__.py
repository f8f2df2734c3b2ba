"""Desired state of an AAM account, from files kept in git: read → check → plan → apply; and the way back, export.

The only door to this package: whoever is outside takes these names. They load on first use, as those of
:mod:`airflow_provider_aam.api` do.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from airflow_provider_aam.catalog.applying.deleting import delete, deletion_problems, name_objects
    from airflow_provider_aam.catalog.applying.push import apply_saved as apply
    from airflow_provider_aam.catalog.applying.push import make_plan, push
    from airflow_provider_aam.catalog.applying.receipt import PushReceipt
    from airflow_provider_aam.catalog.checking.check import Catalog
    from airflow_provider_aam.catalog.checking.schema import build_schema, render_catalog_schema, render_schema
    from airflow_provider_aam.catalog.checking.sources import Source, Uri, check, load, ways_to_match
    from airflow_provider_aam.catalog.exporting.export import ExportReceipt
    from airflow_provider_aam.catalog.exporting.export import export_catalog as export
    from airflow_provider_aam.catalog.kinds import KINDS, Kind
    from airflow_provider_aam.catalog.plan.plan import Plan
    from airflow_provider_aam.catalog.plan.render import render_plan
    from airflow_provider_aam.catalog.plan.saved import read_plan, sha256_of
    from airflow_provider_aam.catalog.plan.summary import render_changes, summarise
    from airflow_provider_aam.catalog.planning.delete import Deletion
    from airflow_provider_aam.catalog.planning.guards import Guards
    from airflow_provider_aam.catalog.planning.options import PlanOptions
    from airflow_provider_aam.catalog.planning.prune import check_scope
    from airflow_provider_aam.catalog.reading.recognise import kind_of_name

__all__ = [
    "KINDS",
    "Catalog",
    "Deletion",
    "ExportReceipt",
    "Guards",
    "Kind",
    "Plan",
    "PlanOptions",
    "PushReceipt",
    "Source",
    "Uri",
    "apply",
    "build_schema",
    "check",
    "check_scope",
    "delete",
    "deletion_problems",
    "export",
    "kind_of_name",
    "load",
    "make_plan",
    "name_objects",
    "push",
    "read_plan",
    "render_catalog_schema",
    "render_changes",
    "render_plan",
    "render_schema",
    "sha256_of",
    "summarise",
    "ways_to_match",
]

_ROOMS = {
    "applying.push": ("make_plan", "push"),
    "applying.receipt": ("PushReceipt",),
    "checking.check": ("Catalog",),
    "checking.schema": ("build_schema", "render_catalog_schema", "render_schema"),
    "applying.deleting": ("delete", "deletion_problems", "name_objects"),
    "exporting.export": ("ExportReceipt",),
    "kinds": ("KINDS", "Kind"),
    "plan.plan": ("Plan",),
    "plan.render": ("render_plan",),
    "plan.saved": ("read_plan", "sha256_of"),
    "plan.summary": ("render_changes", "summarise"),
    "planning.delete": ("Deletion",),
    "planning.guards": ("Guards",),
    "planning.options": ("PlanOptions",),
    "planning.prune": ("check_scope",),
    "reading.recognise": ("kind_of_name",),
    "checking.sources": ("Source", "Uri", "check", "load", "ways_to_match"),
}
_HOMES = {name: (room, name) for room, names in _ROOMS.items() for name in names} | {
    "apply": ("applying.push", "apply_saved"),
    "export": ("exporting.export", "export_catalog"),
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    room, inside = _HOMES[name]
    return getattr(import_module(f"{__name__}.{room}"), inside)
