"""Users, groups and permissions."""

from __future__ import annotations

import pytest


@pytest.mark.endpoint(
    "GET /users",
    "GET /users/{userId}",
    "POST /users",
    "PUT /users/{userId}",
    "POST /users/bulk-delete",
    "POST /users/{userId}/reset-password",
)
@pytest.mark.parametrize("prefix", ["/v1", "/api/v1"])
def test_user_lives_from_create_to_delete(http, prefix):
    path = f"{prefix}/users"
    answer = http.post(f"{path}/", {"username": "grace", "firstName": "Grace", "isAdmin": "true"})
    user = answer.json()
    assert (answer.status_code, user["status"], user["uid"], user["admin"]) == (201, "ACTIVE", user["userId"], True)
    assert http.post(path, {"username": "grace"}).status_code == 409
    one = f"{path}/{user['userId']}"
    assert http.put(one, {"username": "grace", "status": "LOCKED"}).json()["status"] == "LOCKED"
    assert http.get(one).json()["firstName"] is None
    assert http.post(f"{one}/reset-password").status_code == 204
    assert [row["userId"] for row in http.get(path).json()] == [user["userId"]]
    assert http.post(f"{path}/bulk-delete", [user["userId"]]).status_code == 204
    assert http.get(one).status_code == 404
    assert http.put(f"{path}/5", {"username": "x"}).status_code == http.delete(f"{path}/5").status_code == 404


def test_self_changes_its_own_name_only(http):
    assert http.post("/v1/users/self/update", {"firstName": "Robot", "isAdmin": False}).json()["firstName"] == "Robot"
    user = http.get("/v1/users/self").json()
    assert (user["firstName"], user["lastName"], user["isAdmin"]) == ("Robot", "Account", True)
    assert http.get(f"/v1/users/{user['userId']}").json() == user
    assert http.put("/v1/users/self/update-password", {"password": "x"}).status_code == 204
    assert http.put("/v1/users/self/update-password", {}).status_code == 400


@pytest.mark.endpoint(
    "POST /users/update-groups",
    "GET /groups",
    "GET /groups/{groupId}",
    "PUT /groups/{groupId}",
    "DELETE /groups/{groupId}",
)
def test_membership_is_seen_from_both_sides(http):
    a, b = (http.post("/v1/users", {"username": name}).json()["userId"] for name in "ab")
    group = http.post("/v1/groups/", {"name": "G", "users": [a], "wildcards": ["VIEW_ALL_SEGMENTS"]}).json()
    key = group["groupId"]
    assert (group["membershipCount"], group["users"]) == (1, [a])
    assert http.post("/v1/users/update-groups/", [{"userId": b, "groups": [key]}]).status_code == 204
    assert http.post("/v1/users/update-groups", [{"userId": 5, "groups": [6]}]).status_code == 400
    assert [row["userId"] for row in http.get(f"/v1/users/?groupId={key}").json()] == [a, b]
    assert http.put(f"/v1/groups/{key}", {"name": "H"}).json()["membershipCount"] == 2
    assert http.get(f"/v1/groups/{key}").json()["name"] == "H"
    assert [row["groupId"] for row in http.get("/v1/groups").json()] == [key]
    assert http.delete(f"/v1/groups/{key}").status_code == 204
    assert http.get(f"/v1/users/{a}").json()["groups"] == []
    assert http.post("/v1/groups", {"name": "x", "users": [5], "wildcards": ["X"]}).json()["childMessages"] == [
        "users: user 5 does not exist",
        "wildcards: X is not known",
    ]


@pytest.mark.endpoint("POST /groups", "POST /groups/bulk-delete")
@pytest.mark.parametrize("method", ["POST", "DELETE"])
def test_groups_are_deleted_in_bulk(emulator, http, method):
    keys = [http.post("/v1/groups", {"name": name}).json()["groupId"] for name in "ab"]
    assert http(method, "/v1/groups/bulk-delete", json=keys).status_code == 204
    assert emulator.objects("groups") == []


@pytest.mark.endpoint("GET /groups/{groupId}/permissions", "PUT /groups/{groupId}/permissions")
def test_permissions_of_a_group(http, draft):
    sid = http.post("/v1/traits", draft).json()["sid"]
    path = f"/v1/groups/{http.post('/v1/groups', {'name': 'G'}).json()['groupId']}/permissions"
    assert http.get(path).json() == []
    granted = [{"objectId": sid, "objectType": "TRAIT", "permissions": ["READ", "MAP_TO_SEGMENTS"]}]
    assert http.put(path, granted).json() == http.get(path).json() == granted
    wrong = http.put(path, [{"objectId": 5, "objectType": "TRAIT", "permissions": ["FLY"]}, {"objectType": "X"}])
    assert [each.partition(":")[0] for each in wrong.json()["childMessages"]] == [
        "[0].objectId",
        "[0].permissions",
        "[1].objectType",
    ]
    assert http.get("/v1/groups/9/permissions").status_code == 404


@pytest.mark.endpoint("GET /permissionable-object-types", "GET /permissionable-object-types/{objectType}")
def test_what_may_be_granted(http):
    types = http.get("/v1/permissionable-object-types/").json()
    assert types == ["SEGMENT", "TRAIT", "DESTINATION", "DERIVED_SIGNALS", "TAGS"]
    trait = http.get("/v1/permissionable-object-types/TRAIT/").json()
    assert "MAP_TO_SEGMENTS" in trait["perObject"]
    assert "VIEW_ALL_TRAITS" in trait["wildcard"]
    assert http.get("/v1/permissionable-object-types/X").status_code == 404


def test_account_has_people_and_the_technical_account_joins_them(emulator, http):
    emulator.reset("account")
    assert ([row["userId"] for row in emulator.objects("users")], len(emulator.objects("groups"))) == (
        [701, 702, 703],
        2,
    )
    assert all(row["permissions"] for row in emulator.objects("group_permissions"))


def test_a_group_given_through_users_opens_the_account(emulator, http, open_http, legacy_token, draft):
    emulator.configure(rbac=True)
    emulator.add("traits", draft)
    user = http.get("/v1/users/self").json()
    admin = open_http(Authorization=f"Bearer {legacy_token}")
    group = admin.post("/v1/groups", {"name": "API", "users": [user["userId"]]}).json()["groupId"]
    assert len(http.get("/v1/traits").json()) == 1
    assert http.get("/v1/users/self").json()["groups"] == [group]
