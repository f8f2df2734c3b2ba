"""Desired state of an AAM account, from files kept in git: read → check → plan → apply; and the way back, export.

The only door to this package: whoever is outside takes these names. They load on first use, as those of
:mod:`airflow_provider_aam.api` do.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from airflow_provider_aam.catalog.applying.deleting import delete as delete
    from airflow_provider_aam.catalog.applying.deleting import deletion_problems as deletion_problems
    from airflow_provider_aam.catalog.applying.deleting import name_objects as name_objects
    from airflow_provider_aam.catalog.applying.effects import Effect as Effect
    from airflow_provider_aam.catalog.applying.effects import Effects as Effects
    from airflow_provider_aam.catalog.applying.push import apply_saved as apply_saved
    from airflow_provider_aam.catalog.applying.push import make_plan as make_plan
    from airflow_provider_aam.catalog.applying.push import push as push
    from airflow_provider_aam.catalog.applying.receipt import PushReceipt as PushReceipt
    from airflow_provider_aam.catalog.checking.check import Catalog as Catalog
    from airflow_provider_aam.catalog.checking.schema import build_schema as build_schema
    from airflow_provider_aam.catalog.checking.schema import render_catalog_schema as render_catalog_schema
    from airflow_provider_aam.catalog.checking.schema import render_schema as render_schema
    from airflow_provider_aam.catalog.checking.sources import Source as Source
    from airflow_provider_aam.catalog.checking.sources import Uri as Uri
    from airflow_provider_aam.catalog.checking.sources import check as check
    from airflow_provider_aam.catalog.checking.sources import load as load
    from airflow_provider_aam.catalog.checking.sources import ways_to_match as ways_to_match
    from airflow_provider_aam.catalog.exporting.export import ExportReceipt as ExportReceipt
    from airflow_provider_aam.catalog.exporting.export import export_catalog as export_catalog
    from airflow_provider_aam.catalog.impact.find import Impact as Impact
    from airflow_provider_aam.catalog.impact.find import impact_in_account as impact_in_account
    from airflow_provider_aam.catalog.impact.find import impact_in_catalog as impact_in_catalog
    from airflow_provider_aam.catalog.kinds import KINDS as KINDS
    from airflow_provider_aam.catalog.kinds import Kind as Kind
    from airflow_provider_aam.catalog.plan.plan import Plan as Plan
    from airflow_provider_aam.catalog.plan.render import account_of as account_of
    from airflow_provider_aam.catalog.plan.render import render_plan as render_plan
    from airflow_provider_aam.catalog.plan.saved import read_plan as read_plan
    from airflow_provider_aam.catalog.plan.saved import sha256_of as sha256_of
    from airflow_provider_aam.catalog.plan.summary import render_changes as render_changes
    from airflow_provider_aam.catalog.plan.summary import summarise as summarise
    from airflow_provider_aam.catalog.planning.delete import Deletion as Deletion
    from airflow_provider_aam.catalog.planning.drift import Drift as Drift
    from airflow_provider_aam.catalog.planning.drift import find_drift as find_drift
    from airflow_provider_aam.catalog.planning.guards import Guards as Guards
    from airflow_provider_aam.catalog.planning.options import PlanOptions as PlanOptions
    from airflow_provider_aam.catalog.planning.options import option_problems as option_problems
    from airflow_provider_aam.catalog.planning.prune import check_scope as check_scope
    from airflow_provider_aam.catalog.reading.recognise import kind_of_name as kind_of_name

_ROOMS = {
    "applying.effects": ("Effect", "Effects"),
    "applying.push": ("apply_saved", "make_plan", "push"),
    "applying.receipt": ("PushReceipt",),
    "checking.check": ("Catalog",),
    "checking.schema": ("build_schema", "render_catalog_schema", "render_schema"),
    "applying.deleting": ("delete", "deletion_problems", "name_objects"),
    "exporting.export": ("ExportReceipt", "export_catalog"),
    "impact.find": ("Impact", "impact_in_account", "impact_in_catalog"),
    "kinds": ("KINDS", "Kind"),
    "plan.plan": ("Plan",),
    "plan.render": ("account_of", "render_plan"),
    "plan.saved": ("read_plan", "sha256_of"),
    "plan.summary": ("render_changes", "summarise"),
    "planning.delete": ("Deletion",),
    "planning.drift": ("Drift", "find_drift"),
    "planning.guards": ("Guards",),
    "planning.options": ("PlanOptions", "option_problems"),
    "planning.prune": ("check_scope",),
    "reading.recognise": ("kind_of_name",),
    "checking.sources": ("Source", "Uri", "check", "load", "ways_to_match"),
}
EXPORTS = {name: room for room, names in _ROOMS.items() for name in names}


def __getattr__(name: str) -> Any:
    if name not in EXPORTS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{EXPORTS[name]}"), name)
