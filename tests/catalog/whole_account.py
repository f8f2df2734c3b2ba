"""An account in rows: every kind once at least, each naming others that are as new as itself."""

from __future__ import annotations

import copy
from typing import Any

_ACCOUNT: dict[str, list[dict[str, Any]]] = {
    "dataSources": [
        {"name": "Web site", "integrationCode": "web"},
        {"name": "App", "integrationCode": "app", "uniqueTraitIntegrationCodes": True},
    ],
    "traitFolders": [{"path": "/Web/Pricing"}, {"path": "/Models"}],
    "segmentFolders": [{"path": "/Campaigns"}],
    "traitTypes": [{"name": "Loyalty"}],
    "derivedSignals": [{"sourceKey": "c_sku", "sourceValue": "1", "targetKey": "c_group", "targetValue": "shoes"}],
    "traits": [
        {
            "name": "Visited pricing",
            "integrationCode": "pricing",
            "traitType": "RULE_BASED_TRAIT",
            "dataSource": "web",
            "folder": "/Web/Pricing",
            "traitRule": 'c_page == "pricing"',
            "customerTraitType": "Loyalty",
            "ttl": 30,
        },
        {
            "name": "Customers",
            "traitType": "ON_BOARDED_TRAIT",
            "dataSource": "app",
            "folder": "/",
        },
        {
            "name": "Like customers",
            "integrationCode": "like",
            "traitType": "ALGO_TRAIT",
            "dataSource": "app",
            "folder": "/Models",
            "model": "Lookalikes",
            "accuracy": 0.19,
        },
    ],
    "models": [
        {
            "name": "Lookalikes",
            "algoTypeId": 1,
            "lookBackPeriod": 30,
            "dataSources": ["web"],
            "baseline": "app:Customers",
            "excludedTraits": ["pricing"],
        }
    ],
    "segments": [
        {
            "name": "Buyers to be",
            "integrationCode": "buyers",
            "dataSource": "web",
            "folder": "/Campaigns",
            "segmentRule": "FREQUENCY([{pricing}] <= 7D) >= 2 AND NOT {app:Customers}",
        },
        {
            "name": "Everybody like them",
            "integrationCode": "wide",
            "dataSource": "web",
            "folder": "/Campaigns/Wide",
            "segmentRule": "{like} OR {web:pricing}",
        },
    ],
    "destinations": [{"name": "Ads URL", "destinationType": "PUSH", "startDate": "2026-01-01"}],
    "mappings": [
        {"destination": "Ads URL", "segment": "buyers", "startDate": "2026-01-31", "url": "http://x.example/b"},
        {"destination": "Ads URL", "segment": "web:wide", "startDate": "2026-01-31", "url": "http://x.example/w"},
    ],
}


def account() -> dict[str, list[dict[str, Any]]]:
    """A copy."""
    return copy.deepcopy(_ACCOUNT)


def changed(kind: str, at: int = 0, /, **fields: Any) -> dict[str, list[dict[str, Any]]]:
    """The account with other values in one row; ``None`` takes a column away."""
    whole = account()
    row = {**whole[kind][at], **fields}
    whole[kind][at] = {name: value for name, value in row.items() if value is not None}
    return whole


def others(kind: str, at: int) -> list[dict[str, Any]]:
    """The account's rows of one kind without one of them."""
    return [row for number, row in enumerate(account()[kind]) if number != at]
