"""Traits: every verb, and what AAM's PUT, escaping, coercion and limits mean."""

from __future__ import annotations

import pytest

HTML = {"AAM-Disable-Escaping-HTML": "false"}


def problems(answer):
    assert (answer.status_code, answer.json()["code"]) == (400, "BAD_REQUEST")
    return answer.json()["childMessages"]


@pytest.mark.endpoint("POST /traits")
def test_created_trait_has_its_defaults_and_audit_fields(emulator, http, draft):
    answer = http.post("/v1/traits/", draft)
    assert answer.status_code == 201
    row = answer.json()
    assert row.items() >= draft.items()
    expected = {"ttl": 120, "status": "ACTIVE", "type": 0, "categoryId": 0, "traitRuleVersion": 1, "pid": 1099}
    assert row.items() >= expected.items()
    assert row["createTime"] == row["updateTime"] > 1_600_000_000_000
    assert row["crUID"] == row["upUID"] == 694
    assert emulator.objects("traits") == [row]


def test_one_trait_by_id_and_by_code_with_a_weak_etag(http, draft):
    sid = http.post("/v1/traits", draft | {"integrationCode": "a/b c"}).json()["sid"]
    one = http.get(f"/v1/traits//{sid}")
    assert one.headers["ETag"].startswith('W/"')
    assert http.get("/v1/traits/ic:a%2Fb%20c/").json() == one.json()
    missing = http.get("/v1/traits/ic:none")
    assert (missing.status_code, missing.json()["code"]) == (404, "NOT_FOUND")
    assert http.get("/v1/traits/1").json() == {"code": "NOT_FOUND", "message": "Trait 1 not found"}


@pytest.mark.endpoint("GET /traits/ic:{integrationCode}")
def test_ambiguous_code_means_the_lowest_id(http, draft):
    first, second = (http.post("/v1/traits", draft | {"integrationCode": "x"}).json()["sid"] for _ in "12")
    assert http.get("/v1/traits/ic:x").json()["sid"] == first < second


@pytest.mark.endpoint("PUT /traits/{sid}")
def test_put_replaces_the_whole_trait(emulator, http, draft):
    row = http.post("/v1/traits", draft | {"description": "text", "ttl": 5, "integrationCode": "x"}).json()
    emulator.advance(10)
    answer = http.put(f"/v1/traits/{row['sid']}", draft | {"name": "B"})
    assert answer.status_code == 200
    new = answer.json()
    assert (new["name"], new["description"], new["ttl"], new["integrationCode"]) == ("B", None, 120, None)
    assert (new["createTime"], new["crUID"]) == (row["createTime"], row["crUID"])
    assert new["updateTime"] >= row["updateTime"] + 10_000
    assert http.get("/v1/traits/ic:x").status_code == 404


@pytest.mark.endpoint("GET /traits/{sid}")
def test_put_without_a_required_field_names_each(http, draft):
    sid = http.post("/v1/traits", draft).json()["sid"]
    found = problems(http.put(f"/v1/traits/{sid}", {"status": "INACTIVE"}))
    assert found[:4] == [f"{name}: may not be empty" for name in ("name", "traitType", "dataSourceId", "folderId")]
    assert http.get(f"/v1/traits/{sid}").json()["status"] == "ACTIVE"


def test_whole_answer_can_be_put_back(http, draft):
    row = http.post("/v1/traits", draft | {"accuracy": "0.5"}).json()
    again = http.put(f"/v1/traits/{row['sid']}", row | {"unknown": {"a": 1}, "status": "INACTIVE"}).json()
    changed = {name for name in row if again[name] != row[name]}
    assert changed <= {"status", "updateTime"}
    assert again["accuracy"] == 0.5


