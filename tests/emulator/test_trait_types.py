"""Customer trait types, and what a trait's `type` may name."""

from __future__ import annotations

import pytest


@pytest.mark.endpoint("GET /customer-trait-types", "GET /customer-trait-types/{pixelType}")
def test_predefined_and_own_types(http):
    predefined = http.get("/v1/customer-trait-types").json()
    assert [(row["pixelType"], row["pid"]) for row in predefined] == [(1, 0), (2, 0), (4, 0), (38, 0)]
    answer = http.post("/v1/customer-trait-types/", {"name": "Newsletter"})
    assert (answer.status_code, answer.json()["pixelType"], answer.json()["pid"]) == (201, 200, 1099)
    assert http.get("/v1/customer-trait-types/200").json() == answer.json()
    assert http.get("/v1/customer-trait-types?page=0&pageSize=2").json()["total"] == 5
    assert http.get("/v1/customer-trait-types/999").status_code == 404
    assert http.post("/v1/customer-trait-types", {}).json()["childMessages"] == ["name: may not be empty"]


@pytest.mark.endpoint("POST /customer-trait-types")
def test_a_trait_names_a_type_that_exists(http, draft):
    assert http.post("/v1/traits", draft | {"type": 200}).json()["childMessages"] == ["type: does not exist"]
    http.post("/v1/customer-trait-types", {"name": "Newsletter"})
    assert http.post("/v1/traits", draft | {"type": 200}).json()["type"] == 200
    assert http.post("/v1/traits", draft | {"type": 0}).json()["type"] == 0
