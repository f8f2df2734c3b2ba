"""The order of a plan: what others need first, what needs others last; deletes the other way round, at the end."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from airflow_provider_aam.account.folders import ancestors
from airflow_provider_aam.api.errors import AAMPlanRefused
from airflow_provider_aam.catalog.kinds import DESTINATIONS, KINDS, MAPPINGS, Kind
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
    """How many changes deep each one stands on others."""
    makers = {each.makes: at for at, each in enumerate(writes) if each.makes is not None}
    destinations = {each.change.id: at for at, each in enumerate(writes) if each.kind is DESTINATIONS}
    needs = [{makers[pending] for _, pending in each.awaited} | _changed_first(each, destinations) for each in writes]
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


def _changed_first(planned: Planned, destinations: Mapping[int | None, int]) -> set[int]:
    """The update of a mapping's destination: what AAM wants of the mapping is a matter of the destination's format."""
    if planned.kind is not MAPPINGS:
        return set()
    change = planned.change
    at = destinations.get(change.within.get("destinationId", change.after().get("destinationId")))
    return set() if at is None else {at}


def _labels(writes: Sequence[Planned], waiting: Iterable[int]) -> str:
    return ", ".join(f"{writes[at].change.kind} {writes[at].change.label}" for at in waiting)


def _rank_of_delete(planned: Planned) -> tuple[int, int]:
    """Kinds in reverse; traits that a model makes before the model, the others after it; deep folders first."""
    kind: Kind = planned.kind
    place = -2 * [*KINDS].index(kind.key)
    made_by_model = any(field.field == "traitType" and field.before == "ALGO_TRAIT" for field in planned.change.fields)
    if made_by_model:
        place = -2 * [*KINDS].index("models") - 1
    return place, -len(ancestors(planned.change.label)) if kind.is_tree else 0
