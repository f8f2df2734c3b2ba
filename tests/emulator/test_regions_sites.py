"""DCS regions and partner sites."""

from __future__ import annotations

import pytest


def test_the_account_has_six_regions_and_four_sites(emulator):
    emulator.reset("account")
    assert (len(emulator.objects("dcs_regions")), len(emulator.objects("partner_sites"))) == (6, 4)


@pytest.mark.endpoint("GET /dcs-regions", "GET /dcs-regions/{regionId}")
def test_regions_are_read_only(emulator, http):
    row = emulator.add("dcs_regions", {"location": "Oregon", "host": "usw2.example.net", "code": "USW2"})
    assert http.get("/v1/dcs-regions/").json() == [row]
    assert http.get(f"/v1/dcs-regions/{row['regionId']}").json()["host"] == "usw2.example.net"
    assert http.get("/v1/dcs-regions/99").status_code == 404
    assert http.post("/v1/dcs-regions", {"location": "x"}).status_code == 405


@pytest.mark.endpoint(
    "GET /partner-sites", "GET /partner-sites/{siteId}", "POST /partner-sites", "DELETE /partner-sites/{siteId}"
)
def test_partner_sites_are_made_listed_and_deleted(http):
    answer = http.post("/v1/partner-sites/", {"url": "www.example.com"})
    site = answer.json()
    assert (answer.status_code, site) == (201, {"siteId": site["siteId"], "pid": 1099, "url": "www.example.com"})
    assert http.get("/v1/partner-sites/?page=0").json()["list"] == [site]
    one = f"/v1/partner-sites/{site['siteId']}"
    assert http.get(one).json() == site
    assert http.delete(one).status_code == 204
    assert http.get(one).status_code == http.delete(one).status_code == 404
    assert http.post("/v1/partner-sites", {}).status_code == 400
