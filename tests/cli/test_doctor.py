"""The doctor names the step that is wrong, for every trouble that the emulator can play, and changes nothing."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta

import pytest

from airflow_provider_aam.api.guide import Step
from airflow_provider_aam.api.moments import utc_now
from airflow_provider_aam.cli.checkup.visit import Visit
from airflow_provider_aam.cli.checkup.walk import walk
from airflow_provider_aam.hooks.aam import AAMHook

PEM = "-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----"


def red(steps):
    return [name for name, step in steps.items() if step["state"] == "red"]


@pytest.mark.parametrize("auth", ["oauth_server_to_server", "jwt", "legacy_oauth"])
def test_a_complete_set_up_has_nothing_red(emulator, doctor, auth):
    emulator.reset("account")
    code, steps = doctor(auth)
    assert (code, red(steps)) == (0, [])
    assert steps["Read segments"]["text"] == "200 there"
    assert steps["Write traits"]["state"] == "green"
    assert "200 of 20,000" in steps["Limit segments"]["text"]
    assert steps["Private key"]["state"] == ("green" if auth == "jwt" else "skipped")
    assert steps["Fields"]["state"] == ("yellow" if auth == "jwt" else "green")


def test_nothing_is_written(emulator, doctor):
    emulator.reset("account")
    doctor()
    assert {request["route"] for request in emulator.requests if request["method"] != "GET"} == {"POST /ims/token/v3"}


@pytest.mark.parametrize(
    ("auth", "settings", "title", "step"),
    [
        ("jwt", {"credential_mode": "migrated"}, "Token", Step.CREDENTIAL),
        ("jwt", {"credential_mode": "eol"}, "Token", Step.CREDENTIAL),
        ("jwt", {"certificate_expired": True}, "Token", Step.CREDENTIAL),
        ("oauth_server_to_server", {"server_to_server_enabled": False}, "Token", Step.CREDENTIAL),
        ("oauth_server_to_server", {"granted_scopes": ["openid"]}, "Token", Step.CREDENTIAL),
        ("oauth_server_to_server", {"api_in_project": False}, "API in the project", Step.ADD_API),
        ("oauth_server_to_server", {"product_profile": False}, "Product profile", Step.PRODUCT_PROFILE),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, dict) else None,
)
def test_what_adobe_lacks_is_named_with_the_step_to_repeat(emulator, doctor, auth, settings, title, step):
    emulator.configure(**settings)
    code, steps = doctor(auth)
    assert (code, red(steps)) == (1, [title])
    assert steps[title]["fix"] == step.pointer
    names = list(steps)
    later = names[names.index(title) + 1 :]
    assert [name for name in later if steps[name]["text"] != f"needs: {title}"] == []


@pytest.mark.parametrize(
    ("auth", "given", "title"),
    [
        ("oauth_server_to_server", {"changes": {"password": "p8e-wrong-secret"}}, "Token"),
        ("oauth_server_to_server", {"changes": {"login": "not-the-client-id"}}, "Token"),
        ("jwt", {"changes": {"password": "p8e-wrong-secret"}}, "Token"),
        ("legacy_oauth", {"changes": {"password": "p8e-wrong-secret"}}, "Token"),
        ("legacy_oauth", {"user_password": "p8e-wrong-secret"}, "Token"),
        ("jwt", {"technical_account_id": "0000@techacct.adobe.com"}, "Token"),
        ("jwt", {"private_key": PEM}, "Private key"),
        ("oauth_server_to_server", {"changes": {"login": ""}}, "Fields"),
        ("oauth_server_to_server", {"no_such_key": 1}, "Fields"),
        ("oauth_server_to_server", {"ims_url": "http://127.0.0.1:1"}, "Token host, clock"),
        ("oauth_server_to_server", {"changes": {"host": "http://127.0.0.1:1"}}, "Host and headers"),
        ("legacy_oauth", {"changes": {"host": "https://aam.adobe.io"}}, "Host and headers"),
        ("oauth_server_to_server", {"org_id": "0000@AdobeOrg"}, "Product profile"),
    ],
    ids=lambda value: "-".join(value.get("changes", value)) if isinstance(value, dict) else None,
)
def test_what_the_connection_has_wrong_is_named(doctor, auth, given, title):
    code, steps = doctor(auth, **given)
    assert (code, red(steps)) == (1, [title])
    assert steps[title]["fix"]


def test_all_problems_of_the_fields_are_told_together(doctor):
    _, steps = doctor(changes={"login": "", "password": ""}, timeout_s=-1)
    for problem in ("login is empty", "password is empty", "extra['timeout_s']"):
        assert problem in steps["Fields"]["text"]


def test_missing_and_unreadable_connections_are_told_apart(airflow_aam, airflow_db, monkeypatch):
    missing = airflow_aam("doctor", "--conn-id", "aam_typo")
    assert missing.exit_code == 1
    assert "There is no Connection 'aam_typo'" in missing.stdout
    monkeypatch.setenv("AIRFLOW_CONN_AAM_DEFAULT", "aam://id:very/secret#word@host:port:word/")
    unreadable = airflow_aam("doctor")
    assert unreadable.exit_code == 1
    assert "✘" in unreadable.stdout
    assert "very" not in unreadable.stdout


def test_group_trap_is_seen_by_its_empty_lists(emulator, doctor):
    emulator.reset("account")
    emulator.configure(rbac=True)
    code, steps = doctor()
    assert code == 1
    assert steps["Technical account"]["state"] == "green"
    assert steps["Group"]["state"] == "red"
    assert steps["Group"]["fix"] == Step.TECHNICAL_USER.pointer
    emulator.add_to_group()
    code, steps = doctor()
    assert (code, steps["Group"]["state"]) == (0, "green")


def test_text_false_makes_nobody_an_administrator(emulator, doctor):
    emulator.configure(rbac=True)
    user = {"userId": 7, "emailAddress": "robot@example.com", "groups": [], "isAdmin": "false"}
    emulator.trouble("GET /v1/users/self", "status", status=200, body=user)
    code, steps = doctor()
    assert (code, steps["Group"]["state"]) == (1, "red")
    assert steps["Technical account"]["text"].startswith("robot@example.com ")


def test_user_in_a_group_that_sees_nothing_is_yellow(emulator, doctor):
    emulator.configure(rbac=True)
    emulator.add_to_group()
    code, steps = doctor()
    assert code == 0
    assert steps["Group"]["state"] == "yellow"


def test_one_list_that_is_refused_does_not_stop_the_others(emulator, doctor):
    emulator.reset("account")
    emulator.trouble(
        "GET /v1/traits", "status", times=None, status=403, body={"code": "ACCESS_DENIED", "message": "no"}
    )
    code, steps = doctor()
    assert (code, red(steps)) == (1, ["Read traits"])
    assert steps["Read traits"]["fix"] == Step.TECHNICAL_USER.pointer
    assert steps["Read segments"]["state"] == "green"
    assert steps["Write traits"]["state"] == "skipped"


def test_closed_list_that_few_need_is_no_failure(emulator, doctor):
    emulator.trouble("GET /v1/users", "status", times=None, status=403, body={"code": "ACCESS_DENIED", "message": "no"})
    code, steps = doctor()
    assert (code, steps["Read users"]["state"]) == (0, "yellow")
    assert re.match(r"closed to this user \(40[34] ", steps["Read users"]["text"])


def test_a_list_that_aam_does_not_have_is_not_called_closed(emulator, doctor):
    emulator.trouble("GET /v1/users", "status", times=None, status=404, body={"code": "NOT_FOUND", "message": "no"})
    code, steps = doctor()
    assert (code, steps["Read users"]["state"]) == (0, "yellow")
    assert steps["Read users"]["text"].startswith("AAM does not have this list (404")


@pytest.mark.parametrize("given", [{"ims_url": "http://127.0.0.1:1"}, {"changes": {"host": "http://127.0.0.1:1"}}])
def test_a_wrong_port_leads_to_host_and_port_and_to_no_step(doctor, given):
    _, steps = doctor(**given)
    assert [steps[title]["fix"] for title in red(steps)] == ["Check host and port of the Connection."]


def test_a_connection_of_another_type_is_sent_nowhere(emulator, doctor):
    code, steps = doctor(changes={"conn_type": "http"})
    assert (code, red(steps)) == (1, ["Fields"])
    assert "its type is 'http': set it to 'aam'" in steps["Fields"]["text"]
    assert emulator.requests == []


def test_addresses_that_expose_secrets_are_yellow(doctor):
    _, steps = doctor(changes={"host": "http://aam.invalid"}, ims_url="https://ims.invalid", verify=False)
    assert steps["Fields"]["state"] == "yellow"
    assert "host is http://aam.invalid: secrets and tokens are sent unencrypted" in steps["Fields"]["text"]
    assert "anyone can pose as https://ims.invalid" in steps["Fields"]["text"]
    assert steps["Fields"]["fix"] == "Use https://. Give the path of a CA bundle instead."


def test_reader_without_write_permission_is_yellow(emulator, doctor):
    emulator.reset("account")
    none = {"total": 0, "page": 0, "pageSize": 1, "list": []}
    emulator.trouble("GET /v1/segments", "status", times=None, skip=1, status=200, body=none)
    code, steps = doctor()
    assert (code, steps["Write segments"]["state"]) == (0, "yellow")
    assert steps["Write traits"]["state"] == "green"


@pytest.mark.parametrize(("limit", "state"), [(10, "red"), (11, "yellow"), (100, "green")])
def test_limits_left_are_told(emulator, doctor, limit, state):
    emulator.seed(segments=10)
    emulator.configure(limits={"segments": limit})
    code, steps = doctor()
    assert steps["Limit segments"]["state"] == state
    assert f"10 of {limit}" in steps["Limit segments"]["text"]
    assert code == (1 if state == "red" else 0)


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        ({"status": 404, "body": {"code": "NOT_FOUND", "message": "x"}}, "documented limit 10 of 20,000"),
        ({"status": 200, "body": {"anything": "else"}}, "documented limit 10 of 20,000"),
        ({"status": 200, "body": [{"type": "ALL", "max": 50, "current": 10}]}, "ALL 10 of 50"),
        ({"status": 200, "body": {"ALL": {"limit": "50", "used": "10"}}}, "ALL 10 of 50"),
    ],
    ids=["no such address", "another shape", "bare list", "by name"],
)
def test_limits_that_are_not_understood_are_the_documented_ones(emulator, doctor, answer, text):
    emulator.seed(segments=10)
    emulator.trouble("GET /v1/segments/limits", "status", **answer)
    _, steps = doctor()
    assert steps["Limit segments"]["text"] == text


def test_documented_limit_of_some_is_told_where_it_cannot_be_counted(emulator, doctor):
    emulator.seed(segments=1)
    emulator.trouble("GET /v1/models/limits", "status", status=200, body={"anything": "else"})
    _, steps = doctor()
    said = "AAM's response is not understood; Adobe documents at most 20 with status ACTIVE"
    assert (steps["Limit models"]["state"], steps["Limit models"]["text"]) == ("skipped", said)


@pytest.mark.parametrize("kind", ["html", "half_body", "reset_after"])
def test_trouble_on_the_wire_is_red_where_it_happens(emulator, doctor, kind):
    emulator.trouble("GET /v1/users/self", kind, times=None)
    code, steps = doctor()
    assert (code, red(steps)) == (1, ["Host and headers"])
    assert steps["Host and headers"]["fix"]


@pytest.mark.parametrize(
    ("auth", "off", "state"),
    [
        ("jwt", timedelta(minutes=-10), "red"),
        ("oauth_server_to_server", timedelta(minutes=-10), "yellow"),
        ("jwt", timedelta(minutes=1), "yellow"),
        ("jwt", timedelta(seconds=5), "green"),
    ],
    ids=["jwt 10 min", "s2s 10 min", "jwt 1 min", "jwt 5 s"],
)
def test_clock_is_compared_with_the_token_host(emulator, monkeypatch, auth, off, state):
    monkeypatch.setenv("AIRFLOW_CONN_AAM_DEFAULT", emulator.connection_json(auth, max_attempts=1))
    found = {result.step: result for result in walk(Visit(hook=AAMHook(), now=lambda: utc_now() + off))}
    clock = found["Token host, clock"]
    assert clock.state == state
    if abs(off) > timedelta(seconds=30):
        assert "ahead of" in clock.text if off > timedelta(0) else "behind" in clock.text
        assert "NTP" in clock.fix
    assert found["Token"].state == ("skipped" if state == "red" else "green")


def test_slow_answer_is_not_taken_for_a_wrong_clock(emulator, monkeypatch):
    """A minute between question and answer: whatever time the server gives within it agrees with this clock."""
    monkeypatch.setenv("AIRFLOW_CONN_AAM_DEFAULT", emulator.connection_json("jwt", max_attempts=1))
    slow = iter(timedelta(minutes=minute) for minute in range(-1, 100, 2))
    found = {result.step: result for result in walk(Visit(hook=AAMHook(), now=lambda: utc_now() + next(slow)))}
    assert found["Token host, clock"].text.endswith("responds; clocks agree")


def test_server_that_calls_a_fresh_jwt_expired_is_about_the_clock(emulator, doctor):
    emulator.advance(3600)
    _, steps = doctor("jwt")
    assert red(steps) == ["Token"]
    assert "clock" in steps["Token"]["text"]


def test_unexpected_error_is_shown_without_secrets(emulator, monkeypatch):
    monkeypatch.setenv("AIRFLOW_CONN_AAM_DEFAULT", emulator.connection_json("oauth_server_to_server"))

    def broken_clock() -> datetime:
        raise ZeroDivisionError(f"at {datetime(2026, 1, 1, tzinfo=UTC):%Y} with {emulator.credentials.client_secret}")

    clock = next(result for result in walk(Visit(hook=AAMHook(), now=broken_clock)) if result.state == "red")
    assert (clock.step, clock.text) == ("Token host, clock", "ZeroDivisionError: at 2026 with ***")


def test_what_a_missing_connection_skips_is_one_line(airflow_aam, airflow_db):
    done = airflow_aam("doctor", "--conn-id", "aam_typo")
    (folded,) = [line for line in done.stdout.splitlines() if line.startswith("–")]
    steps = json.loads(airflow_aam("doctor", "--conn-id", "aam_typo", "--json").stdout)["steps"]
    skipped = [step for step in steps if step["text"] == "needs: Connection"]
    assert folded.split() == f"– {len(skipped)} more steps needs: Connection (Fields … Limit models)".split()
    assert len(skipped) == len(steps) - 1 > 30


def test_table_for_people_has_a_line_a_step_and_the_fix(emulator, airflow_aam, monkeypatch):
    monkeypatch.setenv("AIRFLOW_CONN_AAM_DEFAULT", emulator.connection_json("oauth_server_to_server"))
    emulator.configure(product_profile=False)
    done = airflow_aam("doctor")
    assert done.exit_code == 1
    assert re.search("^✔ +Token  ", done.stdout, re.MULTILINE)
    assert re.search("^✘ +Product profile  ", done.stdout, re.MULTILINE)
    assert f"→ {Step.PRODUCT_PROFILE.pointer}" in done.stdout
    assert "1 red" in done.stdout.splitlines()[-1]
