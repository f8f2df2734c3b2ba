"""The believable account: an outdoor retailer.

Six data sources, nested folders, 300 traits, 200 segments, 8 destinations, 60 mappings, 30 derived signals, 2 models.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow_provider_aam.emulator.core.state import PID
from airflow_provider_aam.emulator.seeds.activation import seed_activation, seed_models
from airflow_provider_aam.emulator.seeds.objects import add_objects, put_rows
from airflow_provider_aam.emulator.seeds.words import AUDIENCES, CHANNELS, CODES, PAGES, PRODUCTS, SIGNALS

if TYPE_CHECKING:
    from airflow_provider_aam.emulator.core.state import State

DAY_MS = 86_400_000
CREATED_MS = 1_735_689_600_000  # 2025-01-01: the same in every run, unlike what tests create

DATA_SOURCES: tuple[dict[str, Any], ...] = (
    {"name": "Web behaviour", "integrationCode": "web", "idType": "COOKIE", "useAudienceManagerVisitorID": True},
    {
        "name": "CRM onboarding",
        "integrationCode": "crm",
        "idType": "CROSS_DEVICE",
        "inboundS2S": True,
        "uniqueTraitIntegrationCodes": True,
        "uniqueSegmentIntegrationCodes": True,
    },
    {"name": "Loyalty & rewards", "integrationCode": "loyalty", "idType": "CROSS_DEVICE", "inboundS2S": True},
    {"name": "Mobile app", "integrationCode": "app", "idType": "DEVICE_ADVERTISING_ID", "inboundS2S": True},
    {
        "name": "Segments of marketing",
        "integrationCode": "marketing",
        "uniqueSegmentIntegrationCodes": True,
        "outboundS2S": True,
    },
    {"name": 'Partner "Café Réseau"', "integrationCode": "partner", "dataExportRestrictions": ["PII"]},
)
TRAIT_TREE: dict[str, Any] = {
    "Web": {"Pages": {"Shop": {"Sale": {}, "Outlet": {}}, "Blog": {}}, "Campaigns": {"2025": {}, "2026": {}}},
    "CRM": {"Customers": {"Tiers": {}}, "Newsletter": {}},
    "App": {},
    "Tests & <old>": {},
}
SEGMENT_TREE: dict[str, Any] = {
    "Activation": {"Display": {"Prospecting": {}, "Retargeting": {}}, "E-mail": {}},
    "Suppression": {},
    "日本": {},
}
RULE_BASED, ONBOARDED, ALGORITHMIC, SEGMENTS = 180, 117, 3, 200


def seed_account(state: State) -> None:
    """Fill an empty account."""
    stamps = {"createTime": CREATED_MS, "updateTime": CREATED_MS}
    sources = [
        row["dataSourceId"] for row in add_objects(state, "data_sources", [{**e, **stamps} for e in DATA_SOURCES])
    ]
    trait_folders = _folders(state, "trait_folders", TRAIT_TREE)
    segment_folders = _folders(state, "segment_folders", SEGMENT_TREE)
    ruled = put_rows(state, "traits", [_rule_based(state, n, sources, trait_folders) for n in range(RULE_BASED)])
    onboarded = put_rows(state, "traits", [_onboarded(state, n, sources, trait_folders) for n in range(ONBOARDED)])
    models = seed_models(state, sources, ruled, CREATED_MS)
    put_rows(state, "traits", [_algorithmic(state, n, sources, trait_folders, models) for n in range(ALGORITHMIC)])
    rows = [_segment(state, n, sources, segment_folders, ruled, onboarded) for n in range(SEGMENTS)]
    seed_activation(state, put_rows(state, "segments", rows), sources, CREATED_MS)


def _folders(state: State, name: str, tree: dict[str, Any], parent: int = 0) -> list[int]:
    ids = []
    for folder, below in tree.items():
        (key,) = put_rows(state, name, [{"folderId": 0, "parentFolderId": parent, "pid": PID, "name": folder}])
        ids += [key, *_folders(state, name, below, key)]
    return ids


def _stamps(n: int) -> dict[str, int]:
    created = CREATED_MS + n * 7 * 3_600_000
    return {"createTime": created, "updateTime": created + n % 30 * DAY_MS}


def _rule_based(state: State, n: int, sources: list[int], folders: list[int]) -> dict[str, Any]:
    signal, code, product = SIGNALS[n % len(SIGNALS)], CODES[n % len(CODES)], PRODUCTS[n // 10 % len(PRODUCTS)]
    rules = (
        f'{signal} == "{code}"',
        f'({signal} == "{code}") AND (c_product Contains "{product}")',
        f'price >= {n}.50 AND price <= {n + 100} AND NOT c_channel == "store"',
        f'{signal} Startswith "{code}" OR h_referer Matchesregex ".*{code}.*"',
    )
    return state.resources["traits"].template(state) | {
        "name": f"{PAGES[n % len(PAGES)]} · {product}" if n % 9 else f'{PAGES[n % len(PAGES)]} <{n}> & "{product}"',
        "description": None if n % 4 == 0 else f"Saw {product}",
        "dataSourceId": sources[0],
        "folderId": folders[n % len(folders)],
        "integrationCode": f"web-{n:04d}" if n % 3 else None,
        "traitRule": rules[n % len(rules)],
        "ttl": (120, 30, 0, 90)[n % 4],
        "status": "INACTIVE" if n % 17 == 0 else "ACTIVE",
        **_stamps(n),
    }


def _onboarded(state: State, n: int, sources: list[int], folders: list[int]) -> dict[str, Any]:
    code = f"crm-{n:04d}"
    return state.resources["traits"].template(state) | {
        "name": f"{AUDIENCES[n % len(AUDIENCES)]} · {CHANNELS[n // 7 % len(CHANNELS)]} {n}",
        "traitType": "ON_BOARDED_TRAIT",
        "dataSourceId": sources[1 + n % 3],
        "folderId": folders[n * 3 % len(folders)],
        "integrationCode": code,
        "traitRule": f'ic == "{code}"',
        "comments": "From the nightly CRM export" if n % 5 == 0 else None,
        **_stamps(RULE_BASED + n),
    }


def _algorithmic(state: State, n: int, sources: list[int], folders: list[int], models: list[int]) -> dict[str, Any]:
    return state.resources["traits"].template(state) | {
        "name": f"Like {AUDIENCES[n % len(AUDIENCES)].lower()}",
        "traitType": "ALGO_TRAIT",
        "dataSourceId": sources[0],
        "folderId": folders[n],
        "traitRule": None,
        "algoModelId": models[n % len(models)],
        "thresholdType": ("ACCURACY", "REACH")[n % 2],
        "accuracy": (0.19, 0.35, 0.5)[n % 3],
        **_stamps(RULE_BASED + ONBOARDED + n),
    }


def _segment(
    state: State, n: int, sources: list[int], folders: list[int], ruled: list[int], onboarded: list[int]
) -> dict[str, Any]:
    a, b, c = ruled[n % len(ruled)], ruled[(n * 12 + 1) % len(ruled)], onboarded[n % len(onboarded)]
    rules = (
        f"{a}T",
        f"({a}T OR {c}T) AND NOT {b}T",
        f"FREQUENCY([{a}T, {b}T] <= {1 + n % 30}D) >= {1 + n % 5}",
        f"{c}T AND {a}T",
        f"FREQUENCY([{a}T]) >= 1 AND FREQUENCY([{a}T]) <= 5",
    )
    product, audience = PRODUCTS[n // 7 % len(PRODUCTS)], AUDIENCES[n % len(AUDIENCES)]
    return state.resources["segments"].template(state) | {
        "name": f"{audience} · {product} {n}" if n % 8 else f'{audience} < {n} & "{product}" é',
        "description": "" if n % 3 == 0 else f"{audience} who like {product}",
        "dataSourceId": sources[4] if n % 2 else sources[0],
        "folderId": folders[n % len(folders)] if n % 10 else 0,
        "integrationCode": f"seg-{n:04d}" if n % 4 else None,
        "segmentRule": rules[n % len(rules)],
        "status": "INACTIVE" if n % 13 == 0 else "ACTIVE",
        **_stamps(RULE_BASED + ONBOARDED + n),
    }
