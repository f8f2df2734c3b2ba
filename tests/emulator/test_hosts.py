"""Whose header rules hold: the gateway's (aam.adobe.io) or AAM's own (api.demdex.com)."""

from __future__ import annotations

import pytest


@pytest.fixture
def ask(anonymous):
    def send(path="/v1/users/self", **headers):
        return anonymous("GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()})

    return send


@pytest.fixture
def key(emulator):
    return emulator.credentials.client_id


def code(answer):
    return answer.status_code, answer.json()["error_code"]


@pytest.mark.parametrize("at", [{"path": "/gateway/v1/users/self"}, {"Host": "aam.adobe.io"}], ids=["path", "host"])
def test_gateway_asks_for_key_then_token(ask, at, key, ims_token, legacy_token):
    bearer = f"Bearer {ims_token}"
    assert code(ask(**at, Authorization=bearer)) == (403, "403000")
    assert code(ask(**at, x_api_key=key)) == (403, "403010")
    assert code(ask(**at, x_api_key="other", Authorization=bearer)) == (403, "403003")
    assert code(ask(**at, x_api_key=key, Authorization="Bearer unknown.token")) == (401, "401013")
    assert code(ask(**at, x_api_key=key, Authorization=f"Bearer {legacy_token}")) == (401, "401013")
    assert ask(**at, x_api_key=key, Authorization=bearer).status_code == 200


def test_gateway_knows_projects_profiles_and_organisations(emulator, ask, key, ims_token):
    headers = {"x_api_key": key, "Authorization": f"Bearer {ims_token}"}
    assert ask(**headers, x_gw_ims_org_id=emulator.credentials.org_id).status_code == 200
    assert code(ask(**headers, x_gw_ims_org_id="other@AdobeOrg")) == (403, "403025")
    emulator.configure(product_profile=False)
    assert code(ask(**headers)) == (403, "403025")
    emulator.configure(api_in_project=False)
    assert code(ask(**headers)) == (403, "403003")


@pytest.mark.parametrize("at", [{"path": "/demdex/v1/users/self"}, {"Host": "api.demdex.com"}], ids=["path", "host"])
def test_demdex_needs_a_token_of_either_kind_and_no_key(ask, at, ims_token, legacy_token):
    missing = ask(**at)
    assert (missing.status_code, missing.json()["error"]) == (401, "unauthorized")
    unknown = ask(**at, Authorization="Bearer nobody")
    assert (unknown.status_code, unknown.json()["error"]) == (401, "invalid_token")
    assert unknown.headers["WWW-Authenticate"].startswith('Bearer realm="oauth", error="invalid_token"')
    for token in (ims_token, legacy_token):
        assert ask(**at, Authorization=f"Bearer {token}").status_code == 200


def test_demdex_refuses_ims_tokens_of_others_and_without_profile(emulator, ask, ims_token, legacy_token):
    at = {"path": "/demdex/v1/users/self"}
    wrong = ask(**at, Authorization=f"Bearer {ims_token}", x_gw_ims_org_id="other@AdobeOrg")
    assert (wrong.status_code, wrong.json()["code"]) == (403, "ACCESS_DENIED")
    emulator.configure(product_profile=False)
    assert ask(**at, Authorization=f"Bearer {ims_token}").status_code == 403
    assert ask(**at, Authorization=f"Bearer {legacy_token}").status_code == 200


def test_expired_token_is_told_in_each_hosts_words(emulator, ask, key, ims_token):
    emulator.advance(86_400)
    assert code(ask("/gateway/v1/users/self", x_api_key=key, Authorization=f"Bearer {ims_token}")) == (401, "401013")
    direct = ask("/demdex/v1/users/self", Authorization=f"Bearer {ims_token}")
    described = f"Access token expired: {ims_token}"
    assert direct.json() == {"error": "invalid_token", "error_description": described}
    assert direct.headers["WWW-Authenticate"] == (
        f'Bearer realm="oauth", error="invalid_token", error_description="{described}"'
    )


def test_auto_goes_by_token_then_key(ask, key, ims_token, legacy_token):
    assert ask(Authorization=f"Bearer {ims_token}").status_code == 200
    assert ask(Authorization=f"Bearer {legacy_token}", x_api_key=key).status_code == 200
    assert code(ask(x_api_key=key)) == (403, "403010")
    assert ask().status_code == 401


@pytest.mark.parametrize(("rules", "status"), [("gateway", 403), ("demdex", 200)])
def test_host_rules_can_be_fixed(emulator, ask, ims_token, rules, status):
    emulator.configure(host_rules=rules)
    assert ask(Authorization=f"Bearer {ims_token}").status_code == status


@pytest.mark.parametrize("path", ["/v1/traits", "/v1/traits/", "/v1//traits", "//v1/traits//"])
def test_slashes_do_not_matter_and_nothing_is_redirected(http, path):
    assert http.get(path, allow_redirects=False).json() == []


def test_unknown_path_and_method_are_answered_as_json(http):
    assert http.get("/v1/nothing").json()["code"] == "NOT_FOUND"
    assert http("PATCH", "/v1/traits").status_code == 405
    assert http.post("/v1/traits/bulk-create", []).status_code == 404


def test_requests_are_recorded(emulator, http, key):
    http.get("/v1//traits/?page=0&dataSourceId=1&dataSourceId=2")
    (request,) = emulator.requests
    assert request["route"] == "GET /v1/traits"
    assert request["path"] == "/v1/traits"
    assert request["query"] == {"page": ["0"], "dataSourceId": ["1", "2"]}
    assert (request["status"], request["token_kind"]) == (200, "server_to_server")
    assert request["headers"]["x-api-key"] == key
    assert "authorization" not in request["headers"]
    assert emulator.count() == emulator.count("GET /v1/traits") == 1
