"""Everything the emulator remembers. It lives on one event loop, so nothing here needs a lock."""

from __future__ import annotations

from typing import Literal

from airflow_provider_aam.emulator.core.clock import Clock
from airflow_provider_aam.emulator.core.collection import Collection
from airflow_provider_aam.emulator.core.stats import Stats
from airflow_provider_aam.emulator.core.tokens import TokenStore
from airflow_provider_aam.emulator.core.troubles import Troubles
from airflow_provider_aam.emulator.credentials import Credentials
from airflow_provider_aam.emulator.settings import Settings

PID = 1099
TECHNICAL_USER_ID = 694
LEGACY_USER_ID = 701
# What a segment without mergeRuleDataSourceId gets; that there is such a default is observed, its id is ours.
DEFAULT_MERGE_RULE_ID = 3100

CollectionName = Literal[
    "traits",
    "segments",
    "trait_folders",
    "segment_folders",
    "data_sources",
    "destinations",
    "mappings",
    "derived_signals",
    "models",
]
# Objects that only their own folder under aam/ reads; each has ids of its own, from the number given here.
OWN_SEQUENCES: dict[str, tuple[str, int]] = {
    "trait_types": ("pixelType", 200),
    "taxonomies": ("categoryId", 101),
    "dcs_regions": ("regionId", 1),
    "partner_sites": ("siteId", 601),
    "users": ("userId", 801),
    "groups": ("groupId", 502),
    "group_permissions": ("groupId", 502),
    "segment_test_groups": ("segmentTestGroupId", 901),
    "data_feeds": ("dataSourceId", 50_001),
    "available_data_feeds": ("dataSourceId", 60_001),
    "inbound_history": ("historyId", 1),
    "inbound_mailing_lists": ("mailingListId", 1),
}
ID_FIELDS: dict[str, str] = {
    **{name: id_field for name, (id_field, _) in OWN_SEQUENCES.items()},
    "traits": "sid",
    "segments": "sid",
    "trait_folders": "folderId",
    "segment_folders": "folderId",
    "data_sources": "dataSourceId",
    "destinations": "destinationId",
    "mappings": "destinationMappingId",
    "derived_signals": "derivedSignalId",
    "models": "algoModelId",
}
INDEXED: dict[str, tuple[str, ...]] = {
    "traits": ("integrationCode", "algoModelId"),
    "segments": ("integrationCode",),
    "destinations": ("destinationType",),
    "mappings": ("destinationId", "sid"),
    "derived_signals": ("sourceValue",),
}
# Traits and segments share one space of ids; that folders of both trees do is our choice.
SEQUENCES = {
    **{name: name for name in OWN_SEQUENCES},
    "traits": "sid",
    "segments": "sid",
    "trait_folders": "folder",
    "segment_folders": "folder",
    "data_sources": "data_source",
    "destinations": "destination",
    "mappings": "mapping",
    "derived_signals": "derived_signal",
    "models": "model",
}
FIRST_IDS = {
    **{name: first for name, (_, first) in OWN_SEQUENCES.items()},
    "sid": 4_011_001,
    "folder": 7_701,
    "data_source": 3_001,
    "destination": 4_001,
    "mapping": 65_001,
    "derived_signal": 9_001,
    "model": 801,
}


class State:
    """One account: its objects, tokens, settings, script of trouble and statistics."""

    def __init__(self, credentials: Credentials) -> None:
        self.credentials = credentials
        self.clear()

    def clear(self) -> None:
        """Go back to an empty account with default settings; every token is forgotten."""
        self.settings = Settings()
        self.clock = Clock()
        self.tokens = TokenStore()
        self.troubles = Troubles()
        self.stats = Stats()
        self.collections = {name: Collection(key, INDEXED.get(name, ())) for name, key in ID_FIELDS.items()}
        self.next_ids = dict(FIRST_IDS)
        self.rule_versions: dict[int, list[dict[str, object]]] = {}
        self.seen_jtis: set[int] = set()
        self.metrics: dict[int, dict[str, int]] = {}
        self.technical_account_in_group = False

    def next_id(self, collection: str) -> int:
        """Return an id that was never used before."""
        sequence = SEQUENCES[collection]
        value = self.next_ids[sequence]
        if sequence == "data_source" and value == DEFAULT_MERGE_RULE_ID:
            value += 1
        self.next_ids[sequence] = value + 1
        return value

    def note_id(self, collection: str, used: int) -> None:
        """Make sure that an id given from outside is not given again."""
        sequence = SEQUENCES[collection]
        self.next_ids[sequence] = max(self.next_ids[sequence], used + 1)
