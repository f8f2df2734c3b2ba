"""What changes about the objects that rows were found for: the second pass, once every row has its object."""

from __future__ import annotations

from collections.abc import Sequence

from airflow_provider_aam.account.keys import key_of
from airflow_provider_aam.api.collection import Record
from airflow_provider_aam.catalog.kinds import Kind
from airflow_provider_aam.catalog.plan.plan import Unchanged
from airflow_provider_aam.catalog.planning.changes import Changes, Planned
from airflow_provider_aam.catalog.planning.codes import Codes
from airflow_provider_aam.catalog.planning.matching import Match
from airflow_provider_aam.catalog.planning.pairing import Pairing
from airflow_provider_aam.catalog.planning.remarks import refused_by_account
from airflow_provider_aam.catalog.planning.resolve import Desired
from airflow_provider_aam.catalog.problems import Problem


class Comparison:
    """Filled by :meth:`run`: what is planned, what already matches, what is wrong."""

    def __init__(self, pairing: Pairing) -> None:
        self.changes = Changes(pairing.targets)
        self.planned: list[Planned] = []
        self.unchanged: list[Unchanged] = []
        self.findings: list[Problem] = []
        self._pairing = pairing
        self._account = pairing.account
        self._codes = Codes(pairing.account, pairing.targets)
        self._changed: dict[tuple[str, int], Record] = {}

    def run(self) -> None:
        for kind, matches in self._pairing.matches.items():
            matches.reverse()
            while matches:  # 100,000 of them need not be kept to the end
                self._compare(kind, matches.pop())
        for kind in self._pairing.folder_rows:
            self._compare_folders(kind)
        self.findings += self._codes.problems()

    def folders(self) -> list[Planned]:
        """Those that rows name and AAM lacks, parents first."""
        return [self.changes.folder(pending) for tree in self._pairing.folders.values() for pending in tree]

    def _compare(self, kind: Kind, match: Match) -> None:
        desired, problems = self._pairing.resolver.resolve(match.item, kind, match.way)
        self.findings += problems
        if problems:
            return
        if match.pending is None:
            record = self._account.objects(kind.resource).get(int(match.object_id or 0)) or {}
            result = self.changes.update(kind, desired, record)
        else:
            record = {}
            look_first = self._pairing.matchers[kind].look_first(match.way)
            beside = self._beside(kind, desired)
            result = self.changes.create(kind, desired, match.pending, look_first=look_first, beside=beside)
        if isinstance(result, Unchanged):
            self.unchanged.append(result)
            return
        self.planned.append(result)
        self._codes.add(result, match.item, record)
        self.findings += refused_by_account(result, match.item, self._account, self._changed)
        if match.object_id is not None:
            self._changed[kind.key, match.object_id] = result.change.after()

    def _beside(self, kind: Kind, desired: Desired) -> Sequence[int]:
        names = kind.match_on[desired.way]
        key = key_of(desired.fields, names) if kind.refine else None
        return self._account.objects(kind.resource).find(names, key) if key else ()

    def _compare_folders(self, kind: Kind) -> None:
        rows, tree = self._pairing.folder_rows[kind], self._pairing.folders[kind.resource.name].tree
        for item, folder_id in rows.existing:
            self.unchanged.append(Unchanged(kind.name, tree.path_of(folder_id), folder_id, str(item.row.place)))
        for desired in rows.desired:
            record = self._account.objects(kind.resource).get(int(desired.item.given[kind.id_field])) or {}
            result = self.changes.update(kind, desired, record)
            if isinstance(result, Unchanged):
                self.unchanged.append(result)
            else:
                self.planned.append(result)
