"""Which row means which object, and what AAM lacks: the first pass, over all kinds."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from airflow_provider_aam.account.account import Account
from airflow_provider_aam.account.keys import key_of
from airflow_provider_aam.api.resources import DATA_SOURCES
from airflow_provider_aam.catalog.checking.check import Checked
from airflow_provider_aam.catalog.kinds import KINDS, Kind
from airflow_provider_aam.catalog.planning.bare_list import refuse_bare_list
from airflow_provider_aam.catalog.planning.folder_rows import FolderRows
from airflow_provider_aam.catalog.planning.matching import Keyed, Match, Matcher
from airflow_provider_aam.catalog.planning.narrowing import narrow
from airflow_provider_aam.catalog.planning.new_folders import NewFolders
from airflow_provider_aam.catalog.planning.options import PlanOptions
from airflow_provider_aam.catalog.planning.resolve import Resolver
from airflow_provider_aam.catalog.planning.targets import Pending, Target, Targets
from airflow_provider_aam.catalog.problems import Problem
from airflow_provider_aam.catalog.rules.segment_rule import word_of


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
        self.matches: dict[Kind, list[Match]] = {}
        self.matchers: dict[Kind, Matcher] = {}
        self.folder_rows: dict[Kind, FolderRows] = {}
        self.findings: list[Problem] = []

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
                self.matches[kind] = self._pair(kind, rows)

    def kept(self, kind: Kind) -> Collection[int]:
        """The ids of the objects that rows describe."""
        return self.folder_rows[kind].kept if kind.is_tree else self.matchers[kind].matched

    def _trees(self) -> list[Kind]:
        """The folder kinds that rows are in, or that are described themselves."""
        needed = {reference.to.name for kind in self.checked for reference in kind.model.references.values()}
        needed |= {KINDS[key].resource.name for key in (self.options.prune_scope or {}).get("kinds", ())}
        needed |= {kind.resource.name for kind in self.checked}
        return [kind for kind in KINDS.values() if kind.is_tree and kind.resource.name in needed]

    def _pair(self, kind: Kind, rows: Sequence[Checked]) -> list[Match]:
        """Rows that are wrong, or whose key cannot be resolved, are left out: only their references are looked at."""
        match_on = self.options.told(kind)
        keyed: list[Keyed] = []
        shared: dict[object, Mapping[str, Target]] = {}
        for item in rows:
            given = item.given
            way = kind.way_of(given, match_on)
            references = self.resolver.key_of(given, kind, way) if item.is_sound else None
            if references is None:
                self.targets.excuse(Pending(kind, self._text(given), given))
                self.findings += self.resolver.resolve(item, kind, way)[1]
            else:
                key = key_of({**given, **references}, kind.match_on[way])
                heard = self._heard(kind, item, references)
                keyed.append((key, Match(heard, way, shared.setdefault(tuple(references.items()), references))))
        used = {match.way for _, match in keyed}
        refuse_bare_list(self.account, kind, [way for way in kind.match_on if way in used])
        self.matchers[kind] = matcher = Matcher(kind, self.account.objects(kind.resource), match_on=match_on)
        matches, mismatched = matcher.match(keyed)
        self.findings += mismatched
        for match in matches:
            self._announce(kind, match)
        return matches

    def _heard(self, kind: Kind, item: Checked, references: Mapping[str, Target]) -> Checked:
        """The row without what AAM makes itself of the object around it, as that will be."""
        around = kind.resource.within
        if around is None:
            return item
        target = references.get(kind.within[0], item.given.get(kind.within[0]))
        if isinstance(target, Pending):
            fields = target.fields
        else:
            object_id = self._around_of(kind, item) if target is None else int(target)
            row = next((m.matched.get(object_id) for k, m in self.matchers.items() if k.resource is around), None)
            fields = {**(self.account.objects(around).get(object_id) or {}), **(row.given if row else {})}
        derived = kind.model.derived_within(fields)
        return replace(item, unheard=derived) if derived else item

    def _around_of(self, kind: Kind, item: Checked) -> int:
        """Of a row that gives the object's own id alone."""
        record = self.account.objects(kind.resource).get(int(item.given[kind.id_field])) or {}
        return int(record.get(kind.within[0]) or 0)

    def _announce(self, kind: Kind, match: Match) -> None:
        """From now on other rows may mean what this one makes: a new object, or one with other words."""
        fields = match.values
        if match.object_id is not None:
            self.targets.rename(kind, match.object_id, fields)
        else:
            match.pending = Pending(kind, self._text(fields), fields)
            self.targets.add(match.pending)

    def _text(self, fields: Mapping[str, Any]) -> str:
        source = fields.get("dataSourceId")
        owner = self.targets.label(DATA_SOURCES, source) if isinstance(source, int) else fields.get("dataSource")
        return word_of(owner, str(fields.get("integrationCode") or fields.get("name")))
