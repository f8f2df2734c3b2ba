"""The documentation page is grouped, and no documented path is missing."""

from __future__ import annotations

import re

import pytest
import requests

GROUPS = [
    "Segments",
    "Traits",
    "Trait folders",
    "Segment folders",
    "Data sources",
    "Destinations",
    "Mappings",
    "Derived signals",
    "Models and algorithms",
    "Taxonomy",
    "Trait types",
    "DCS regions",
    "Partner sites",
    "Users",
    "Groups and permissions",
    "Reports",
    "Limits",
    "Validation and estimates",
    "Segment test groups",
    "Data feeds",
    "Customer Data API",
    "DCS",
    "IMS",
    "Control plane",
]

DOCUMENTED = """
traits traits/{} traits/ic:{} traits/bulk-delete traits/limits traits/{}/trait-rule/versions traits/validate traits/test
segments segments/{} segments/ic:{} segments/bulk-delete segments/bulk-merge-rule-replace segments/limits
segments/validate segments/estimate-size segments/estimate-7-day-size segments/estimate-30-day-size
segments/estimate-60-day-size segment-test-groups segment-test-groups/{} segment-test-groups/drafts
folders/traits folders/traits/{} folders/segments folders/segments/{} folders/segments/{}/segments
datasources datasources/{} datasources/bulk-delete datasources/configurations/available-id-types
datasources/configurations/marketing-cloud-visitorid-versions datasources/{}/history/inbound
datasources/{}/inbound-mailing-list/{}
destinations destinations/{} destinations/bulk-delete destinations/limits
destinations/configurations/available-platforms destinations/{}/mappings destinations/{}/mappings/{}
destinations/mappings/{} destinations/{}/bulk-create destinations/{}/segments/{} destinations/{}/history/outbound
destinations/segment-impressions signals/derived signals/derived/{}
models models/{} models/bulk-delete models/limits models/{}/runs/latest/traits models/{}/runs/latest/stats
models/{}/processing-history algorithms algorithms/{}
taxonomies/0 taxonomies/0/{} taxonomies/0/{}/childCategories customer-trait-types customer-trait-types/{}
dcs-regions dcs-regions/{} partner-sites partner-sites/{} schemas
reports/traits-trend reports/traits-trend/{} reports/segments-trend reports/segments-trend/{} reports/largest-traits
reports/largest-segments reports/most-changed-traits reports/most-changed-segments reports/traits-for-date
reports/segments-for-date reports/partner-uniques
users users/{} users/self users/bulk-delete users/self/update users/self/update-password users/{}/reset-password
users/update-groups groups groups/{} groups/bulk-delete groups/{}/permissions
permissionable-object-types permissionable-object-types/{}
data-feeds data-feeds/{} data-feeds/{}/plans data-feeds/{}/potential-subscribers data-feeds/{}/subscriptions
data-feeds/billing/report available-data-feeds available-data-feeds/{}/plans available-data-feeds/{}/requests
"""


@pytest.fixture(scope="module")
def document(emulator_server):
    return requests.get(emulator_server.url + "/openapi.json", timeout=10).json()


def test_groups_are_described_and_in_order(document):
    assert [each["name"] for each in document["tags"]] == GROUPS
    assert all(each["description"] for each in document["tags"])


def test_every_route_is_in_one_known_group(document):
    operations = [each for path in document["paths"].values() for each in path.values()]
    assert {len(each["tags"]) for each in operations} == {1}
    used = {each["tags"][0] for each in operations}
    assert used == set(GROUPS) - {"Control plane"}


@pytest.mark.parametrize("path", DOCUMENTED.split())
def test_documented_path_is_routed(document, path):
    assert f"/v1/{path}" in {re.sub(r"\{\w+\}", "{}", known) for known in document["paths"]}
