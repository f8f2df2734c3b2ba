"""How far a saved plan is carried out already, and whether the account still is what it was made for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from airflow_provider_aam.account.account import Account
from airflow_provider_aam.api.client import AAMClient
from airflow_provider_aam.api.collection import Record
from airflow_provider_aam.api.errors import AAMPlanRefused
from airflow_provider_aam.catalog.applying.made import Made
from airflow_provider_aam.catalog.kinds import TRAITS, Kind, kind_called
from airflow_provider_aam.catalog.plan.difference import same
from airflow_provider_aam.catalog.plan.links import linked
from airflow_provider_aam.catalog.plan.plan import Change, FieldChange, Plan
from airflow_provider_aam.catalog.planning.targets import Targets
from airflow_provider_aam.catalog.planning.usage import refuse_used
from airflow_provider_aam.catalog.rules import segment_rule

MOST_SHOWN = 50


def identify(client: AAMClient) -> dict[str, Any]:
    """The account that the client speaks to, as a plan notes it. One request."""
    return {"base_url": client.base_url, "pid": client.users.self().get("pid")}


def find_progress(client: AAMClient, plan: Plan) -> dict[int, int | None]:
    """The positions of changes that AAM shows as made, with the objects' ids.

    Reads the lists of all kinds that the plan changes or refers to. Raises :class:`AAMPlanRefused` with everything that
    has moved: what the plan changes and now is neither as before nor as after it, what it refers to and is gone, what
    it deletes and is used by now. What other objects have become does not matter.
    """
    _refuse_other_account(client, plan)
    progress = _Progress(client, plan)
    done = progress.done()
    if progress.moved:
        shown = "\n".join(f"  {text}" for text in progress.moved[:MOST_SHOWN])
        more = f"\n  … and {len(progress.moved) - MOST_SHOWN} more" if len(progress.moved) > MOST_SHOWN else ""
        raise AAMPlanRefused(
            f"The plan for {plan.source} of {plan.created_at} was refused, nothing was changed: the account moved "
            f"under it. Plan again, and have that approved.\n{shown}{more}"
        )
    progress.refuse_used(done)
    return done


def _refuse_other_account(client: AAMClient, plan: Plan) -> None:
    here = identify(client) if "pid" in plan.account else {"base_url": client.base_url}
    if here != plan.account:
        there = ", ".join(f"{name} {value}" for name, value in plan.account.items()) or "it does not say which"
        now = ", ".join(f"{name} {value}" for name, value in here.items())
        raise AAMPlanRefused(
            f"The plan for {plan.source} was made for another account ({there}) than the Connection leads to ({now}). "
            "Nothing was changed. Apply it with the Connection that it was made with."
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
            self.moved.append(f"{_said(change)} was changed meanwhile: {now}")
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
