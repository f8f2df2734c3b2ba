"""One token for all threads: when it is renewed, how often, and what happens when that fails."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from fakes import FakeTime

from airflow_provider_aam.api.errors import AAMClientRejected, AAMError, AAMTokenUnavailable, AAMUnauthorized
from airflow_provider_aam.api.ims import Token
from airflow_provider_aam.api.redaction import Redactor
from airflow_provider_aam.api.shared import shared
from airflow_provider_aam.api.token import TokenSource, TokenState, state_of
from airflow_provider_aam.emulator import Emulator
from api.support import MakeClient

EXCHANGE = "POST /ims/token/v3"


class Ims:
    """Mints tokens that live ``lifetime_s``; fails while ``failure`` is set; waits while ``gate`` is closed."""

    def __init__(self, time: FakeTime, lifetime_s: float = 3600) -> None:
        self.time = time
        self.lifetime = timedelta(seconds=lifetime_s)
        self.exchanges = 0
        self.failure: AAMError | None = None
        self.gate = threading.Event()
        self.gate.set()

    def __call__(self, _: Token | None) -> Token:
        self.exchanges += 1
        assert self.gate.wait(10)
        if self.failure is not None:
            raise self.failure
        expires_at = self.time.now() + self.lifetime
        return Token(value=f"token-{self.exchanges}", expires_at=expires_at, lifetime=self.lifetime)


@pytest.fixture
def ims(time: FakeTime) -> Ims:
    return Ims(time)


@pytest.fixture
def source(time: FakeTime) -> TokenSource:
    return TokenSource(now=time.now)


@pytest.mark.parametrize(
    ("lifetime_s", "age_s", "state"),
    [
        (3600, 0, TokenState.FRESH),
        (3600, 3479.9, TokenState.FRESH),
        (3600, 3480, TokenState.STALE),
        (3600, 3599.9, TokenState.STALE),
        (3600, 3600, TokenState.EXPIRED),
        (100, 89.9, TokenState.FRESH),
        (100, 90, TokenState.STALE),
        (100, 100, TokenState.EXPIRED),
    ],
)
def test_state_changes_two_minutes_or_a_tenth_before_the_end(
    time: FakeTime, lifetime_s: float, age_s: float, state: TokenState
) -> None:
    token = Ims(time, lifetime_s)(None)
    time.elapsed_s = age_s
    assert state_of(token, time.now()) is state


@pytest.mark.parametrize(("age_s", "exchanges"), [(3479, 1), (3480, 2), (3600, 2)])
def test_token_is_renewed_ahead_of_its_end(
    source: TokenSource, ims: Ims, time: FakeTime, age_s: float, exchanges: int
) -> None:
    source.get(ims, Redactor())
    time.elapsed_s = age_s
    assert source.get(ims, Redactor()).value == f"token-{exchanges}"
    assert ims.exchanges == exchanges


def test_thirty_threads_cost_one_exchange(source: TokenSource, ims: Ims) -> None:
    ims.gate.clear()
    with ThreadPoolExecutor(30) as pool:
        waiting = [pool.submit(source.get, ims, Redactor()) for _ in range(30)]
        threading.Timer(0.05, ims.gate.set).start()
        assert {future.result().value for future in waiting} == {"token-1"}
    assert ims.exchanges == 1


def test_threads_that_wait_share_a_refusal_too(source: TokenSource, ims: Ims) -> None:
    ims.gate.clear()
    ims.failure = AAMClientRejected("wrong secret", status=400, error="invalid_client")
    with ThreadPoolExecutor(30) as pool:
        waiting = [pool.submit(source.get, ims, Redactor()) for _ in range(30)]
        threading.Timer(0.2, ims.gate.set).start()
        errors = [future.exception() for future in waiting]
    assert {str(error) for error in errors} == {"wrong secret"}
    assert len({id(error) for error in errors}) == 30  # each thread has its own traceback
    assert ims.exchanges < 30  # a thread that comes after the refusal asks anew


def test_a_refusal_is_not_remembered(source: TokenSource, ims: Ims) -> None:
    ims.failure = AAMTokenUnavailable("busy")
    with pytest.raises(AAMTokenUnavailable):
        source.get(ims, Redactor())
    ims.failure = None
    assert source.get(ims, Redactor()).value == "token-2"


def test_while_one_thread_renews_a_stale_token_the_others_go_on_with_it(
    source: TokenSource, ims: Ims, time: FakeTime
) -> None:
    source.get(ims, Redactor())
    time.elapsed_s = 3500
    ims.gate.clear()
    with ThreadPoolExecutor(1) as pool:
        renewing = pool.submit(source.get, ims, Redactor())
        while ims.exchanges < 2:
            pass
        assert source.get(ims, Redactor()).value == "token-1"
        ims.gate.set()
        assert renewing.result().value == "token-2"
    assert source.get(ims, Redactor()).value == "token-2"


def test_failed_renewal_ahead_of_time_keeps_the_token_and_pauses(
    source: TokenSource, ims: Ims, time: FakeTime, caplog: pytest.LogCaptureFixture
) -> None:
    source.get(ims, Redactor())
    time.elapsed_s = 3500
    ims.failure = AAMTokenUnavailable("IMS is busy")
    assert [source.get(ims, Redactor()).value for _ in range(10)] == ["token-1"] * 10
    assert ims.exchanges == 2
    assert "IMS is busy" in caplog.text
    time.elapsed_s = 3515
    ims.failure = None
    assert source.get(ims, Redactor()).value == "token-3"


def test_renewal_is_told_which_token_it_replaces_and_a_sign_in_is_not(
    source: TokenSource, ims: Ims, time: FakeTime
) -> None:
    told: list[str | None] = []

    def fetch(previous: Token | None) -> Token:
        told.append(previous and previous.value)
        return ims(previous)

    source.get(fetch, Redactor())
    time.elapsed_s = 3600
    source.get(fetch, Redactor())
    source.sign_in(fetch)
    assert told == [None, "token-1", None]


def test_failed_renewal_of_an_expired_token_is_an_error(source: TokenSource, ims: Ims, time: FakeTime) -> None:
    source.get(ims, Redactor())
    time.elapsed_s = 3600
    ims.failure = AAMTokenUnavailable("IMS is busy")
    with pytest.raises(AAMTokenUnavailable):
        source.get(ims, Redactor())


def test_threads_with_the_same_rejected_token_cost_one_exchange(source: TokenSource, ims: Ims) -> None:
    rejected = source.get(ims, Redactor())
    with ThreadPoolExecutor(8) as pool:
        renewed = [pool.submit(source.renew_rejected, rejected, ims, Redactor()) for _ in range(8)]
        assert {future.result().value for future in renewed} == {"token-2"}
    assert ims.exchanges == 2


def test_rejected_token_that_is_no_longer_the_present_one_costs_nothing(source: TokenSource, ims: Ims) -> None:
    older = replace(source.get(ims, Redactor()), value="an older token")
    assert source.renew_rejected(older, ims, Redactor()).value == "token-1"
    assert ims.exchanges == 1


def test_error_that_is_not_ours_leaves_the_source_usable(source: TokenSource, ims: Ims) -> None:
    def broken(_: Token | None) -> Token:
        raise RuntimeError("bug")

    with pytest.raises(RuntimeError):
        source.get(broken, Redactor())
    assert source.get(ims, Redactor()).value == "token-1"


def test_every_redactor_that_uses_the_token_knows_it(source: TokenSource, ims: Ims) -> None:
    for _ in range(2):
        redactor = Redactor()
        source.get(ims, redactor)
        assert redactor.clean("it is token-1") == "it is ***"


def test_sources_are_shared_by_credential_and_address(time: FakeTime) -> None:
    def source(fingerprint: str, address: str) -> TokenSource:
        return shared(TokenSource, lambda: TokenSource(now=time.now), fingerprint=fingerprint, address=address)

    first = source("print", "https://ims")
    assert source("print", "https://ims") is first
    assert source("print", "https://other") is not first
    assert source("other", "https://ims") is not first


# --- the same, seen from the emulator ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("auth", "route"),
    [("oauth_server_to_server", EXCHANGE), ("jwt", "POST /ims/exchange/jwt"), ("legacy_oauth", "POST /oauth/token")],
)
def test_any_number_of_clients_and_requests_cost_one_exchange(
    emulator: Emulator, make_client: MakeClient, auth: str, route: str
) -> None:
    clients = [make_client(auth) for _ in range(3)]
    with ThreadPoolExecutor(12) as pool:
        list(pool.map(lambda number: clients[number % 3].data_sources.fetch_all(), range(36)))
    assert emulator.count(route) == 1


def test_token_that_aam_rejects_is_renewed_once_and_the_request_sent_again(
    emulator: Emulator, make_client: MakeClient
) -> None:
    client = make_client()
    client.users.self()
    emulator.expire_tokens()
    assert client.users.self()["pid"]
    assert emulator.count(EXCHANGE) == 2


def test_second_401_is_final(emulator: Emulator, make_client: MakeClient, time: FakeTime) -> None:
    emulator.trouble("GET /v1/users/self", "expired_token", times=None)
    with pytest.raises(AAMUnauthorized, match=r"401 401013: Oauth token is not valid\..*step 10") as caught:
        make_client().users.self()
    assert not caught.value.retryable
    assert emulator.count("GET /v1/users/self") == 2
    assert emulator.count(EXCHANGE) == 2
    assert time.slept == []


def test_legacy_token_is_renewed_with_its_refresh_token(
    emulator: Emulator, make_client: MakeClient, time: FakeTime
) -> None:
    client = make_client("legacy_oauth")
    client.users.self()
    time.elapsed_s += 21_900
    emulator.advance(21_900)
    client.users.self()
    assert emulator.count("POST /oauth/token") == 2


def test_token_is_renewed_before_the_emulator_would_refuse_it(
    emulator: Emulator, make_client: MakeClient, time: FakeTime
) -> None:
    client = make_client()
    for _ in range(30):  # four hours a step
        client.users.self()
        time.elapsed_s += 4 * 3600
        emulator.advance(4 * 3600)
    assert all(request["status"] == 200 for request in emulator.requests)
    assert emulator.count(EXCHANGE) <= 6
