"""Server-to-server tokens and AAM's legacy OAuth."""

from __future__ import annotations

import pytest


@pytest.fixture
def ask(emulator, anonymous):
    def send(path="/ims/token/v3", how="data", **given):
        c = emulator.credentials
        form = {"grant_type": "client_credentials", "client_id": c.client_id, "client_secret": c.client_secret}
        form = form | {"scope": ", ".join(c.scopes)} | given
        return anonymous("POST", path, **{how: {name: value for name, value in form.items() if value is not None}})

    return send


@pytest.mark.parametrize("path", ["/ims/token/v3", "/ims/token/v3/", "/ims/token/v2"])
@pytest.mark.parametrize("how", ["data", "params"])
def test_client_credentials_give_a_token_with_its_lifetime_in_seconds(ask, path, how):
    answer = ask(path, how)
    assert answer.status_code == 200
    body = answer.json()
    assert (body["token_type"], body["expires_in"]) == ("bearer", 86_399)
    assert "." in body["access_token"]


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({"grant_type": None}, "invalid_request"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"client_id": None}, "invalid_client"),
        ({"client_id": "nobody"}, "invalid_client"),
        ({"client_secret": "wrong"}, "invalid_client"),
        ({"scope": None}, "invalid_scope"),
        ({"scope": "openid,creative_sdk"}, "invalid_scope"),
    ],
    ids=str,
)
def test_wrong_parameter_is_refused_with_400(ask, given, error):
    answer = ask(**given)
    assert (answer.status_code, answer.json()["error"]) == (400, error)


def test_client_not_enabled_is_unauthorized_client(emulator, ask):
    emulator.configure(server_to_server_enabled=False)
    answer = ask()
    assert (answer.status_code, answer.json()["error"]) == (400, "unauthorized_client")


def test_granted_scopes_decide(emulator, ask):
    emulator.configure(granted_scopes=["creative_sdk"])
    assert ask().json()["error"] == "invalid_scope"
    assert ask(scope="creative_sdk").status_code == 200


def test_token_lifetime_can_be_set_for_all_grants(emulator, ask):
    emulator.configure(token_lifetime_s=60)
    assert ask().json()["expires_in"] == 60


@pytest.fixture
def legacy(emulator, anonymous):
    def send(secret=None, **given):
        c = emulator.credentials
        form = {"grant_type": "password", "username": c.username, "password": c.user_password} | given
        return anonymous("POST", "/oauth/token", data=form, auth=(c.client_id, secret or c.client_secret))

    return send


def test_password_grant_gives_a_uuid_and_a_refresh_token(legacy):
    answer = legacy()
    body = answer.json()
    assert answer.status_code == 200
    assert len(body["access_token"]) == 36
    assert "." not in body["access_token"]
    assert (body["expires_in"], body["scope"], body["token_type"]) == (21_922, "read write", "bearer")
    assert (answer.headers["Cache-Control"], answer.headers["Pragma"]) == ("no-store", "no-cache")


def test_refresh_token_works_once_and_gives_a_new_one(legacy):
    old = legacy().json()["refresh_token"]
    renewed = legacy(grant_type="refresh_token", refresh_token=old)
    assert renewed.status_code == 200
    assert renewed.json()["refresh_token"] != old
    again = legacy(grant_type="refresh_token", refresh_token=old)
    assert (again.status_code, again.json()["error"]) == (400, "invalid_grant")


def test_client_without_refresh_gets_none(emulator, legacy):
    emulator.configure(legacy_refresh_tokens=False)
    assert "refresh_token" not in legacy().json()


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"password": "wrong"}, (400, "invalid_grant")),
        ({"secret": "wrong"}, (401, "invalid_client")),
        ({"grant_type": "authorization_code"}, (400, "unsupported_grant_type")),
        ({"grant_type": ""}, (400, "invalid_request")),
    ],
    ids=str,
)
def test_legacy_grant_is_refused(legacy, given, expected):
    answer = legacy(**given)
    assert (answer.status_code, answer.json()["error"]) == expected


def test_legacy_grant_without_basic_header_is_401(anonymous):
    assert anonymous("POST", "/oauth/token", data={"grant_type": "password"}).status_code == 401
