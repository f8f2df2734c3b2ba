"""A Connection whose traffic others can read or change is warned of, once."""

from __future__ import annotations

import logging
from typing import Any

import pytest

from airflow_provider_aam.api.client import AAMClient
from airflow_provider_aam.api.config import AAMConfig

SECRET = "p8e-secret-1"


def config(host: str | None = None, **extra: Any) -> AAMConfig:
    return AAMConfig.from_connection(login="id", password=SECRET, host=host, extra=extra)


@pytest.mark.parametrize(
    ("host", "extra"),
    [
        (None, {}),
        ("http://127.0.0.1:8765", {"ims_url": "http://localhost:1"}),
        ("http://[::1]:8765", {"ims_url": "https://ims.example", "verify": True}),
        ("https://localhost", {"ims_url": "https://aam.localhost", "verify": False}),
        (None, {"verify": True}),
    ],
)
def test_adobe_and_this_machine_are_safe(host: str | None, extra: dict[str, Any]) -> None:
    assert [*config(host, **extra).exposures()] == []


@pytest.mark.parametrize(
    ("host", "extra", "words"),
    [
        ("http://aam.example", {}, "host is http://aam.example: secrets and tokens are sent unencrypted"),
        ("http://127.0.0.1.example", {}, "host is http://127.0.0.1.example"),
        (None, {"ims_url": "http://10.0.0.1"}, "extra['ims_url'] is http://10.0.0.1: secrets"),
        (
            None,
            {"dcs_url": "http://10.0.0.1"},
            "extra['dcs_url'] is http://10.0.0.1: ids of people are sent unencrypted",
        ),
        ("https://localhost", {"verify": False}, "extra['verify'] is false, so anyone can pose as https://ims"),
    ],
)
def test_what_others_can_read_or_change_is_said(host: str | None, extra: dict[str, Any], words: str) -> None:
    (said,) = config(host, **extra).exposures()
    assert said.startswith(words)


def test_a_client_warns_once_a_process(caplog: pytest.LogCaptureFixture) -> None:
    for _ in range(3):
        AAMClient.from_config(config("http://warned-once.example")).close()
    (warning,) = caplog.records
    assert warning.levelno == logging.WARNING
    assert warning.getMessage().startswith("The AAM Connection is not safe: host is http://warned-once.example")
