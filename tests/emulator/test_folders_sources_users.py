"""Folders, data sources, users/self and role-based access."""

from __future__ import annotations

import pytest


@pytest.mark.endpoint(
    "GET /folders/segments",
    "GET /folders/segments/{folderId}",
    "POST /folders/segments",
    "PUT /folders/segments/{folderId}",
    "DELETE /folders/segments/{folderId}",
    "GET /folders/traits",
    "GET /folders/traits/{folderId}",
    "POST /folders/traits",
    "PUT /folders/traits/{folderId}",
    "DELETE /folders/traits/{folderId}",
)
@pytest.mark.parametrize(("tree", "root"), [("traits", "All Traits"), ("segments", "All Segments")])
def test_folder_trees(http, tree, root):
    path = f"/v1/folders/{tree}"
    assert http.get(path + "/").json() == [
        {
            "folderId": 0,
            "parentFolderId": 0,
            "pid": 1099,
            "name": root,
            "path": f"/{root}",
            "folderCount": 0,
            "subFolders": [],
        }
    ]
    answer = http.post(path, {"name": "Web", "parentFolderId": "0", "pid": 1})
    assert answer.status_code == 201
    web = answer.json()
    assert (web["path"], web["pid"], web["folderCount"]) == (f"/{root}/Web", 1099, 0)
    shop = http.post(path, {"name": "Shop & <b>", "parentFolderId": web["folderId"]}).json()
    (whole,) = http.get(path).json()
    assert whole["subFolders"][0]["subFolders"][0]["path"] == f"/{root}/Web/Shop & <b>"
    one = f"{path}/{web['folderId']}"
    assert "subFolders" not in http.get(one).json()
    assert http.get(f"{one}?includeSubFolders=true").json()["subFolders"][0]["folderId"] == shop["folderId"]
    escaped = http.get(f"{path}/{shop['folderId']}", headers={"AAM-Disable-Escaping-HTML": None}).json()
    assert escaped["name"] == "Shop &amp; &lt;b&gt;"
    assert http.put(one, {"name": "Web"}).status_code == 400
    assert http.put(one, {"name": "W", "parentFolderId": shop["folderId"]}).status_code == 400
    assert http.put(one, {"name": "W", "parentFolderId": 0}).json()["path"] == f"/{root}/W"
    assert http.delete(one).status_code == 409
    assert http.delete(f"{path}/{shop['folderId']}").status_code == 204
    assert http.delete(one).status_code == 204
    assert http.get(one).status_code == 404
    assert http.delete(f"{path}/0").status_code == http.put(f"{path}/0", {"name": "x"}).status_code == 400
    assert http.post(path, {"name": "x", "parentFolderId": 5}).status_code == 400


def test_folder_with_a_trait_in_it_stays(emulator, http, source):
    folder = emulator.add("trait_folders", {"name": "F"})["folderId"]
    emulator.add("traits", {"dataSourceId": source, "folderId": folder})
    assert http.delete(f"/v1/folders/traits/{folder}").status_code == 409


def test_folders_are_5_levels_deep_and_limited_in_number(emulator, http):
    parent = 0
    for level in range(5):
        parent = http.post("/v1/folders/traits", {"name": f"{level}", "parentFolderId": parent}).json()["folderId"]
    assert http.post("/v1/folders/traits", {"name": "6", "parentFolderId": parent}).status_code == 400
    first = emulator.objects("trait_folders")[0]["folderId"]
    other = http.post("/v1/folders/traits", {"name": "other", "parentFolderId": 0}).json()["folderId"]
    assert http.put(f"/v1/folders/traits/{first}", {"name": "0", "parentFolderId": other}).status_code == 400
    emulator.configure(limits={"trait_folders": 6})
    assert (
        http.post("/v1/folders/traits", {"name": "x", "parentFolderId": 0}).json()["code"] == "RESOURCE_LIMIT_EXCEEDED"
    )


@pytest.mark.endpoint("POST /datasources")
def test_data_source_needs_a_name_only(http):
    answer = http.post(
        "/v1/datasources/", {"name": "CRM", "idType": "CROSS_DEVICE", "useAudienceManagerVisitorID": True}
    )
    assert answer.status_code == 201
    row = answer.json()
    assert (row["type"], row["customerProfileDataRetention"], row["containerIds"]) == ("GENERAL", 62_208_000, [])
    assert row["useAudienceManagerVisitorID"] is row["uniqueTraitIntegrationCodes"] is False
    assert http.post("/v1/datasources", {}).json()["childMessages"] == ["name: may not be empty"]


