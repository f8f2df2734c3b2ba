"""Data sources and traits before a push, as other servers than the emulator may write them."""

from __future__ import annotations

import pytest

from airflow_provider_aam.account.account import Account
from airflow_provider_aam.account.names import Names
from airflow_provider_aam.api.errors import AAMArgumentError
from airflow_provider_aam.members.reading.preflight import find_sources, find_traits

UNSET = {"useAudienceManagerVisitorID": "false", "marketingCloudVisitorIdVersion": "0"}


def test_ids_and_settings_may_be_text(emulator, connect):
    source = {"dataSourceId": "478", "name": "CRM", "integrationCode": "crm", **UNSET}
    trait = {"name": "Gold", "traitType": "ON_BOARDED_TRAIT"}
    traits = [{**trait, "sid": "24", "dataSourceId": "478"}, {**trait, "sid": "27", "dataSourceId": "567"}]
    emulator.trouble("GET /v1/datasources", "status", times=None, status=200, body=[source])
    emulator.trouble("GET /v1/traits", "status", times=None, status=200, body={"total": "2", "list": traits})
    account = Account(connect())
    found = find_sources(Names[int](account), "crm", None)
    assert (found.source_id, found.id_format.name) == (478, "customer ID")
    assert find_traits(account, 478, ["24"], are_sids=True) == {"24": 24}
    with pytest.raises(AAMArgumentError, match="trait 27 “Gold” belongs to data source 567, not to 478"):
        find_traits(account, 478, ["27"], are_sids=True)
