"""Who still needs what a plan deletes: mappings, segments, models, folders' contents."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from airflow_provider_aam.account.account import Account
from airflow_provider_aam.api.collection import Record
from airflow_provider_aam.api.errors import AAMPlanRefused
from airflow_provider_aam.catalog.kinds import KINDS, Kind, Use
from airflow_provider_aam.catalog.plan.plan import Change
from airflow_provider_aam.catalog.planning.changes import Changes
from airflow_provider_aam.catalog.planning.references import candidates, needed
from airflow_provider_aam.catalog.planning.targets import Targets
from airflow_provider_aam.catalog.problems import in_lines

MOST_NAMED = 3


def refuse_used(account: Account, doomed: Mapping[str, Sequence[Record]], changes: Iterable[Change]) -> None:
    """Raises :class:`AAMPlanRefused` when, after the plan, objects would still need what it deletes.

    ``doomed`` by key of the kind. ``changes`` are the plan's updates: a segment that stops naming a trait sets it free.
    """
    usage = _Usage(account, doomed, changes)
    problems = [problem for key, records in doomed.items() for problem in usage.problems(KINDS[key], records)]
    if problems:
        raise AAMPlanRefused(
            "Plan refused: it would delete objects that are still in use. Nothing was changed in AAM. Remove these "
            f"references first, or keep the objects:\n{in_lines(problems)}"
        )


class _Usage:
    def __init__(self, account: Account, doomed: Mapping[str, Sequence[Record]], changes: Iterable[Change]) -> None:
        self._account = account
        self._changes = Changes(Targets(account))
        self._gone = {key: {int(r[KINDS[key].id_field]) for r in records} for key, records in doomed.items()}
        self._after = {(change.kind, change.id): change.after() for change in changes if change.action == "update"}

    def problems(self, kind: Kind, records: Sequence[Record]) -> Iterator[str]:
        wanted = {int(record[kind.id_field]): record for record in records}
        for use in kind.used_by:
            users: dict[int, list[Record]] = {}
            for user in self._users(use, wanted):
                for object_id in needed(user, use, wanted):
                    users.setdefault(object_id, []).append(user)
            for object_id, found in users.items():
                name = self._called(kind, wanted[object_id])
                yield f"{kind.name} {name} is in use by {self._named(KINDS[use.by], found)}"

    def _called(self, kind: Kind, record: Record) -> str:
        """As plans do, and by AAM's id."""
        label, object_id = self._changes.label(kind, record), str(record[kind.id_field])
        return label if object_id in label else f"{label} ({object_id})"

    def _named(self, by: Kind, users: Sequence[Record]) -> str:
        names = ", ".join(self._called(by, user) for user in users[:MOST_NAMED])
        more = f" and {len(users) - MOST_NAMED:,} more" if len(users) > MOST_NAMED else ""
        return f"{by.name if len(users) == 1 else by.plural} {names}{more}"

    def _users(self, use: Use, wanted: Mapping[int, Record]) -> Iterator[Record]:
        """All objects that may need one of ``wanted``, but for those that the plan deletes."""
        by = KINDS[use.by]
        gone = self._gone.get(use.by, set())
        for user in candidates(self._account, use, wanted):
            if int(user[by.id_field]) not in gone:
                yield {**user, **self._after.get((by.name, int(user[by.id_field])), {})}
