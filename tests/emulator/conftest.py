"""Raw HTTP access to the emulator: no code of the package's client."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import jwt
import pytest
import requests

from airflow_provider_aam.emulator import Emulator

AUDIENCE = "https://ims-na1.adobelogin.com"


class Http:
    """A session with headers of its own, on one emulator."""

    def __init__(self, emulator: Emulator, headers: dict[str, str]) -> None:
        self.emulator = emulator
        self.session = requests.Session()
        self.session.trust_env = False
        self.session.headers.update(headers)

    def __call__(self, method: str, path: str, **options: Any) -> requests.Response:
        return self.session.request(method, self.emulator.url + path, timeout=10, **options)

    def get(self, path: str, **options: Any) -> requests.Response:
        return self("GET", path, **options)

    def post(self, path: str, json: Any = None, **options: Any) -> requests.Response:
        return self("POST", path, json=json, **options)

    def put(self, path: str, json: Any = None, **options: Any) -> requests.Response:
        return self("PUT", path, json=json, **options)

    def delete(self, path: str, **options: Any) -> requests.Response:
        return self("DELETE", path, **options)


@pytest.fixture
def open_http(emulator: Emulator) -> Iterator[Callable[..., Http]]:
    opened: list[Http] = []

    def open_session(**headers: str) -> Http:
        opened.append(Http(emulator, {name.replace("_", "-"): value for name, value in headers.items()}))
        return opened[-1]

    yield open_session
    for each in opened:
        each.session.close()


@pytest.fixture
def anonymous(open_http: Callable[..., Http]) -> Http:
    return open_http()


@pytest.fixture
def ims_token(emulator: Emulator, anonymous: Http) -> str:
    c = emulator.credentials
    form = {"client_id": c.client_id, "client_secret": c.client_secret, "scope": ",".join(c.scopes)}
    answer = anonymous("POST", "/ims/token/v3", data={"grant_type": "client_credentials", **form})
    emulator.clear_stats()
    return str(answer.json()["access_token"])


@pytest.fixture
def legacy_token(emulator: Emulator, anonymous: Http) -> str:
    c = emulator.credentials
    form = {"grant_type": "password", "username": c.username, "password": c.user_password}
    answer = anonymous("POST", "/oauth/token", data=form, auth=(c.client_id, c.client_secret))
    emulator.clear_stats()
    return str(answer.json()["access_token"])


@pytest.fixture
def http(emulator: Emulator, open_http: Callable[..., Http], ims_token: str) -> Http:
    """Signed in as at aam.adobe.io, with HTML escaping off."""
    return open_http(
        Authorization=f"Bearer {ims_token}",
        x_api_key=emulator.credentials.client_id,
        AAM_Disable_Escaping_HTML="true",
    )


@pytest.fixture
def source(emulator: Emulator) -> int:
    """A data source."""
    return int(emulator.add("data_sources", {"name": "Web"})["dataSourceId"])


@pytest.fixture
def draft(source: int) -> dict[str, Any]:
    """A trait that AAM accepts."""
    rule = 'c_page == "pricing"'
    return {"name": "A", "traitType": "RULE_BASED_TRAIT", "dataSourceId": source, "folderId": 0, "traitRule": rule}


@pytest.fixture
def sign(emulator: Emulator) -> Callable[..., str]:
    """Sign a JWT; keyword arguments change claims, `None` removes one."""

    def sign_claims(*, key: str | None = None, algorithm: str = "RS256", **changes: Any) -> str:
        c = emulator.credentials
        claims: dict[str, Any] = {
            "exp": int(time.time()) + 300,
            "iss": c.org_id,
            "sub": c.technical_account_id,
            "aud": f"{AUDIENCE}/c/{c.client_id}",
            f"{AUDIENCE}/s/{c.metascope}": True,
            **changes,
        }
        claims = {name: value for name, value in claims.items() if value is not None}
        payload = json.dumps(claims).encode()  # jwt.encode would refuse claims of a wrong type
        return jwt.PyJWS().encode(payload, key or c.private_key, algorithm, {"typ": "JWT"})

    return sign_claims
