"""Where the contract is checked: the emulator, or a real account.

::

    export AAM_CONTRACT_CONNECTION=aam_default  # the id of AIRFLOW_CONN_AAM_DEFAULT, or a Connection as JSON
    pytest tests/contract -rP                                   # reads only, and prints the undocumented shapes
    AAM_CONTRACT_WRITE=1 pytest tests/contract                  # also creates, changes and deletes test objects

Nothing is written to a real account without ``AAM_CONTRACT_WRITE``; what is written then is named ``aam-contract-…``
and deleted at the end of each test. Each test names the fact it confirms: [doc] Adobe documents it, [client] it was
seen in a public client, [inferred] it is our reading. The last are the ones worth confirming.
"""

from __future__ import annotations

import json
import os
import uuid
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest

from airflow_provider_aam.api.client import AAMClient
from airflow_provider_aam.api.collection import Collection
from airflow_provider_aam.api.config import AAMConfig
from airflow_provider_aam.api.errors import AAMError

CONNECTION = os.environ.get("AAM_CONTRACT_CONNECTION", "")
MAY_WRITE = not CONNECTION or os.environ.get("AAM_CONTRACT_WRITE") == "1"
PREFIX = "aam-contract-"


def pytest_report_header() -> str:
    where = "a real account" if CONNECTION else "the emulator"
    return f"contract: {where}, {'with writes' if MAY_WRITE else 'read only'}"


@pytest.fixture
def connection(request: pytest.FixtureRequest) -> dict[str, Any]:
    """The Connection under test, as Airflow's JSON form of it."""
    if not CONNECTION:
        emulator = request.getfixturevalue("emulator")
        emulator.seed(segments=25, traits=25, data_sources=2, trait_folders=2, segment_folders=2)
        emulated: dict[str, Any] = emulator.connection("oauth_server_to_server")
        return emulated
    return parse_connection(CONNECTION)


def parse_connection(text: str) -> dict[str, Any]:
    try:
        given = json.loads(text)
    except ValueError:
        pytest.exit(
            "AAM_CONTRACT_CONNECTION must be a Connection as a JSON object, or the id of such a one in AIRFLOW_CONN_…",
            returncode=4,
        )
    extra = given.get("extra") or {}
    given["extra"] = json.loads(extra) if isinstance(extra, str) else extra
    return {name: given.get(name) for name in ("host", "login", "password", "extra")}


@pytest.fixture
def client(connection: dict[str, Any]) -> Iterator[AAMClient]:
    parts = {name: connection[name] for name in ("host", "login", "password", "extra")}
    with AAMClient.from_config(AAMConfig.from_connection(**parts)) as client:
        yield client


@pytest.fixture
def writing() -> None:
    if not MAY_WRITE:
        pytest.skip("writes to the account: set AAM_CONTRACT_WRITE=1 to allow it")


@pytest.fixture
def unique() -> str:
    """A name that nobody else uses and everybody recognises."""
    return f"{PREFIX}{uuid.uuid4().hex[:12]}"


Create = Callable[[Collection, dict[str, Any]], dict[str, Any]]


@pytest.fixture
def create(writing: None) -> Iterator[Create]:
    """Creates an object and deletes it after the test, the last one first."""
    made: list[tuple[Collection, int]] = []

    def make(things: Collection, body: dict[str, Any]) -> dict[str, Any]:
        created = things.create(body)
        made.append((things, created[things.resource.id_field]))
        return created

    yield make
    for things, object_id in reversed(made):
        with suppress(AAMError):
            things.delete(object_id)


@pytest.fixture
def trait(client: AAMClient, create: Create, unique: str) -> dict[str, Any]:
    """An onboarded trait of our own, in a data source of our own."""
    source = create(client.data_sources, {"name": unique, "integrationCode": unique})
    body = {
        "name": f"{unique} & <b>",
        "traitType": "ON_BOARDED_TRAIT",
        "dataSourceId": source["dataSourceId"],
        "folderId": 0,
        "integrationCode": f"{unique}/1",
        "description": "contract test, may be deleted",
        "ttl": 30,
    }
    return create(client.traits, body)
