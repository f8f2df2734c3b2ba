"""Each kind of trouble × each verb, judged by what is in the account afterwards: nothing lost, nothing twice."""

from __future__ import annotations

from time import monotonic, sleep
from typing import Any

import pytest
from fakes import FakeTime

from airflow_provider_aam.api.client import AAMClient
from airflow_provider_aam.api.errors import (
    AAMBadAnswer,
    AAMClaimsRejected,
    AAMClientRejected,
    AAMConfigError,
    AAMCredentialConverted,
    AAMError,
    AAMForbidden,
    AAMKeyRejected,
    AAMNoAnswer,
    AAMNoProductProfile,
    AAMOutcomeUnknown,
    AAMScopeRejected,
    AAMServerError,
    AAMThrottled,
    AAMTokenUnavailable,
    Fate,
)
from airflow_provider_aam.emulator import Emulator
from api.support import MakeClient

TIMEOUT_S = 0.5
"""Of those who wait for late responses; all else may take as long as a busy machine needs."""
LONG_S = 20.0

# name: (kind, details, whether the emulator does the work, the fate as a caller can know it)
TROUBLES: dict[str, tuple[str, dict[str, Any], bool, Fate]] = {
    "429": ("status", {"status": 429}, False, Fate.NOT_DONE),
    "429 with Retry-After": ("status", {"status": 429, "retry_after": 1}, False, Fate.NOT_DONE),
    "503 with Retry-After": ("status", {"status": 503, "retry_after": 1}, False, Fate.NOT_DONE),
    "expired token": ("expired_token", {}, False, Fate.NOT_DONE),
    "503": ("status", {"status": 503}, False, Fate.UNKNOWN),
    "500": ("status", {"status": 500}, False, Fate.UNKNOWN),
    "502 page": ("html", {"status": 502}, False, Fate.UNKNOWN),
    "504": ("status", {"status": 504}, False, Fate.RUNNING),
    "408": ("status", {"status": 408}, False, Fate.RUNNING),
    "reset before": ("reset_before", {}, False, Fate.UNKNOWN),
    "reset after": ("reset_after", {}, True, Fate.UNKNOWN),
    "half a body": ("half_body", {}, True, Fate.UNKNOWN),
    "page with status 200": ("non_json", {}, True, Fate.UNKNOWN),
    "500 after the work": ("server_error_after", {}, True, Fate.UNKNOWN),
    "late answer": ("delay_after", {"seconds": 2 * TIMEOUT_S}, True, Fate.RUNNING),
}


def patience(trouble: str) -> float:
    return TIMEOUT_S if trouble == "late answer" else LONG_S


@pytest.fixture
def trouble() -> str:
    """That of a test which is about a late response."""
    return "late answer"


@pytest.fixture
def client(make_client: MakeClient, trouble: str) -> AAMClient:
    client = make_client(timeout_s=patience(trouble))
    client.users.self()  # the token is there: trouble with that has tests of its own
    return client


def script(emulator: Emulator, route: str, trouble: str, times: int | None = 1) -> None:
    kind, details, _, _ = TROUBLES[trouble]
    emulator.trouble(route, kind, times=times, **details)


def new_source(number: int = 1) -> dict[str, Any]:
    return {"name": f"Source {number}", "integrationCode": f"source-{number}"}


def names(emulator: Emulator) -> list[str]:
    return sorted(row["name"] for row in emulator.objects("data_sources"))


@pytest.mark.parametrize("trouble", TROUBLES)
def test_list_is_whole_after_trouble(emulator: Emulator, client: AAMClient, trouble: str) -> None:
    emulator.seed(segments=30)
    emulator.clear_stats()
    script(emulator, "GET /v1/segments", trouble)
    pages = [*client.segments.iter_pages({}, page_size=10)]
    assert [len(page.rows) for page in pages] == [10, 10, 10]
    assert emulator.count("GET /v1/segments") == 4