@pytest.mark.endpoint("PUT /datasources/{dataSourceId}")
def test_unique_codes_are_settable_at_creation_only(http):
    row = http.post(
        "/v1/datasources", {"name": "A", "uniqueTraitIntegrationCodes": "true", "containerIds": ["3"]}
    ).json()
    path = f"/v1/datasources/{row['dataSourceId']}"
    new = http.put(path, row | {"uniqueTraitIntegrationCodes": False, "name": "B"}).json()
    assert (new["name"], new["uniqueTraitIntegrationCodes"], new["containerIds"]) == ("B", True, [3])
    assert http.put(path, row | {"inboundS2S": "maybe", "containerIds": 3}).json()["childMessages"] == [
        "inboundS2S: must be true or false",
        "containerIds: must be an array",
    ]


@pytest.mark.endpoint("DELETE /datasources/{dataSourceId}", "POST /datasources/bulk-delete")
def test_data_sources_are_listed_filtered_and_deleted(emulator, http, source):
    a = emulator.add("data_sources", {"name": "in", "inboundS2S": True, "integrationCode": "x"})["dataSourceId"]
    b = emulator.add("data_sources", {"name": "out", "outboundS2S": True})["dataSourceId"]

    def found(query):
        return [row["dataSourceId"] for row in http.get(f"/v1/datasources?{query}").json()]

    assert found("includePermissions=true&objectType=trait") == [source, a, b]
    assert (found("inboundOnly=true"), found("outboundOnly=True"), found("integrationCode=x")) == ([a], [b], [a])
    emulator.add("traits", {"dataSourceId": source})
    assert http.delete(f"/v1/datasources/{source}").status_code == 409
    assert http.delete(f"/v1/datasources/{a}").status_code == 204
    assert http.post("/v1/datasources/bulk-delete/", [b]).status_code == 204
    assert found("") == [source]


@pytest.mark.endpoint(
    "GET /datasources/configurations/available-id-types",
    "GET /datasources/configurations/marketing-cloud-visitorid-versions",
)
def test_data_source_configurations_are_scalars(http):
    assert "CROSS_DEVICE" in http.get("/v1/datasources/configurations/available-id-types").json()
    assert http.get("/v1/datasources/configurations/marketing-cloud-visitorid-versions/").json() == [0, 1, 2]


@pytest.mark.endpoint("GET /users/self")
def test_users_self_tells_who_one_is(emulator, http, open_http, legacy_token):
    user = http.get("/v1/users/self").json()
    assert user.items() >= {"pid": 1099, "userId": 694, "uid": 694, "status": "ACTIVE", "isAdmin": True}.items()
    assert user["username"] == emulator.credentials.technical_account_id
    legacy = open_http(Authorization=f"Bearer {legacy_token}").get("/v1/users/self").json()
    assert (legacy["userId"], legacy["companyName"]) == (701, "Example &amp; Sons")


def test_with_rbac_nothing_is_seen_until_the_account_exists_and_is_in_a_group(emulator, http, draft):
    emulator.configure(rbac=True)
    sid = emulator.add("traits", draft)["sid"]

    def seen():
        return len(http.get("/v1/traits").json()), http.get("/v1/traits?page=0").json()["total"]

    assert seen() == (0, 0)
    for answer in (
        http.get(f"/v1/traits/{sid}"),
        http.post("/v1/traits", draft),
        http.put(f"/v1/traits/{sid}", draft),
        http.delete(f"/v1/traits/{sid}"),
        http.post("/v1/traits/bulk-delete", [sid]),
        http.get("/v1/folders/traits/0"),
    ):
        assert (answer.status_code, answer.json()["code"]) == (403, "ACCESS_DENIED")
    assert http.get("/v1/users/self").json()["isAdmin"] is False
    assert seen() == (0, 0)
    emulator.add_to_group()
    assert seen() == (1, 1)
    assert http.get("/v1/users/self").json()["groups"] == [501]
    assert http.get(f"/v1/traits/{sid}").status_code == 200


def test_rbac_does_not_concern_the_portal_user(emulator, open_http, legacy_token, source):
    emulator.configure(rbac=True)
    assert len(open_http(Authorization=f"Bearer {legacy_token}").get("/v1/datasources").json()) == 1
