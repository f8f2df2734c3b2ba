"""How full is the account?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from airflow_provider_aam.account.limits import LIMITS
from airflow_provider_aam.api.client import AAMClient
from airflow_provider_aam.api.collection import Collection
from airflow_provider_aam.api.errors import AAMForbidden, AAMNotFound
from airflow_provider_aam.api.limits import LimitUse, parse_limits
from airflow_provider_aam.api.resources.declare import Verb

TOTAL = "TOTAL"


class Use(msgspec.Struct, frozen=True, kw_only=True):
    """``type`` is :data:`TOTAL` or what AAM counts apart, such as ``ALGO_TRAIT``.

    ``documented``: the limit is the one that Adobe publishes, because AAM did not say the account's own.
    """

    resource: str
    type: str
    count: int
    limit: int
    documented: bool


class AccountUse(msgspec.Struct, frozen=True, kw_only=True):
    pid: int | None
    host: str
    uses: tuple[Use, ...]
    data_sources: dict[str, str]
    """Names by id."""


def read_account_use(client: AAMClient) -> AccountUse:
    """One request for each kind of object that AAM limits, or its list where AAM does not say, and the data sources."""
    pid = client.users.self().get("pid")
    return AccountUse(
        pid=pid if isinstance(pid, int) else None,
        host=client.base_url.partition("://")[2].rstrip("/"),
        uses=tuple(use for name in LIMITS for use in _uses(client, name)),
        data_sources={str(each["dataSourceId"]): str(each.get("name")) for each in client.data_sources.fetch_all()},
    )


def _uses(client: AAMClient, name: str) -> Iterator[Use]:
    """Nothing of what the credential cannot read."""
    collection = client.collection(name)
    try:
        said = parse_limits(_said(collection))
        if said is not None:
            yield from (_use(name, each) for each in said)
        elif (most := LIMITS[name].most.get(None)) is not None:
            count = sum(1 for _ in collection.list())
            yield Use(resource=name, type=TOTAL, count=count, limit=most, documented=True)
    except AAMForbidden:
        return


def _said(collection: Collection) -> Any:
    if Verb.LIMITS not in collection.resource.verbs:
        return None
    try:
        return collection.limits()
    except AAMNotFound:
        return None


def _use(name: str, use: LimitUse) -> Use:
    return Use(resource=name, type=use.type, count=use.count, limit=use.limit, documented=False)