@pytest.mark.parametrize("trouble", TROUBLES)
def test_update_happens_once_in_effect(emulator: Emulator, client: AAMClient, trouble: str) -> None:
    made = client.data_sources.create(new_source())
    script(emulator, "PUT /v1/datasources/{dataSourceId}", trouble)
    assert client.data_sources.update(made["dataSourceId"], {"name": "Renamed"})["name"] == "Renamed"
    assert names(emulator) == ["Renamed"]
    assert emulator.count("PUT /v1/datasources/{dataSourceId}") == 2


@pytest.mark.parametrize("trouble", TROUBLES)
def test_delete_is_true_when_it_was_this_call_that_deleted(emulator: Emulator, client: AAMClient, trouble: str) -> None:
    made = client.data_sources.create(new_source())
    script(emulator, "DELETE /v1/datasources/{dataSourceId}", trouble)
    assert client.data_sources.delete(made["dataSourceId"]) is True
    assert names(emulator) == []


@pytest.mark.parametrize("trouble", TROUBLES)
def test_create_is_never_sent_twice_when_the_first_may_have_worked(
    emulator: Emulator, client: AAMClient, trouble: str
) -> None:
    _, _, done, fate = TROUBLES[trouble]
    script(emulator, "POST /v1/datasources", trouble)
    if fate is Fate.NOT_DONE:
        assert client.data_sources.create(new_source())["name"] == "Source 1"
        assert names(emulator) == ["Source 1"]
        return
    with pytest.raises(AAMOutcomeUnknown, match="check before sending it again") as caught:
        client.data_sources.create(new_source())
    assert (caught.value.fate, caught.value.retryable) == (fate, True)
    assert names(emulator) == (["Source 1"] if done else [])
    assert emulator.count("POST /v1/datasources") == 1


@pytest.mark.parametrize("trouble", [trouble for trouble in TROUBLES if trouble != "expired token"])
@pytest.mark.parametrize(
    ("auth", "route"),
    [
        ("oauth_server_to_server", "POST /ims/token/v3"),
        ("jwt", "POST /ims/exchange/jwt"),
        ("legacy_oauth", "POST /oauth/token"),
    ],
)
def test_trouble_of_the_token_exchange_leaves_no_doubt_about_a_create(
    emulator: Emulator, make_client: MakeClient, auth: str, route: str, trouble: str
) -> None:
    if auth == "jwt" and trouble == "500 after the work":
        pytest.skip("is the answer of a converted credential (see below)")
    client = make_client(auth, timeout_s=patience(trouble))
    script(emulator, route, trouble)
    client.data_sources.create(new_source())
    assert names(emulator) == ["Source 1"]
    assert emulator.count(route) == 2
    assert emulator.count("POST /v1/datasources") == 1


def test_create_that_arrives_late_is_of_unknown_outcome_and_happens_once(emulator: Emulator, client: AAMClient) -> None:
    emulator.trouble("POST /v1/datasources", "delay", seconds=2 * TIMEOUT_S)
    with pytest.raises(AAMOutcomeUnknown) as caught:
        client.data_sources.create(new_source())
    assert caught.value.fate is Fate.RUNNING
    deadline = monotonic() + 10
    while not names(emulator) and monotonic() < deadline:
        sleep(0.02)
    assert names(emulator) == ["Source 1"]


# --- trouble that does not end ----------------------------------------------------------------------------------------

ENDLESS = {
    "429": AAMThrottled,
    "503 with Retry-After": AAMServerError,
    "500": AAMServerError,
    "502 page": AAMServerError,
    "reset before": AAMNoAnswer,
    "half a body": AAMBadAnswer,
    "page with status 200": AAMBadAnswer,
    "late answer": AAMNoAnswer,
}


@pytest.mark.parametrize("trouble", ENDLESS)
def test_list_gives_up_after_max_attempts(emulator: Emulator, make_client: MakeClient, trouble: str) -> None:
    client = make_client(timeout_s=patience(trouble), max_attempts=3)
    script(emulator, "GET /v1/segments", trouble, times=None)
    with pytest.raises(AAMError, match=r"Try again later") as caught:
        client.segments.fetch_all()
    assert type(caught.value) is ENDLESS[trouble]
    assert emulator.count("GET /v1/segments") <= 3


