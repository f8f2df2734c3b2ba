"""How far a saved plan is carried out already, and whether the account still is what it was made for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec

from airflow_provider_aam.account.account import Account
from airflow_provider_aam.api.client import AAMClient
from airflow_provider_aam.api.collection import Record
from airflow_provider_aam.api.errors import AAMPlanRefused
from airflow_provider_aam.catalog.applying.made import Made
from airflow_provider_aam.catalog.kinds import TRAITS, Kind, kind_called
from airflow_provider_aam.catalog.plan.difference import same
from airflow_provider_aam.catalog.plan.links import linked
from airflow_provider_aam.catalog.plan.plan import Change, FieldChange, Plan
from airflow_provider_aam.catalog.plan.render import said_account
from airflow_provider_aam.catalog.planning.changes import held
from airflow_provider_aam.catalog.planning.guards import identify
from airflow_provider_aam.catalog.planning.targets import Targets
from airflow_provider_aam.catalog.planning.usage import refuse_used
from airflow_provider_aam.catalog.problems import in_lines
from airflow_provider_aam.catalog.rules import segment_rule


def find_progress(client: AAMClient, plan: Plan) -> tuple[Plan, dict[int, int | None]]:
    """The plan, its updates with what AAM holds now, and the changes that AAM shows as made: position → id.

    Reads the lists of all kinds that the plan changes or refers to. Raises :class:`AAMPlanRefused` with everything that
    has changed: what the plan changes and now is neither as before nor as after it, what it refers to and is gone, what
    it deletes and is in use by now. What other objects have become does not matter.
    """
    _refuse_other_account(client, plan)
    progress = _Progress(client, plan)
    done = progress.done()
    if progress.moved:
        raise AAMPlanRefused(
            "Plan refused: the account has changed since the plan was made. Nothing was changed in AAM. Plan again "
            f"({plan.source}, planned {plan.created_at}), and have the new plan approved.\n{in_lines(progress.moved)}"
        )
    progress.refuse_used(done)
    return msgspec.structs.replace(plan, changes=tuple(map(progress.held_now, plan.changes))), done


def _refuse_other_account(client: AAMClient, plan: Plan) -> None:
    if plan.account.get("pid") is None:
        raise AAMPlanRefused(
            "Plan refused: its file does not say which account it was made for. Nothing was changed in AAM. Plan again."
        )
    if (here := identify(client)) != plan.account:
        raise AAMPlanRefused(
            f"Plan refused: it was made for {said_account(plan.account)}, but this Connection reaches "
            f"{said_account(here)}. Nothing was changed in AAM. Apply it with the Connection that it was made with."
        )


class _Progress:
    def __init__(self, client: AAMClient, plan: Plan) -> None:
        self.moved: list[str] = []
        self._plan = plan
        self._account = Account(client)
        self._targets = Targets(self._account)
        self._made = Made(self._account, plan)

    def done(self) -> dict[int, int | None]:
        found: dict[int, int | None] = {}
        for at, unlinked in enumerate(self._plan.changes):
            ids = {link: found.get(link.to) for link in unlinked.links}
            change = linked(unlinked, {link: each for link, each in ids.items() if each is not None})
            kind = kind_called(change.kind)
            if change.action == "create":
                object_id = self._made.find(kind, change)
                if object_id is not None:
                    found[at] = object_id
            elif self._is_written(kind, change):
                found[at] = change.id
            if at not in found and change.action != "delete":
                self.moved += self._lost_references(kind, change)
        self.moved += (f"{_said(change)} {text}" for change, text in self._made.others())
        return found

    def refuse_used(self, done: Mapping[int, int | None]) -> None:
        doomed: dict[str, list[Record]] = {}
        for at, change in enumerate(self._plan.changes):
            kind = kind_called(change.kind)
            record = self._account.objects(kind.resource).get(int(change.id or 0))
            if change.action == "delete" and at not in done and record is not None:
                doomed.setdefault(kind.key, []).append(record)
        refuse_used(self._account, doomed, self._plan.changes)

    def held_now(self, change: Change) -> Change:
        """What an update writes in addition to its fields is never taken from a file, where no one sees it."""
        kind = kind_called(change.kind)
        record = self._account.objects(kind.resource).get(int(change.id or 0)) or {}
        names = held(kind, record) if change.action == "update" else []
        return msgspec.structs.replace(change, held={n: record[n] for n in names if n not in change.after()})

    def _is_written(self, kind: Kind, change: Change) -> bool:
        """Whether an update or a delete shows; says so if the object is neither as before nor as after it."""
        record = self._account.objects(kind.resource).get(int(change.id or 0))
        if record is None:
            if change.action == "update":
                self.moved.append(f"{_said(change)} is gone")
            return change.action == "delete"
        todo = [each for each in change.fields if not same(kind, each.field, each.after, record.get(each.field))]
        strange = [each for each in todo if not _as_before(kind, each, record)]
        if strange:
            now = ", ".join(f"{each.field} is {record.get(each.field)!r}, was {each.before!r}" for each in strange)
            self.moved.append(f"{_said(change)} has changed: {now}")
        return change.action == "update" and not todo

    def _lost_references(self, kind: Kind, change: Change) -> Iterator[str]:
        after = change.after()
        for column, reference in kind.model.references.items():
            value = after.get(reference.field)
            for object_id in value if isinstance(value, list) else [value]:
                if isinstance(object_id, int) and not self._targets.may_be(reference, object_id):
                    yield f"{_said(change)}: its {column} {object_id} is gone"
        for name in kind.rules & after.keys():
            before = next((str(each.before or "") for each in change.fields if each.field == name), "")
            known = {word.sid for word in segment_rule.references(before)}
            traits = self._account.objects(TRAITS.resource)
            for word in segment_rule.references(after[name]):
                if word.sid is not None and word.sid not in known and word.sid not in traits:
                    yield f"{_said(change)}: trait {word.sid} of its rule is gone"


def _as_before(kind: Kind, field: FieldChange, record: Record) -> bool:
    present = record.get(field.field)
    if field.before in (None, "", []):
        return present in (None, "", [])
    return same(kind, field.field, field.before, present)


def _said(change: Change) -> str:
    return f"{change.kind} {change.label}" + (f" ({change.id})" if change.id else "")
