"""Clients of the emulator with a clock of the test's own, throw-away keys, and a raw server."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from fakes import FakeTime

from airflow_provider_aam.api.client import AAMClient
from airflow_provider_aam.emulator import Emulator
from api.support import MakeClient, RawServer, config_of, pem_of


@pytest.fixture
def time() -> FakeTime:
    return FakeTime()


@pytest.fixture
def make_client(emulator: Emulator, time: FakeTime) -> Iterator[MakeClient]:
    """``make_client(auth, **extra)``: a client of the emulator. Also replaces ``login``, ``password`` and ``host``."""
    made: list[AAMClient] = []

    def make(auth: str = "oauth_server_to_server", **extra: Any) -> AAMClient:
        parts = {name: extra.pop(name) for name in ("login", "password", "host") if name in extra}
        config = config_of(emulator.connection(auth, **extra) | parts)
        client = AAMClient.from_config(config, now=time.now, sleep=time.sleep, monotonic=time.monotonic)
        made.append(client)
        return client

    yield make
    for client in made:
        client.close()


@pytest.fixture
def client(make_client: MakeClient) -> AAMClient:
    return make_client()


@pytest.fixture(scope="session")
def rsa_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture(scope="session")
def rsa_pem(rsa_key: rsa.RSAPrivateKey) -> str:
    return pem_of(rsa_key)


@pytest.fixture(scope="session")
def ec_pem() -> str:
    return pem_of(ec.generate_private_key(ec.SECP256R1()))


@pytest.fixture
def raw_server() -> Iterator[RawServer]:
    server = RawServer()
    yield server
    server.close()