@pytest.mark.parametrize("trouble", ["500", "reset after", "page with status 200"])
@pytest.mark.parametrize("verb", ["PUT", "DELETE"])
def test_write_that_stays_unknown_says_so(emulator: Emulator, make_client: MakeClient, verb: str, trouble: str) -> None:
    client = make_client(timeout_s=10, max_attempts=3)
    made = client.data_sources.create(new_source())
    script(emulator, f"{verb} /v1/datasources/{{dataSourceId}}", trouble, times=None)
    write = {
        "PUT": lambda: client.data_sources.update(made["dataSourceId"], {"name": "x"}),
        "DELETE": lambda: client.data_sources.delete(made["dataSourceId"]),
    }[verb]
    with pytest.raises(AAMOutcomeUnknown) as caught:
        write()
    assert caught.value.fate is Fate.UNKNOWN
    assert emulator.count(f"{verb} /v1/datasources/{{dataSourceId}}") == 3


@pytest.mark.parametrize("kind", ["status", "reset_before", "non_json"])
def test_attempts_at_a_token_are_not_multiplied(emulator: Emulator, make_client: MakeClient, kind: str) -> None:
    emulator.trouble("POST /ims/token/v3", kind, times=None)
    for ask in (lambda client: client.segments.fetch_all(), lambda client: client.session.sender.access_token()):
        emulator.clear_stats()
        with pytest.raises(AAMTokenUnavailable, match="Gave up after 4 of 4 attempts") as caught:
            ask(make_client(max_attempts=4))
        assert caught.value.retryable
        assert emulator.count() == 4


def test_retry_after_beyond_the_budget_fails_at_once(
    emulator: Emulator, make_client: MakeClient, time: FakeTime
) -> None:
    client = make_client()
    client.users.self()
    emulator.trouble("GET /v1/users/self", "status", status=429, retry_after=3600)
    with pytest.raises(AAMThrottled, match="Adobe asks to wait 1 hour, longer than the 5 minutes") as caught:
        client.users.self()
    assert caught.value.retry_after_s == 3600
    assert client.users.self()  # the other calls of the process do not wait for an hour
    assert time.slept == []


def test_retry_after_is_waited_for_by_everybody(emulator: Emulator, make_client: MakeClient, time: FakeTime) -> None:
    client = make_client(max_concurrency=4)
    emulator.trouble("GET /v1/users/self", "status", status=503, retry_after=7)
    client.users.self()
    assert 7 <= sum(time.slept) <= 7.1


def test_throttled_push_slows_down_and_recovers(emulator: Emulator, make_client: MakeClient) -> None:
    client = make_client(max_concurrency=8)
    emulator.trouble("POST /v1/datasources", "status", times=3, status=429)
    for number in range(3):
        client.data_sources.create(new_source(number))
    emulator.configure(latency_s=0.05)
    emulator.clear_stats()
    client.side_by_side(lambda number: client.data_sources.create(new_source(number)), range(3, 5))
    assert emulator.max_in_flight <= 2
    client.side_by_side(lambda number: client.data_sources.create(new_source(number)), range(5, 60))
    assert len(names(emulator)) == 60
    assert emulator.max_in_flight == 8


# --- credentials and accounts that do not work ------------------------------------------------------------------------


@pytest.mark.parametrize("auth", ["oauth_server_to_server", "jwt", "legacy_oauth"])
@pytest.mark.parametrize("part", ["login", "password"])
def test_wrong_client_is_one_clear_refusal(emulator: Emulator, make_client: MakeClient, auth: str, part: str) -> None:
    with pytest.raises(AAMClientRejected) as caught:
        make_client(auth, **{part: "wrong-value"}).users.self()
    assert not caught.value.retryable
    assert "wrong-value" not in caught.value.message
    assert emulator.count() == 1