def test_numeric_strings_are_numbers(http, draft, source):
    row = http.post("/v1/traits", draft | {"dataSourceId": str(source), "folderId": "0", "ttl": "30", "name": 7}).json()
    assert (row["dataSourceId"], row["folderId"], row["ttl"], row["name"]) == (source, 0, 30, "7")


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"name": " "}, "name: may not be empty"),
        ({"name": "x" * 256}, "name: length must be between 0 and 255"),
        ({"name": []}, "name: must be a string"),
        ({"traitType": "SEGMENT"}, "traitType: must be one of"),
        ({"dataSourceId": 1}, "dataSourceId: does not exist"),
        ({"dataSourceId": "x"}, "dataSourceId: must be a number"),
        ({"folderId": 1}, "folderId: does not exist"),
        ({"ttl": -1}, "ttl: must be greater than or equal to 0"),
        ({"ttl": True}, "ttl: must be a number"),
        ({"traitRule": ""}, "traitRule: may not be empty"),
        ({"traitRule": "a = 1"}, "traitRule: invalid expression"),
        ({"traitType": "ALGO_TRAIT", "traitRule": None}, "algoModelId: may not be empty"),
    ],
    ids=str,
)
def test_invalid_body_is_refused_with_a_child_message(emulator, http, draft, change, problem):
    (found,) = problems(http.post("/v1/traits", draft | change))
    assert found.startswith(problem)
    assert emulator.objects("traits") == []


def test_onboarded_and_conversion_traits_need_no_rule(http, draft):
    onboarded = draft | {"traitType": "ON_BOARDED_TRAIT", "traitRule": None}
    assert http.post("/v1/traits", onboarded).status_code == 201
    assert http.post("/v1/traits", draft | {"type": 38, "traitRule": ""}).status_code == 201


def test_bodies_that_are_no_json_object(http, draft):
    assert http("POST", "/v1/traits", data=draft).status_code == 415
    assert http("POST", "/v1/traits", data="{}", headers={"Content-Type": "text/plain"}).status_code == 415
    json = {"Content-Type": "application/json; charset=utf-8"}
    for body in ("[]", '"text"', "{", "", '{"ttl": NaN}'):
        assert http("POST", "/v1/traits", data=body, headers=json).status_code == 400


@pytest.mark.endpoint("GET /traits")
def test_strings_are_escaped_unless_the_caller_declines(http, draft):
    name = 'a & b <c> "d" \'e\' \\" é 日本 &amp;'
    row = http.post("/v1/traits", draft | {"name": name}).json()
    assert row["name"] == name
    escaped = "a &amp; b &lt;c&gt; &quot;d&quot; &#39;e&#39; \\&quot; é 日本 &amp;amp;"
    path = f"/v1/traits/{row['sid']}"
    assert http.get(path, headers=HTML).json()["name"] == escaped
    assert (
        http.get(path, headers={"AAM-Disable-Escaping-HTML": None}).json()["traitRule"]
        == "c_page == &quot;pricing&quot;"
    )
    assert http.get("/v1/traits?page=0", headers=HTML).json()["list"][0]["name"] == escaped


@pytest.mark.endpoint("DELETE /traits/{sid}", "POST /traits/bulk-delete", "DELETE /traits/ic:{integrationCode}")
def test_delete_and_bulk_delete(emulator, http, draft):
    a, b, c = (http.post("/v1/traits", draft | {"integrationCode": code}).json()["sid"] for code in "abc")
    answer = http.delete(f"/v1/traits/{a}")
    assert (answer.status_code, answer.content) == (204, b"")
    assert http.delete(f"/v1/traits/{a}").status_code == 404
    assert http.delete("/v1/traits/ic:b").status_code == 204
    assert http.post("/v1/traits/bulk-delete", [c, str(b), 5]).status_code == 204
    assert emulator.objects("traits") == []
    assert http.post("/v1/traits/bulk-delete", {"sid": 1}).status_code == 400
    assert http.post("/v1/traits/bulk-delete", ["x"]).status_code == 400


@pytest.mark.endpoint("PUT /traits/ic:{integrationCode}")
def test_put_by_code(http, draft):
    http.post("/v1/traits", draft | {"integrationCode": "x"})
    assert http.put("/v1/traits/ic:x", draft | {"name": "B", "integrationCode": "x"}).json()["name"] == "B"


