"""Airflow finds the page by its entry point, on each version; only 3.3 gets one."""

from __future__ import annotations

from importlib.metadata import entry_points

from airflow_provider_aam.compat import AIRFLOW_V_3_3_PLUS
from airflow_provider_aam.ui.plugin import AudienceManagerPlugin


def test_entry_point_leads_to_the_plugin():
    (found,) = [each for each in entry_points(group="airflow.plugins") if each.name == "audience_manager"]
    assert found.load() is AudienceManagerPlugin


def test_page_is_there_on_airflow_that_has_what_it_is_made_of_and_absent_elsewhere():
    plugin = AudienceManagerPlugin()
    assert len(plugin.react_apps) == len(plugin.fastapi_apps) == int(AIRFLOW_V_3_3_PLUS)
