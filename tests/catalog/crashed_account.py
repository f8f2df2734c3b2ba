"""The account whose change is interrupted: before and after; every kind is created, updated and deleted."""

from __future__ import annotations

from typing import Any

from catalog.accounts import Account, folders

WEB = {"$": "web", "name": "Web site", "integrationCode": "web"}
CRM = {"$": "crm", "name": "CRM", "integrationCode": "crm", "uniqueTraitIntegrationCodes": True}
SHOP = {"$": "shop", "name": "Shop", "integrationCode": "shop", "description": "new"}
OLD = {"$": "old", "name": "Old shop"}


def _trait(handle: str, source: str, folder: str = "/", **more: Any) -> dict[str, Any]:
    given = {"name": f"Trait {handle}", "traitRule": f'c_page == "{handle}"', "traitType": "RULE_BASED_TRAIT"}
    return {"$": handle, "dataSourceId": source, "folderId": folder, "integrationCode": handle, **given, **more}


def _like(handle: str, model: str, **more: Any) -> dict[str, Any]:
    made: dict[str, Any] = {"traitType": "ALGO_TRAIT", "traitRule": None, "thresholdType": "REACH", "accuracy": 0.5}
    return _trait(handle, "web", algoModelId=model, **made, **more)


def _segment(handle: str, source: str, rule: str, folder: str = "/", **more: Any) -> dict[str, Any]:
    given = {"name": f"Segment {handle}", "segmentRule": rule}
    return {"$": handle, "dataSourceId": source, "folderId": folder, "integrationCode": handle, **given, **more}


def _model(name: str, sid: str, *sources: str, **more: Any) -> dict[str, Any]:
    given = {"algoTypeId": 1, "lookBackPeriod": 30, "dataSources": [*sources], "sid": sid}
    return {"$": name, "name": name, **given, **more}


def _url(name: str, **more: Any) -> dict[str, Any]:
    given = {"destinationType": "PUSH", "serializationEnabled": True, "delimiter": ","}
    return {"$": name, "name": name, "urlFormatString": "https://x.example/?d=%ALIAS%", **given, **more}


def _mapping(to: str, segment: str, alias: str, **more: Any) -> dict[str, Any]:
    given = {"startDate": "2026-01-10", "traitAlias": alias}
    return {"$": f"{to} {segment} {alias}", "destinationId": to, "sid": segment, **given, **more}


def _signal(value: str, target: str) -> dict[str, Any]:
    return {"$": value, "sourceKey": "c_sku", "sourceValue": value, "targetKey": "c_kind", "targetValue": target}


_COOKIE = {
    "$": "Cookie",
    "name": "Cookie",
    "destinationType": "ADS",
    "adServerTypeID": 1,
    "cnameDomain": "x.example",
    "cookieName": "c",
    "formatType": "KEY_VALUE",
    "keySeparator": "=",
    "valueSeparator": ",",
    "siteIDs": [],
    "maxSize": 2048,
    "ttl": 60,
}

BEFORE: Account = {
    "data_sources": [WEB, CRM, OLD],
    "trait_folders": folders({"/Web/Old/Older", "/CRM"}),
    "segment_folders": folders({"/Paused/2024"}),
    "derived_signals": [_signal("1", "shoe"), _signal("2", "boot")],
    "traits": [
        *(_trait("kept", "web", "/Web"), _trait("moved", "web", "/Web/Old"), _trait("gone", "old", "/Web/Old/Older")),
        *(_like("like", "Lookers"), _like("unlike", "Buyers")),
    ],
    "models": [_model("Lookers", "kept", "web"), _model("Buyers", "gone", "old", "web")],
    "segments": [
        *(_segment("steady", "web", "{kept}"), _segment("changed", "web", "{kept} AND NOT {gone}", "/Paused")),
        _segment("dropped", "old", "{gone} OR {unlike}", "/Paused/2024"),
    ],
    "destinations": [_url("Ads"), _url("Mail"), _url("Old ads")],
    "mappings": [
        *(_mapping("Ads", "steady", "1"), _mapping("Ads", "dropped", "2"), _mapping("Old ads", "changed", "3")),
        *(_mapping("Ads", "changed", "a"), _mapping("Ads", "changed", "b")),
    ],
}
AFTER: Account = {
    "data_sources": [WEB | {"description": "all sites"}, CRM, SHOP],
    "trait_folders": folders({"/Web/New/Newer", "/CRM"}),
    "segment_folders": folders({"/Live/2026"}),
    "trait_types": [{"$": "Loyalty", "name": "Loyalty"}],
    "derived_signals": [_signal("1", "sandal"), _signal("3", "boot")],
    "traits": [
        *(_trait("kept", "web", "/Web", type="Loyalty"), _trait("moved", "web", "/Web/New", ttl=30)),
        *(_trait("new", "shop", "/Web/New/Newer"), _trait("onboarded", "crm", "/CRM", traitType="ON_BOARDED_TRAIT")),
        *(_trait("uncoded", "shop", integrationCode=None), _like("like", "New lookers"), _like("newlike", "Lookers")),
    ],
    "models": [_model("Lookers", "new", "web", "shop"), _model("New lookers", "fresh", "shop", excludedTraits=["new"])],
    "segments": [
        *(_segment("steady", "web", "{kept}"), _segment("changed", "web", "{new} AND NOT {like}", "/Live")),
        _segment("fresh", "shop", "FREQUENCY([{new}, {uncoded}] <= 7D) >= 2 OR {onboarded}", "/Live/2026"),
    ],
    "destinations": [_url("Ads", description="all"), _url("Mail"), _COOKIE],
    "mappings": [
        *(_mapping("Ads", "steady", "1", endDate="2027-01-01"), _mapping("Ads", "fresh", "2")),
        *(_mapping("Ads", "changed", "a"), _mapping("Ads", "changed", "c"), _mapping("Ads", "changed", "d")),
        *(
            _mapping("Cookie", "fresh", "k", valueAlias="v"),
            _mapping("Mail", "fresh", "1"),
            _mapping("Mail", "fresh", "2"),
        ),
    ],
}