def test_codes_are_unique_only_where_the_data_source_says_so(emulator, http, draft):
    unique = emulator.add("data_sources", {"name": "CRM", "uniqueTraitIntegrationCodes": True})["dataSourceId"]
    coded = draft | {"integrationCode": "x", "dataSourceId": unique}
    row = http.post("/v1/traits", coded).json()
    answer = http.post("/v1/traits", coded)
    assert (answer.status_code, answer.json()["code"]) == (409, "CONFLICT")
    assert http.put(f"/v1/traits/{row['sid']}", coded | {"name": "B"}).status_code == 200
    assert http.post("/v1/traits", coded | {"dataSourceId": draft["dataSourceId"]}).status_code == 201


@pytest.mark.endpoint("GET /traits/limits")
def test_limits_are_told_and_kept(emulator, http, draft):
    emulator.configure(limits={"traits": 2, "rule_based_traits": 1})
    assert http.post("/v1/traits", draft).status_code == 201
    by_type = http.post("/v1/traits", draft)
    assert (by_type.status_code, by_type.json()["code"]) == (403, "RESOURCE_LIMIT_EXCEEDED")
    onboarded = draft | {"traitType": "ON_BOARDED_TRAIT"}
    assert http.post("/v1/traits", onboarded).status_code == 201
    assert http.post("/v1/traits", onboarded).status_code == 403
    assert http.get("/v1/traits/limits").json()["limits"][:2] == [
        {"type": "TOTAL", "limit": 2, "count": 2},
        {"type": "RULE_BASED_TRAIT", "limit": 1, "count": 1},
    ]


@pytest.mark.endpoint("GET /traits/{sid}/trait-rule/versions")
def test_rule_versions_are_kept(http, draft):
    sid = http.post("/v1/traits", draft).json()["sid"]
    path = f"/v1/traits/{sid}/trait-rule/versions"
    assert [each["traitRuleVersion"] for each in http.get(path).json()] == [1]
    assert http.put(f"/v1/traits/{sid}", draft | {"traitRule": "a == 1"}).json()["traitRuleVersion"] == 2
    http.put(f"/v1/traits/{sid}", draft | {"traitRule": "a == 1", "name": "B"})
    found = [(each["traitRuleVersion"], each["traitRule"]) for each in http.get(path).json()]
    assert found == [(1, draft["traitRule"]), (2, "a == 1")]


def test_lists_leave_details_out_unless_asked(http, draft):
    http.post("/v1/traits", draft)
    (short,) = http.get("/v1/traits").json()
    details = {"ttl", "integrationCode", "comments", "traitRule", "traitRuleVersion", "type"}
    assert not details & set(short)
    (full,) = http.get("/v1/traits?includeDetails=True").json()
    assert set(full) - set(short) == details


def test_metrics_and_permissions_on_demand(http, draft):
    sid = http.post("/v1/traits", draft).json()["sid"]
    (row,) = http.get("/v1/traits?includeMetrics=True&includePermissions=true").json()
    assert row["uniques1Day"] <= row["uniques7Day"] <= row["uniquesLifetime"]
    assert {"count1Day", "count90Day", "countLifetime"} <= set(row)
    assert row["permissions"] == ["READ", "WRITE", "CREATE", "DELETE"]
    assert http.get(f"/v1/traits/{sid}?includeMetrics=true").json()["uniques1Day"] == row["uniques1Day"]


@pytest.mark.endpoint("POST /traits/validate")
@pytest.mark.parametrize(
    ("rule", "valid"),
    [
        ('(c_make=="A") AND (c_model=="B")', True),
        ("(price >= 1.00 AND price <= 100.00)", True),
        ("product==1234", True),
        ('123price => 5 or not "a key" Contains "say ""hi"""', True),
        ('a == "x" AND NOT c_contextdata.catname matchesregex ".*"', True),
        ("123 == 5", False),
        ('price!123 == "a"', False),
        ("a == b", False),
        ("(a == 1", False),
        ("a == 1)", False),
        ("a == 1 b == 2", False),
        ("a Like 1", False),
        ("a ==", False),
        ("", False),
        ("(" * 5000 + "a == 1" + ")" * 5000, False),
    ],
    ids=lambda value: str(value)[:40],
)
def test_trait_rules_are_validated(http, rule, valid):
    body = http.post("/v1/traits/validate/", {"code": rule}).json()
    assert body["valid"] is valid
    assert bool(body["childMessages"]) is not valid
