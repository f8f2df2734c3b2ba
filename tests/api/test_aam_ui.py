"""Addresses in AAM's own UI: of an object, else its list, on the host that belongs to the API's."""

from __future__ import annotations

import pytest

from airflow_provider_aam.api.aam_ui import PAGES, address_in_aam_ui
from airflow_provider_aam.api.resources import RESOURCES

API = "https://aam.adobe.io"
UI = "https://bank.demdex.com/portal/"


def address(resource: str, object_id: object = None, base_url: str = API, **other: str) -> str | None:
    return address_in_aam_ui(
        base_url, resource, object_id, other={k.replace("_id", "/{id}"): v for k, v in other.items()}
    )


@pytest.mark.parametrize(
    ("resource", "object_id", "page"),
    [
        ("segments", 77, "Segments/SegmentBuilder.ddx#view/77"),
        ("segments", None, "Segments/SegmentBuilder.ddx#list"),
        ("traits", "1245", "Traits/Traits.ddx#view/1245"),
        ("trait_folders", 3, "Traits/Traits.ddx#show/list"),
        ("destinations", 9, "Segments/ListDestinations.ddx"),
        ("account", None, ""),
    ],
)
def test_object_else_its_list(resource, object_id, page):
    assert address(resource, object_id) == UI + page


@pytest.mark.parametrize(
    ("base_url", "host"),
    [
        ("https://api.demdex.com", "bank.demdex.com"),
        ("https://aam-beta.adobe.io/", "bank-beta.demdex.com"),
        ("https://api-beta.demdex.com", "bank-beta.demdex.com"),
    ],
)
def test_host_of_the_ui_goes_with_that_of_the_api(base_url, host):
    assert address("traits", 1, base_url) == f"https://{host}/portal/Traits/Traits.ddx#view/1"


@pytest.mark.parametrize("base_url", ["http://127.0.0.1:8080", "https://proxy.example/aam"])
def test_other_hosts_have_no_ui_that_is_known(base_url):
    assert address("traits", 1, base_url) is None
    assert address("traits", 1, base_url, traits_id="https://ui.example/t/{id}") == "https://ui.example/t/1"


def test_lists_without_a_page_have_no_address():
    assert address("taxonomies") is None
    assert {name.partition("/")[0] for name in PAGES} <= {*RESOURCES, "account"}


def test_other_pages_count_first():
    assert address("segments", 7, segments_id="New/#{id}") == UI + "New/#7"
    assert address("segments", None, segments="") is None
    assert address("taxonomies", None, taxonomies="Taxonomy.ddx") == UI + "Taxonomy.ddx"


def test_an_id_is_no_part_of_the_address():
    assert address("segments", "7/../x?y") == UI + "Segments/SegmentBuilder.ddx#view/7%2F..%2Fx%3Fy"


def test_only_web_addresses_are_links():
    assert address("segments", 7, segments_id="javascript:alert({id})") is None
