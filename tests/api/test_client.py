"""The client as a whole: a transport of one's own, a fresh token, bounds."""

from __future__ import annotations

import json

import pytest
from fakes import FakeTime

from airflow_provider_aam.api.client import AAMClient
from airflow_provider_aam.api.config import AAMConfig
from airflow_provider_aam.api.errors import AAMCredentialError
from airflow_provider_aam.api.transport import Answer, Request
from airflow_provider_aam.emulator import Emulator
from api.support import MakeClient


class Canned:
    """A transport that answers without a wire."""

    def __init__(self) -> None:
        self.sent: list[Request] = []
        self.closed = False

    def send(self, request: Request) -> Answer:
        self.sent.append(request)
        token = {"access_token": "secret-token", "expires_in": 3600}
        body = token if request.path.startswith("/ims/") else {"list": [{"sid": 7}], "total": 1}
        return Answer(status=200, headers={}, body=json.dumps(body).encode())

    def close(self) -> None:
        self.closed = True


def test_transport_can_be_handed_in() -> None:
    transport = Canned()
    config = AAMConfig.from_connection(login="id", password="secret", host="https://aam.test")
    with AAMClient.from_config(config, transport=transport) as client:
        assert [row["sid"] for row in client.segments.list()] == [7]
        bounded = client.at_most(2)
        assert [row["sid"] for row in bounded.segments.list()] == [7]
    token, first, _ = transport.sent
    assert token.url == "https://ims-na1.adobelogin.com/ims/token/v3"
    assert first.url == "https://aam.test/v1/segments/"
    assert first.headers["Authorization"] == "Bearer secret-token"
    assert transport.closed


@pytest.mark.parametrize("auth", ["oauth_server_to_server", "jwt", "legacy_oauth"])
def test_sign_in_fetches_a_new_token_that_all_go_on_with(
    emulator: Emulator, make_client: MakeClient, auth: str
) -> None:
    first, second = make_client(auth), make_client(auth)
    old = first.session.sender.access_token()
    token = second.sign_in()
    assert token.value != old
    assert first.session.sender.access_token() == token.value
    assert emulator.count() == 2


def test_sign_in_that_fails_leaves_the_token_of_the_others(
    emulator: Emulator, make_client: MakeClient, time: FakeTime
) -> None:
    client = make_client()
    old = client.session.sender.access_token()
    emulator.configure(server_to_server_enabled=False)
    with pytest.raises(AAMCredentialError):
        client.sign_in()
    assert client.session.sender.access_token() == old
    assert client.users.self()


def test_work_side_by_side_and_in_order_keeps_the_bound(make_client: MakeClient) -> None:
    client = make_client(max_concurrency=3)
    assert [*client.in_order(lambda number: number * 2, range(10))] == [*range(0, 20, 2)]
    done: list[int] = []
    client.side_by_side(done.append, range(10))
    assert sorted(done) == [*range(10)]
    with pytest.raises(ZeroDivisionError):
        client.side_by_side(lambda number: 1 // number, [1, 0, 1])


def test_pause_is_the_client_s_own_sleep(make_client: MakeClient, time: FakeTime) -> None:
    make_client().pause(3)
    assert time.slept == [3]
