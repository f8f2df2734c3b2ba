"""`s3://` as users have it: Airflow's ObjectStoragePath, its Amazon provider, an Airflow Connection. Nothing leaves."""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib.util import find_spec
from typing import Any

import pytest
from s3_server import S3, running_s3

# Warnings of Airflow's and Amazon's own code; ours stay errors.
_OF_OTHERS = ("ignore:Using .httpx. with .starlette",)


def pytest_configure(config: pytest.Config) -> None:
    for warning in _OF_OTHERS:
        config.addinivalue_line("filterwarnings", warning)


@pytest.fixture(scope="session")
def s3_server() -> Iterator[S3]:
    missing = [name for name in ("airflow.providers.amazon", "s3fs", "moto") if not _is_there(name)]
    if missing:
        pytest.skip(f"{', '.join(missing)} not installed: `make test-s3` has an environment that has all of it")
    with running_s3() as s3:
        yield s3


def _is_there(name: str) -> bool:
    try:
        return find_spec(name) is not None
    except ModuleNotFoundError:
        return False


@pytest.fixture(autouse=True)
def s3(s3_server: S3, monkeypatch: pytest.MonkeyPatch) -> S3:
    """An S3 with an empty bucket `lake`, and an Airflow Connection `lake` to it; whatever does not use it fails."""
    for name, value in {
        "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
        "AWS_ACCESS_KEY_ID": "none",
        "AWS_SECRET_ACCESS_KEY": "none",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": "/dev/null",
        "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
    }.items():
        monkeypatch.setenv(name, value)
    extra = {"endpoint_url": s3_server.url, "config_kwargs": {"retries": {"total_max_attempts": 2}}}
    connection = {"conn_type": "aws", "login": "key", "password": "secret", "extra": extra}
    monkeypatch.setenv("AIRFLOW_CONN_LAKE", json.dumps(connection))
    s3_server.reset()
    return s3_server


@pytest.fixture(autouse=True)
def _aam(emulator: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_AAM_DEFAULT", emulator.connection_json("oauth_server_to_server", max_attempts=1))


@pytest.fixture
def account(emulator: Any) -> dict[str, Any]:
    """A data source of customer ids and two onboarded traits of it."""
    source = emulator.add("data_sources", {"name": "CRM", "integrationCode": "crm"})["dataSourceId"]
    traits = [
        {"name": code.title(), "integrationCode": code, "traitType": "ON_BOARDED_TRAIT", "dataSourceId": source}
        for code in ("gold", "silver")
    ]
    return {"source": source} | {row["integrationCode"]: row["sid"] for row in emulator.add("traits", traits)}
