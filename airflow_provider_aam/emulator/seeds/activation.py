"""Where the account's audiences go, the signals it derives, and its models."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow_provider_aam.emulator.seeds.objects import put_rows
from airflow_provider_aam.emulator.seeds.words import CHANNELS, CODES, PRODUCTS

if TYPE_CHECKING:
    from airflow_provider_aam.emulator.core.state import State

COOKIE = {
    "adServerTypeID": 1,
    "cnameDomain": "shop.example.com",
    "keySeparator": "=",
    "valueSeparator": ",",
    "maxSize": 2048,
    "ttl": 30,
    "siteIDs": [],
}
SERIALIZED = {
    "serializationEnabled": True,
    "urlFormatString": "http://ads.example.com/s?d=%ALIAS%&v=1",
    "secureUrlFormatString": "https://ads.example.com/s?d=%ALIAS%&v=1",
    "delimiter": ",",
}
SINGLE = {"cookieName": "aam_s", "formatType": "SINGLE_KEY", "singleKey": "aam"}
DESTINATIONS: tuple[dict[str, Any], ...] = (
    {"name": "Ads URL", "destinationType": "PUSH", **SERIALIZED},
    {"name": "Social <pixels>", "destinationType": "PUSH", **SERIALIZED, "delimiter": "|"},
    {"name": "Single pixel calls", "destinationType": "PUSH"},
    {"name": "Site cookie", "destinationType": "ADS", **COOKIE, **SINGLE},
    {"name": "Café & co", "destinationType": "ADS", **COOKIE, "cookieName": "aam_k", "formatType": "KEY_VALUE"},
    {"name": "Display platform", "destinationType": "S2S", "description": "Daily files"},
    {"name": "E-mail platform", "destinationType": "S2S", "status": "INACTIVE"},
    {"name": "Call centre", "destinationType": "PULL"},
)
MAPPINGS, SIGNALS = 60, 30
LAST_RUN_AFTER_MS = 300 * 86_400_000


def seed_activation(state: State, segments: list[int], sources: list[int], created_ms: int) -> None:
    """Add destinations, mappings and derived signals."""
    stamps = {"createTime": created_ms, "updateTime": created_ms}
    base = state.resources["destinations"].template(state) | stamps | {"dataSourceId": sources[4]}
    destinations = put_rows(state, "destinations", [base | each for each in DESTINATIONS])
    base = state.resources["mappings"].template(state) | stamps
    put_rows(state, "mappings", [base | _mapping(n, segments, destinations) for n in range(MAPPINGS)])
    base = state.resources["derived_signals"].template(state) | stamps
    put_rows(state, "derived_signals", [base | _signal(n) for n in range(SIGNALS)])


def seed_models(state: State, sources: list[int], baselines: list[int], created_ms: int) -> list[int]:
    """Add one model that found something in its last run and one that did not; return their ids."""
    last = created_ms + LAST_RUN_AFTER_MS
    ran = {"latestRunTS": last, "lastRunTimestamp": last, "lastSuccessfulRunTimestamp": last}
    base = state.resources["models"].template(state) | {"createTime": created_ms, "updateTime": created_ms} | ran
    with_data = {"dataSources": sources[:2], "sid": baselines[3], "excludedTraits": baselines[5:8]}
    without = {"dataSources": sources[3:4], "sid": baselines[4], "lookBackPeriod": 60}
    rows = [
        base | {"name": "Like loyal buyers", "processingStatus": 1, "lastRunStatus": 1} | with_data,
        base | {"name": "Like high spenders", "processingStatus": 2, "lastRunStatus": 2} | without,
    ]
    return put_rows(state, "models", rows)


def _mapping(n: int, segments: list[int], destinations: list[int]) -> dict[str, Any]:
    sid, place = segments[n * 3 % len(segments)], n % len(DESTINATIONS)
    kind = DESTINATIONS[place]
    row: dict[str, Any] = {"destinationId": destinations[place], "sid": sid, "startDate": f"2025-0{1 + n % 9}-15"}
    if n % 5 == 0:
        row["endDate"] = f"2027-0{1 + n % 9}-01"
    if kind["destinationType"] == "ADS":
        return row | {"traitAlias": f"k{n % 4}", "valueAlias": f"v{sid}"}
    if kind["name"] == "Single pixel calls":
        address = f"://pixel.example.com/p?s={sid}&n={n}"
        return row | {"url": f"http{address}", "secureUrl": f"https{address}"}
    return row | {"traitAlias": str(sid)}


def _signal(n: int) -> dict[str, Any]:
    return {
        "sourceKey": "c_product_id",
        "sourceValue": f"{4_000 + n}",
        "targetKey": "c_category" if n % 3 else "c_channel",
        "targetValue": CODES[n % len(CODES)] if n % 3 else CHANNELS[n % len(CHANNELS)],
        "integrationCode": f"{PRODUCTS[n % len(PRODUCTS)]} {n}" if n % 2 else None,
    }
