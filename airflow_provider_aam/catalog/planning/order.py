"""The order of a plan: what others need first, what needs others last; deletes the other way round, at the end."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from airflow_provider_aam.account.folders import ancestors
from airflow_provider_aam.api.errors import AAMPlanRefused
from airflow_provider_aam.catalog.kinds import KINDS, Kind
from airflow_provider_aam.catalog.plan.plan import Change, Link
from airflow_provider_aam.catalog.planning.changes import Planned
from airflow_provider_aam.catalog.planning.targets import Pending


def in_order(planned: Sequence[Planned]) -> tuple[Change, ...]:
    """All changes in waves, their links set. Raises :class:`AAMPlanRefused` when objects wait for each other."""
    writes = [each for each in planned if each.change.action != "delete"]
    levels = _levels(writes)
    by_level = sorted(range(len(writes)), key=lambda at: levels[at])
    deletes = sorted((each for each in planned if each.change.action == "delete"), key=_rank_of_delete)
    ordered = [writes[at] for at in by_level] + deletes
    first_delete = 1 + max(levels, default=-1)
    ranks = {rank: wave for wave, rank in enumerate(dict.fromkeys(map(_rank_of_delete, deletes)), first_delete)}
    waves = [levels[at] for at in by_level] + [ranks[_rank_of_delete(each)] for each in deletes]
    position = {each.makes: at for at, each in enumerate(ordered) if each.makes is not None}
    return tuple(
        msgspec.structs.replace(each.change, wave=wave, links=_links(each, position))
        for each, wave in zip(ordered, waves, strict=True)
    )


def _links(planned: Planned, position: dict[Pending, int]) -> tuple[Link, ...]:
    found = dict.fromkeys(planned.awaited)
    return tuple(Link(field=field, text=pending.text, to=position[pending]) for field, pending in found)


def _levels(writes: Sequence[Planned]) -> list[int]:
    """How many changes deep each one depends on others."""
    makers = {each.makes: at for at, each in enumerate(writes) if each.makes is not None}
    updates = {(each.kind.resource.name, each.change.id): at for at, each in enumerate(writes)}
    needs = [{makers[pending] for _, pending in each.awaited} | _changed_first(each, updates) for each in writes]
    levels = [-1] * len(writes)
    waiting = list(range(len(writes)))
    while waiting:
        ready = [at for at in waiting if all(levels[need] >= 0 for need in needs[at])]
        if not ready:
            raise AAMPlanRefused(f"These need each other, so none can be created first: {_labels(writes, waiting)}.")
        for at in ready:
            levels[at] = 1 + max((levels[need] for need in needs[at]), default=-1)
        waiting = [at for at in waiting if levels[at] < 0]
    return levels


def _changed_first(planned: Planned, updates: Mapping[tuple[str, int | None], int]) -> set[int]:
    """The update of the object around: what AAM wants of a mapping is a matter of its destination's format."""
    around = planned.kind.resource.within
    if around is None:
        return set()
    change, (field,) = planned.change, planned.kind.within
    object_id = change.within.get(field, change.after().get(field))
    at = updates.get((around.name, object_id)) if isinstance(object_id, int) else None
    return set() if at is None else {at}


def _labels(writes: Sequence[Planned], waiting: Iterable[int]) -> str:
    return ", ".join(f"{writes[at].change.kind} {writes[at].change.label}" for at in waiting)


def _rank_of_delete(planned: Planned) -> tuple[int, int]:
    """Kinds in reverse; traits that a model makes before the model, the others after it; deep folders first."""
    kind: Kind = planned.kind
    place = -2 * [*KINDS].index(kind.key)
    other, field, value = kind.deleted_before or ("", "", "")
    if any(each.field == field and each.before == value for each in planned.change.fields):
        place = -2 * [*KINDS].index(other) - 1
    return place, -len(ancestors(planned.change.label)) if kind.is_tree else 0
