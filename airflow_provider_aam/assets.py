"""Assets of AAM are ``aam://<account>/<kind>/<id>``: in Airflow, and as datasets of OpenLineage."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import SplitResult, urlsplit

if TYPE_CHECKING:
    from airflow_provider_aam.compat import Asset

SCHEME = "aam"


def sanitize_uri(uri: SplitResult) -> SplitResult:
    """The account and the kind in lower case, so that one object has one Asset.

    Raises ``ValueError`` where there is no account; Airflow then shows an import error of the DAG.
    """
    if not uri.netloc:
        raise ValueError(f"{uri.geturl()!r} names no AAM account; expected aam://<account>/<kind>/<id>")
    kind, slash, rest = uri.path.removeprefix("/").partition("/")
    return uri._replace(netloc=uri.netloc.lower(), path=f"/{kind.lower()}{slash}{rest}")


def create_asset(
    *, account: int | str, kind: str = "", object_id: int | str = "", extra: dict[str, Any] | None = None
) -> Asset:
    """The Asset of an account, of one kind of its objects, or of one object."""
    from airflow_provider_aam.compat import Asset

    path = "/".join(str(part) for part in (kind, object_id) if part)
    return Asset(f"{SCHEME}://{account}/{path}", extra=extra)


def convert_asset_to_openlineage(asset: Asset, lineage_context: object) -> Any:  # noqa: ARG001
    """The dataset with the account as namespace, and kind and id as name."""
    from airflow_provider_aam.compat.openlineage import Dataset

    namespace, name = dataset_of(asset.uri)
    return Dataset(namespace=namespace, name=name)


def dataset_of(uri: str) -> tuple[str, str]:
    """``aam://bank/segments/12`` → ``aam://bank`` and ``segments/12``."""
    parts = urlsplit(uri)
    return f"{parts.scheme}://{parts.netloc}", parts.path.strip("/") or "/"
