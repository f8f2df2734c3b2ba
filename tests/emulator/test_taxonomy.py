"""The taxonomy and schemas."""

from __future__ import annotations

import pytest


@pytest.mark.endpoint(
    "GET /taxonomies/0", "GET /taxonomies/0/{categoryId}", "GET /taxonomies/0/{categoryId}/childCategories"
)
def test_categories_are_a_tree(emulator, http):
    top = emulator.add("taxonomies", {"name": "Sport & <fun>", "parentCategoryID": 0})["categoryId"]
    low = emulator.add("taxonomies", {"name": "Ski", "parentCategoryID": top})["categoryId"]
    (tree,) = http.get("/v1/taxonomies/0/").json()
    assert (tree["categoryId"], tree["name"], tree["categoryCount"]) == (top, "Sport & <fun>", 1)
    assert [each["categoryId"] for each in tree["categories"]] == [low]
    assert http.get(f"/v1/taxonomies/0/{top}").json() == tree
    (child,) = http.get(f"/v1/taxonomies/0/{top}/childCategories/").json()
    assert (child["categoryId"], child["parentCategoryID"], child["categories"]) == (low, top, [])
    escaped = http.get(f"/v1/taxonomies/0/{top}", headers={"AAM-Disable-Escaping-HTML": None}).json()
    assert escaped["name"] == "Sport &amp; &lt;fun&gt;"
    for path in ("/v1/taxonomies/0/5", "/v1/taxonomies/0/5/childCategories", "/v1/taxonomies/1"):
        assert http.get(path).status_code == 404


def test_the_account_has_three_levels(emulator):
    emulator.reset("account")
    rows = {row["categoryId"]: row["parentCategoryID"] for row in emulator.objects("taxonomies")}
    assert len(rows) == 25
    depths = set()
    for parent in rows.values():
        depth = 1
        while parent:
            parent, depth = rows[parent], depth + 1  # noqa: PLW2901
        depths.add(depth)
    assert depths == {1, 2, 3}


@pytest.mark.endpoint("GET /schemas")
def test_schemas_are_empty(http):
    assert http.get("/v1/schemas/").json() == []
