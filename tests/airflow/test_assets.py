"""``aam://…`` as a scheme of Assets."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest

from airflow_provider_aam import assets
from airflow_provider_aam.compat import AIRFLOW_V_3_0_PLUS, Asset


@pytest.mark.parametrize(
    ("written", "uri"),
    [
        ("aam://Bank/Segments/12/", "aam://bank/segments/12"),
        ("AAM://bank/traits", "aam://bank/traits"),
        ("aam://bank/Data-Sources/5/inbound", "aam://bank/data-sources/5/inbound"),
        ("aam://Bank", "aam://bank/"),
        ("aam://traits/", "aam://traits/"),
    ],
)
def test_one_object_has_one_uri(written, uri):
    assert Asset(written).uri == uri


def test_a_uri_without_account_is_refused():
    if AIRFLOW_V_3_0_PLUS:
        with pytest.raises(ValueError, match="names no AAM account; expected aam://<account>/<kind>/<id>"):
            Asset("aam:///segments/12")
    else:
        with pytest.warns(UserWarning, match="names no AAM account"):
            Asset("aam:///segments/12")


def test_assets_are_made_of_their_parts():
    assert assets.create_asset(account=1099, kind="segments", object_id=77).uri == "aam://1099/segments/77"
    assert assets.create_asset(account="Bank").uri == "aam://bank/"


def test_datasets_of_lineage_have_the_account_as_namespace():
    assert assets.dataset_of("aam://bank/segments/12") == ("aam://bank", "segments/12")
    assert assets.dataset_of("aam://bank/") == ("aam://bank", "/")
    converted = assets.convert_asset_to_openlineage(Asset("aam://bank/segments/12"), None)
    assert converted is None or (converted.namespace, converted.name) == ("aam://bank", "segments/12")


def test_handler_keeps_the_rest_of_the_uri():
    assert assets.sanitize_uri(urlsplit("aam://B/Segments/A?x=1")).geturl() == "aam://b/segments/A?x=1"


def test_airflow_knows_the_scheme():
    if AIRFLOW_V_3_0_PLUS:
        from airflow.sdk.providers_manager_runtime import ProvidersManagerTaskRuntime

        manager = ProvidersManagerTaskRuntime()
        assert manager.asset_uri_handlers["aam"] is assets.sanitize_uri
        assert manager.asset_factories["aam"] is assets.create_asset
    else:
        from airflow.providers_manager import ProvidersManager

        assert ProvidersManager().dataset_uri_handlers["aam"] is assets.sanitize_uri
