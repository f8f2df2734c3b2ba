"""Which row means which object, and what AAM lacks: the first pass, over all kinds."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from airflow_provider_aam.account.account import Account
from airflow_provider_aam.api.resources import DATA_SOURCES
from airflow_provider_aam.catalog.checking.check import Checked
from airflow_provider_aam.catalog.kinds import KINDS, Kind
from airflow_provider_aam.catalog.planning.bare_list import refuse_bare_list
from airflow_provider_aam.catalog.planning.folder_rows import FolderRows
from airflow_provider_aam.catalog.planning.matching import Match, Matcher
from airflow_provider_aam.catalog.planning.narrowing import narrow
from airflow_provider_aam.catalog.planning.new_folders import NewFolders
from airflow_provider_aam.catalog.planning.options import PlanOptions
from airflow_provider_aam.catalog.planning.resolve import Resolver
from airflow_provider_aam.catalog.planning.targets import Pending, Targets
from airflow_provider_aam.catalog.problems import Finding
from airflow_provider_aam.catalog.rules.segment_rule import word_of

Pair = tuple[Match, Pending | None]
"""A row with the object that it was found for, or with what is to be created for it."""


class Pairing:
    """Rows of all kinds and the account, put together by :meth:`run`."""

    def __init__(self, account: Account, checked: Mapping[Kind, Sequence[Checked]], options: PlanOptions) -> None:
        self.account = account
        self.checked = checked
        self.options = options
        self.targets = Targets(account)
        self.folders: dict[str, NewFolders] = {}
        """By name of their resource."""
        self.resolver = Resolver(self.targets, self.folders)
        self.pairs: dict[Kind, list[Pair]] = {}
        self.matchers: dict[Kind, Matcher] = {}
        self.folder_rows: dict[Kind, FolderRows] = {}
        self.findings: list[Finding] = []

    def run(self) -> None:
        """Reads the lists of all kinds that are described or referred to by what identifies a row."""
        options = self.options
        self.account.filters.update(narrow(self.targets, self.checked, options.match_on, options.prune_scope))
        for kind in self._trees():
            tree = self.account.tree(kind.resource)
            self.folders[kind.resource.name] = NewFolders(kind, tree, create=options.create_folders)
        for kind, rows in self.checked.items():
            if kind.is_tree:
                sound = [item for item in rows if item.is_sound]
                self.folder_rows[kind] = FolderRows(sound, self.folders[kind.resource.name])
                self.findings += self.folder_rows[kind].findings
            else:
                self.pairs[kind] = self._pair(kind, rows)

    def kept(self, kind: Kind) -> Collection[int]:
        """The ids of the objects that rows describe."""
        return self.folder_rows[kind].kept if kind.is_tree else self.matchers[kind].matched

    def _trees(self) -> list[Kind]:
        """The folder kinds that rows are in, or that are described themselves."""
        needed = {reference.to.name for kind in self.checked for reference in kind.model.references.values()}
        needed |= {KINDS[key].resource.name for key in (self.options.prune_scope or {}).get("kinds", ())}
        needed |= {kind.resource.name for kind in self.checked}
        return [kind for kind in KINDS.values() if kind.is_tree and kind.resource.name in needed]

    def _pair(self, kind: Kind, rows: Sequence[Checked]) -> list[Pair]:
        """Rows that are wrong, or whose key cannot be resolved, are left out: only their references are looked at."""
        match_on = self.options.told(kind)
        keyed = []
        used = set()
        for item in rows:
            given = item.given
            way = kind.way_of(given, match_on)
            references = self.resolver.key_of(given, kind, way) if item.is_sound else None
            if references is None:
                self.targets.excuse(Pending(kind, self._text(given), given))
                self.findings += self.resolver.resolve(item, kind, way)[1]
            else:
                keyed.append((item, references))
                used.add(way)
        objects = self.account.objects(kind.resource)
        refuse_bare_list(self.account, kind, [way for way in kind.match_on if way in used])
        self.matchers[kind] = matcher = Matcher(kind, objects, match_on=match_on)
        matches, mismatched = matcher.match(keyed)
        self.findings += mismatched
        return [(match, self._pending(kind, match)) for match in matches]

    def _pending(self, kind: Kind, match: Match) -> Pending | None:
        given = match.item.given
        fields = {**given, **(self.resolver.key_of(given, kind, match.way) or {})}
        if match.object_id is not None:
            self.targets.rename(kind, match.object_id, fields)
            return None
        pending = Pending(kind, self._text(fields), fields)
        self.targets.add(pending)
        return pending

    def _text(self, fields: Mapping[str, Any]) -> str:
        source = fields.get("dataSourceId")
        owner = self.targets.label(DATA_SOURCES, source) if isinstance(source, int) else fields.get("dataSource")
        return word_of(owner, str(fields.get("integrationCode") or fields.get("name")))