def test_wrong_user_password_is_one_clear_refusal(make_client: MakeClient) -> None:
    with pytest.raises(AAMClientRejected, match=r"extra\['user_password'\]"):
        make_client("legacy_oauth", user_password="wrong-value").users.self()


def test_wrong_key_is_one_clear_refusal(make_client: MakeClient, rsa_pem: str) -> None:
    with pytest.raises(AAMKeyRejected, match="does not belong to the credential's certificate"):
        make_client("jwt", private_key=rsa_pem).users.self()


def test_expired_certificate_is_one_clear_refusal(emulator: Emulator, make_client: MakeClient) -> None:
    emulator.configure(certificate_expired=True)
    with pytest.raises(AAMKeyRejected, match=r"certificate has expired .*since 2025-06-30"):
        make_client("jwt").users.self()


@pytest.mark.parametrize(
    ("extra", "kind"),
    [
        ({"org_id": "WRONG@AdobeOrg"}, AAMClaimsRejected),
        ({"technical_account_id": "WRONG@techacct.adobe.com"}, AAMClaimsRejected),
        ({"metascopes": "ent_analytics_bulk_ingest_sdk"}, AAMScopeRejected),
    ],
)
def test_wrong_claims_are_one_clear_refusal(make_client: MakeClient, extra: dict[str, str], kind: Any) -> None:
    with pytest.raises(kind):
        make_client("jwt", **extra).users.self()


def test_clock_that_is_wrong_is_one_clear_refusal(make_client: MakeClient, time: FakeTime) -> None:
    time.elapsed_s = -3600
    with pytest.raises(AAMClaimsRejected, match="clock right"):
        make_client("jwt").users.self()


def test_scopes_that_are_not_granted_are_one_clear_refusal(make_client: MakeClient) -> None:
    with pytest.raises(AAMScopeRejected, match=r"extra\['scopes'\]"):
        make_client(scopes="openid,something_else").users.self()


@pytest.mark.parametrize(("mode", "kind"), [("migrated", AAMCredentialConverted), ("eol", AAMClientRejected)])
def test_converted_jwt_credential_is_asked_once_and_told_how_to_migrate(
    emulator: Emulator, make_client: MakeClient, mode: str, kind: Any
) -> None:
    emulator.configure(credential_mode=mode)
    with pytest.raises(kind, match="set extra\\['auth'\\] to 'oauth_server_to_server'") as caught:
        make_client("jwt").users.self()
    assert not caught.value.retryable
    assert emulator.count() == 1


def test_converted_credential_works_as_server_to_server(emulator: Emulator, make_client: MakeClient) -> None:
    emulator.configure(credential_mode="migrated")
    assert make_client("oauth_server_to_server").users.self()["pid"]


def test_wrong_organization_is_one_clear_refusal(make_client: MakeClient) -> None:
    with pytest.raises(AAMNoProductProfile, match=r"extra\['org_id'\] names another organization"):
        make_client(org_id="OTHER@AdobeOrg").users.self()


def test_api_that_is_not_in_the_project_names_the_step(emulator: Emulator, client: AAMClient) -> None:
    emulator.configure(api_in_project=False)
    with pytest.raises(AAMForbidden, match="Repeat setup step 4:"):
        client.users.self()


def test_address_that_is_not_ims_is_a_problem_of_the_connection(emulator: Emulator, make_client: MakeClient) -> None:
    with pytest.raises(AAMConfigError, match=r"extra\['ims_url'\] is not the address of Adobe IMS"):
        make_client(ims_url=f"{emulator.url}/v1").users.self()


def test_legacy_token_is_refused_by_name_of_its_cause_and_not_by_its_value(
    emulator: Emulator, make_client: MakeClient
) -> None:
    client = make_client("legacy_oauth")
    token = client.session.sender.access_token()
    emulator.trouble("GET /v1/users/self", "expired_token", times=None)
    with pytest.raises(AAMError, match=r"401 invalid_token: Access token expired: \*\*\*") as caught:
        client.users.self()
    assert token not in caught.value.message
