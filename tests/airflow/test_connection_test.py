"""What the *Test* button says: success with a name, or what failed and which step of the set-up to repeat."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from typing import Any

import pytest

from airflow_provider_aam.api.guide import Step
from airflow_provider_aam.compat import AIRFLOW_V_3_0_PLUS
from airflow_provider_aam.hooks.aam import AAMHook

A_STEP = re.compile(r"Repeat setup step \d+: [^(]+ \(airflow-aam docs setup \d+\)")


@pytest.fixture
def press_test(emulator, monkeypatch) -> Callable[..., tuple[bool, str]]:
    def press(auth: str = "oauth_server_to_server", *, changes: dict[str, Any] | None = None, **extra: Any) -> Any:
        connection = emulator.connection(auth, **extra) | (changes or {})
        monkeypatch.setenv("AIRFLOW_CONN_AAM_DEFAULT", json.dumps(connection))
        return AAMHook().test_connection()

    return press


@pytest.mark.parametrize("auth", ["oauth_server_to_server", "jwt", "legacy_oauth"])
def test_success_names_the_user_and_the_partner(emulator, press_test, auth):
    ok, message = press_test(auth)
    assert ok, message
    assert re.match(r"Connected as \S+ \(partner id \d+\)\.$", message), message


def test_a_new_token_is_asked_for_each_time(emulator, press_test):
    press_test()
    press_test()
    assert emulator.count("POST /ims/token/v3") == 2
    assert emulator.count("GET /v1/users/self") == 2


def test_user_without_a_group_is_a_success_with_a_hint(emulator, press_test):
    emulator.configure(rbac=True)
    ok, message = press_test()
    assert ok
    assert "in no group" in message
    assert Step.TECHNICAL_USER.pointer in message
    emulator.add_to_group()
    assert "group" not in press_test()[1]


@pytest.mark.parametrize(
    ("auth", "settings", "step"),
    [
        ("jwt", {"credential_mode": "migrated"}, Step.CREDENTIAL),
        ("jwt", {"credential_mode": "eol"}, Step.CREDENTIAL),
        ("jwt", {"certificate_expired": True}, Step.CREDENTIAL),
        ("oauth_server_to_server", {"server_to_server_enabled": False}, Step.CREDENTIAL),
        ("oauth_server_to_server", {"granted_scopes": ["openid"]}, Step.CREDENTIAL),
        ("oauth_server_to_server", {"product_profile": False}, Step.PRODUCT_PROFILE),
        ("oauth_server_to_server", {"api_in_project": False}, Step.ADD_API),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, dict) else None,
)
def test_missing_set_up_names_the_step_to_repeat(emulator, press_test, auth, settings, step):
    emulator.configure(**settings)
    ok, message = press_test(auth)
    assert not ok
    assert step.pointer in message


@pytest.mark.parametrize(
    ("changes", "extra"),
    [({"host": "http://127.0.0.1:1"}, {}), ({}, {"ims_url": "http://127.0.0.1:1"})],
    ids=["AAM", "IMS"],
)
def test_wrong_port_says_to_check_the_address_and_no_step(press_test, changes, extra):
    ok, message = press_test(changes=changes, **extra)
    assert not ok
    assert "no connection to 127.0.0.1:1" in message
    assert "Check host, port and proxies" in message
    assert "Repeat setup step" not in message


@pytest.mark.parametrize(
    ("auth", "changes"),
    [
        ("oauth_server_to_server", {"password": "p8e-wrong-secret"}),
        ("oauth_server_to_server", {"login": "not-the-client-id"}),
        ("jwt", {"password": "p8e-wrong-secret"}),
        ("legacy_oauth", {"password": "p8e-wrong-secret"}),
        ("oauth_server_to_server", {"login": ""}),
        ("oauth_server_to_server", {"host": "ftp://aam"}),
    ],
    ids=["client secret", "client id", "secret of jwt", "secret of legacy", "no client id", "no http"],
)
def test_wrong_connection_fails_with_a_step_and_without_secrets(press_test, auth, changes):
    ok, message = press_test(auth, changes=changes)
    assert not ok
    assert A_STEP.search(message)
    assert "p8e-" not in message


@pytest.mark.parametrize(
    ("extra", "auth"),
    [
        ({"user_password": "wrong-password-1"}, "legacy_oauth"),
        ({"org_id": "0000@AdobeOrg"}, "jwt"),
        ({"technical_account_id": "0000@techacct.adobe.com"}, "jwt"),
        ({"private_key": "-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----"}, "jwt"),
        ({"private_key": ""}, "jwt"),
        ({"scopes": "openid,nothing_of_ours"}, "oauth_server_to_server"),
        ({"no_such_key": 1}, "oauth_server_to_server"),
        ({"verify": "/no/such/bundle.pem"}, "oauth_server_to_server"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else None,
)
def test_wrong_extra_fails_with_a_step_and_without_secrets(press_test, auth, extra):
    ok, message = press_test(auth, **extra)
    assert not ok
    assert A_STEP.search(message), message
    assert "wrong-password-1" not in message


@pytest.mark.parametrize(
    ("kind", "details"),
    [("status", {"status": 500}), ("status", {"status": 403}), ("html", {}), ("half_body", {}), ("reset_after", {})],
    ids=["500", "403", "html", "half a body", "reset"],
)
@pytest.mark.parametrize("route", ["POST /ims/token/v3", "GET /v1/users/self"])
def test_server_trouble_fails_with_a_step_after_two_attempts(emulator, press_test, route, kind, details):
    emulator.trouble(route, kind, times=None, **details)
    ok, message = press_test()
    assert not ok
    assert A_STEP.search(message), message
    assert emulator.count(route) <= 2


def test_slow_server_is_waited_for_no_longer_than_its_time_allows(emulator, press_test):
    emulator.trouble("GET /v1/users/self", "delay", times=None, seconds=3)
    started = time.monotonic()
    ok, message = press_test(timeout_s=0.5)
    assert not ok
    assert "no response" in message
    assert time.monotonic() - started < 6  # twice the delay; the attempts take a second


def test_fields_that_the_page_of_airflow_2_sends_twice_count_once(emulator, press_test):
    extra = emulator.connection("jwt")["extra"]
    ok, message = press_test("jwt", **{f"extra__aam__{key}": value for key, value in extra.items()})
    assert ok, message
    ok, message = press_test(extra__aam__scope="openid")
    assert not ok
    assert "extra has the unknown key 'scope': did you mean 'scopes'?" in message


def test_port_that_the_form_asks_for_changes_no_address(emulator, press_test):
    ok, message = press_test(changes={"port": 443})
    assert ok, message


def test_missing_connection_is_a_failure_not_an_exception(airflow_db):
    ok, message = AAMHook("aam_typo").test_connection()
    assert not ok
    assert "'aam_typo'" in message
    assert A_STEP.search(message)


def test_connection_that_airflow_cannot_read_is_a_failure_that_quotes_nothing(monkeypatch):
    monkeypatch.setenv("AIRFLOW_CONN_AAM_DEFAULT", "aam://id:very/secret#word@host:port:word/")
    ok, message = AAMHook().test_connection()
    assert not ok
    assert "very" not in message
    assert A_STEP.search(message)


def test_airflow_runs_the_test_through_its_connection(emulator, monkeypatch):
    monkeypatch.setenv("AIRFLOW_CONN_AAM_DEFAULT", emulator.connection_json("oauth_server_to_server"))
    ok, message = AAMHook.get_connection("aam_default").test_connection()
    assert ok, message
    assert message.startswith("Connected as ")


def test_problems_are_in_one_line_without_the_id_that_airflow_makes_up(press_test):
    ok, message = press_test(changes={"login": ""}, org_id="ABC")
    assert not ok
    assert "\n" not in message
    assert message.startswith("The Connection has 2 problems: ")
    assert re.search(r"AdobeOrg\S*[;.] ", message)
    assert Step.CONNECTION.pointer in message


@pytest.mark.parametrize(
    "unknown", [{"password": ""}, {"extra": {"private_key": "RATHER_LONG_SENSITIVE_FIELD_PLACEHOLDER"}}]
)
def test_secrets_that_the_form_of_airflow_2_does_not_know_are_not_called_wrong_alone(press_test, emulator, unknown):
    extra = {**emulator.connection("jwt")["extra"], **unknown.get("extra", {})}
    passed, message = press_test("jwt", changes={**unknown, "extra": extra})
    assert not passed
    assert ("Test does not know them: type them again" in message) == (not AIRFLOW_V_3_0_PLUS)


def test_wrong_secret_that_was_typed_is_called_wrong_alone(press_test):
    passed, message = press_test("jwt", changes={"password": "p8e-not-this-one"})
    assert not passed
    assert "type them again" not in message
