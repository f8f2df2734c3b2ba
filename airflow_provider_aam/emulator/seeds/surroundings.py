"""What the believable account has next to what is targeted: taxonomy, trait types, people, feeds, inbound files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow_provider_aam.emulator.aam.users.rules import API_GROUP_ID, user_row
from airflow_provider_aam.emulator.core.state import LEGACY_USER_ID, PID
from airflow_provider_aam.emulator.seeds.account import CREATED_MS, DAY_MS
from airflow_provider_aam.emulator.seeds.objects import add_objects, put_rows

if TYPE_CHECKING:
    from airflow_provider_aam.emulator.core.state import State

TAXONOMY: dict[str, dict[str, tuple[str, ...]]] = {
    "Outdoor": {"Hiking": ("Boots", "Tents", "Maps"), "Climbing": ("Ropes", "Helmets")},
    "Cycling": {"Road": ("Bikes", "Clothing"), "Mountain": ("Bikes", "Protection")},
    "Winter": {"Ski": ("Alpine", "Touring"), "Snowboard": ()},
    "Life & home": {"Travel": ("Backpacks",), "Family": ("Games",)},
}
TRAIT_TYPES = ("Newsletter", "Loyalty card", "Store visit", "App install", "Survey & panel")
REGIONS = (
    ("Singapore", "apse", "APSE"),
    ("Oregon", "usw2", "USW2"),
    ("Ireland", "irl1", "IRL1"),
    ("Virginia", "va6", "VA6"),
    ("Sydney", "apse2", "APSE2"),
    ("Tokyo", "tyo3", "TYO3"),
)
SITES = ("www.example.com", "shop.example.com", "blog.example.com", "m.example.org")
GROUPS = (
    (API_GROUP_ID, "API accounts", ["VIEW_ALL_SEGMENTS", "EDIT_ALL_SEGMENTS", "VIEW_ALL_TRAITS", "EDIT_ALL_TRAITS"]),
    (502, "Marketing & sales", ["VIEW_ALL_SEGMENTS"]),
)


def seed_surroundings(state: State) -> None:
    """Fill the rest of an account that has its traits, segments and data sources already."""
    stamps = {"createTime": CREATED_MS, "updateTime": CREATED_MS}
    _taxonomy(state)
    add_objects(state, "trait_types", [{"name": name, **stamps} for name in TRAIT_TYPES])
    for location, name, code in REGIONS:
        region = {"location": location, "host": f"{name}.example.net", "code": code}
        add_objects(state, "dcs_regions", [region | stamps])
    put_rows(state, "partner_sites", [{"pid": PID, "siteId": 0, "url": url} for url in SITES])
    _people(state)
    _feeds(state)
    _inbound(state)
    segments, traits = state.collections["segments"].ids, state.collections["traits"].ids
    group = {
        "name": "Shoes or jackets",
        "description": "Which offer sells better",
        "baseSegmentSid": segments[0],
        "testSegments": [
            {"name": "Control", "percentage": 20, "controlSegment": True},
            {"name": "Shoes", "percentage": 40, "controlSegment": False},
            {"name": "Jackets", "percentage": 40, "controlSegment": False},
        ],
        "conversionSids": [traits[2]],
        "destinationMappings": [],
        "startDate": "2026-01-01",
        "status": "ACTIVE",
    }
    add_objects(state, "segment_test_groups", [group | stamps])


def _taxonomy(state: State) -> None:
    def add(name: str, parent: int) -> int:
        row: dict[str, Any] = {"name": name, "description": "", "parentCategoryID": parent, "crUID": 0, "upUID": 0}
        (key,) = put_rows(state, "taxonomies", [{"categoryId": 0, **row}])
        return key

    for first, below in TAXONOMY.items():
        first_id = add(first, 0)
        for second, leaves in below.items():
            second_id = add(second, first_id)
            for leaf in leaves:
                add(leaf, second_id)


def _people(state: State) -> None:
    for key, name, wildcards in GROUPS:
        group = {"groupId": key, "name": name, "description": "", "wildcards": wildcards}
        add_objects(state, "groups", [group])
        sid = state.collections["segments"].ids[0]
        granted = [{"objectId": sid, "objectType": "SEGMENT", "permissions": ["READ", "WRITE"]}]
        add_objects(state, "group_permissions", [{"groupId": key, "permissions": granted}])
    people: tuple[tuple[int, str, tuple[str, str], list[int], bool], ...] = (
        (LEGACY_USER_ID, state.credentials.username, ("Ada", "Lovelace"), [], True),
        (702, "grace.hopper", ("Grace", "Hopper"), [502], False),
        (703, "zoé.okafor", ("Zoé", "Okafor"), [502], False),
    )
    for key, username, called, groups, admin in people:
        email = f"{called[0]}.{called[1]}@example.com".casefold()
        state.collections["users"].put(user_row(key, username, called, email, admin=admin, groups=list(groups)))


def _feeds(state: State) -> None:
    plan = {"planId": 71, "name": "Monthly", "billingUnit": "CPM", "price": 1.5, "currency": "USD"}
    subscriber = {"pid": 2001, "name": "Partner & Co"}
    own = {"name": "Hikers", "description": "People who hike", "status": "ACTIVE", "plans": [plan]}
    own |= {"potentialSubscribers": [subscriber], "subscriptions": [{"subscriptionId": 91, "planId": 71, "pid": 2001}]}
    foreign = {"name": "Weather", "description": "Where it rains", "status": "ACTIVE", "pid": 2001}
    foreign |= {"plans": [plan | {"planId": 72}], "requests": [{"requestId": 81, "status": "PENDING", "planId": 72}]}
    add_objects(state, "data_feeds", [own, {"name": "Cyclists", "description": "", "status": "INACTIVE"}])
    add_objects(state, "available_data_feeds", [foreign])


def _inbound(state: State) -> None:
    for source in state.collections["data_sources"].ids[1:4]:
        for day in range(3):
            begun = CREATED_MS + day * DAY_MS
            name = f"ftp_dpm_{source}_{begun // 1000}.sync.gz"
            counts = {"receivedRecords": 1000 + day, "attemptedRecords": 1000 + day}
            counts |= {"successRecords": 990, "failedRecords": 10 + day}
            row = {"dataSourceId": source, "dataFileName": name, "syncType": "ITERATIVE", "success": True, **counts}
            add_objects(state, "inbound_history", [row | {"startTime": begun, "endTime": begun + 600_000}])
