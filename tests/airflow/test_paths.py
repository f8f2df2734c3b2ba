"""Folders as tasks see them: what is in them, and what a store says that cannot be looked into."""

from __future__ import annotations

import importlib
from typing import Any

import pytest
from fsspec.implementations.memory import MemoryFileSystem

from airflow_provider_aam.api.errors import AAMDestinationError
from airflow_provider_aam.compat import AIRFLOW_V_3_0_PLUS, AirflowNotFoundException
from airflow_provider_aam.hooks.paths import names_in


class NoCredentialsError(Exception):
    """As botocore has it: of no class that others have."""


class HTTPClientError(Exception):
    """The same."""


class Store(MemoryFileSystem):
    """Raises what it is told to."""

    trouble: Exception | None = None
    cachable = False

    def ls(self, path: str, detail: bool = True, **more: Any) -> Any:
        if self.trouble is not None:
            raise self.trouble
        return super().ls(path, detail, **more)


@pytest.fixture
def store(monkeypatch) -> Store:
    monkeypatch.setattr(MemoryFileSystem, "store", {})
    fs = Store()
    module = importlib.import_module("airflow.sdk.io.store" if AIRFLOW_V_3_0_PLUS else "airflow.io.store")
    module.attach("memory", conn_id="looked_into", fs=fs)
    return fs


def look() -> frozenset[str]:
    return names_in("memory://inbound/a\x1b", "looked_into")


def test_names_are_without_their_folder(store):
    store.pipe({"/inbound/a\x1b/x.gz": b"", "/inbound/a\x1b/sub/y.gz": b""})
    assert look() == {"x.gz", "sub"}


def test_a_storage_without_its_provider_says_what_to_install():
    with pytest.raises(AAMDestinationError, match=r"cannot be opened.* pip install 'airflow-provider-aam\[s3\]'"):
        names_in("nowhere://lake/inbound", None)


@pytest.mark.parametrize(("uri", "conn_id"), [("memory://gone@lake/in", None), ("memory://lake/in", "gone")])
def test_a_connection_that_is_not_there_is_named(uri, conn_id):
    class Unreachable(Store):
        def invalidate_cache(self, path: str | None = None) -> None:  # noqa: ARG002  fsspec's signature
            raise AirflowNotFoundException

    module = importlib.import_module("airflow.sdk.io.store" if AIRFLOW_V_3_0_PLUS else "airflow.io.store")
    module.attach("memory", conn_id="gone", fs=Unreachable())
    with pytest.raises(AAMDestinationError, match="there is no Airflow Connection 'gone'"):
        names_in(uri, conn_id)


def test_a_folder_that_is_not_there_is_empty(store):
    assert look() == frozenset()


@pytest.mark.parametrize(
    ("trouble", "kind", "says"),
    [
        (PermissionError("Access\nDenied"), AAMDestinationError, r"cannot be listed: Access\\nDenied\.$"),
        (NoCredentialsError("none"), AAMDestinationError, r"NoCredentialsError: none\. Check its Airflow Connection"),
        (
            HTTPClientError("no\nway"),
            OSError,
            r"inbound/a\\x1b cannot be listed: HTTPClientError: no\\nway",
        ),
        (TimeoutError("slow"), TimeoutError, "slow"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else None,
)
def test_what_a_store_says_is_an_error_of_its_kind(store, monkeypatch, trouble, kind, says):
    monkeypatch.setattr(Store, "trouble", trouble)
    with pytest.raises(kind, match=says) as failed:
        look()
    assert isinstance(failed.value, AAMDestinationError) == (kind is AAMDestinationError)
