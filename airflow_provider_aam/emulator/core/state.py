"""Everything the emulator remembers. It lives on one event loop, so nothing here needs a lock."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_provider_aam.emulator.core.clock import Clock
from airflow_provider_aam.emulator.core.collection import Collection
from airflow_provider_aam.emulator.core.stats import Stats
from airflow_provider_aam.emulator.core.tokens import TokenStore
from airflow_provider_aam.emulator.core.troubles import Troubles
from airflow_provider_aam.emulator.outbound.pieces import Pieces
from airflow_provider_aam.emulator.outbound.sending import Outbound
from airflow_provider_aam.emulator.settings import Settings

if TYPE_CHECKING:
    from airflow_provider_aam.emulator.core.service import Service
    from airflow_provider_aam.emulator.credentials import Credentials
    from airflow_provider_aam.emulator.inbound.watch import Inbound

PID = 1099
TECHNICAL_USER_ID = 694
LEGACY_USER_ID = 701
User = tuple[int, str]
"""A data source and the id that it has of someone. That two such ids are one person is not emulated."""
# What a segment without mergeRuleDataSourceId gets; that there is such a default is observed, its id is ours.
DEFAULT_MERGE_RULE_ID = 3100


class State:
    """One account: its objects, tokens, settings, script of trouble and statistics."""

    def __init__(self, credentials: Credentials, services: tuple[Service, ...]) -> None:
        self.credentials = credentials
        self.services = services
        self.resources = {each.name: each for service in services for each in service.resources}
        self.clear()

    def clear(self) -> None:
        """Go back to an empty account with default settings; every token is forgotten."""
        resources = self.resources.values()
        self.settings = Settings(limits={limit.name: limit.maximum for each in resources for limit in each.limits})
        self.clock = Clock()
        self.tokens = TokenStore()
        self.troubles = Troubles()
        self.stats = Stats()
        self.collections = {each.name: Collection(each.id_field, each.indexes) for each in resources}
        self.next_ids = {each.sequence or each.name: each.first_id for each in resources}
        self.rule_versions: dict[int, list[dict[str, object]]] = {}
        self.seen_jtis: set[int] = set()
        self.metrics: dict[int, dict[str, int]] = {}
        self.members: dict[int, dict[User, int]] = {}
        self.streamed: list[tuple[int, list[int], bool, object]] = []
        self.inbound: Inbound | None = None
        self.pieces = Pieces(self)
        self.outbound = Outbound(self)
        self.technical_account_in_group = False

    async def advance(self, seconds: float) -> None:
        """Move the clock; files that were there before it moves have waited for as long as it moves."""
        await self._look()
        self.clock.advance(seconds)
        await self._look()

    async def _look(self) -> None:
        if self.inbound is not None:
            await self.inbound.look()
        await self.pieces.look()

    def next_id(self, collection: str) -> int:
        """Return an id that was never used before."""
        resource = self.resources[collection]
        sequence = resource.sequence or collection
        value = self.next_ids[sequence]
        while value in resource.reserved:
            value += 1
        self.next_ids[sequence] = value + 1
        return value

    def note_id(self, collection: str, used: int) -> None:
        """Make sure that an id given from outside is not given again."""
        sequence = self.resources[collection].sequence or collection
        self.next_ids[sequence] = max(self.next_ids[sequence], used + 1)
