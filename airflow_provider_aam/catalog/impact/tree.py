"""What needs an object, and what needs that, down to the destinations."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from airflow_provider_aam.account.account import Account
from airflow_provider_aam.account.names import Names
from airflow_provider_aam.api.collection import Record
from airflow_provider_aam.api.errors import AAMForbidden, AAMNotFound
from airflow_provider_aam.api.visible import one_line
from airflow_provider_aam.catalog.kinds import DESTINATIONS, KINDS, MAPPINGS, TRAITS, Kind, Use
from airflow_provider_aam.catalog.planning.changes import Changes
from airflow_provider_aam.catalog.planning.references import candidates, needed
from airflow_provider_aam.catalog.planning.targets import Pending, Targets
from airflow_provider_aam.catalog.rules import segment_rule

FIRST_ID = 10**15
"""Of objects without an id of AAM's in their row of a file; AAM's own are far smaller."""
Object = tuple[str, int]
"""Key of its kind, id."""


@dataclass(frozen=True, kw_only=True)
class Node:
    """``why``: the column that names what is above it, or its rule. ``shown``: what depends on it is above already."""

    kind: Kind
    id: int
    label: str
    why: str = ""
    used_by: tuple[Node, ...] = ()
    shown: bool = False

    def below(self) -> Iterator[Node]:
        for node in self.used_by:
            yield node
            yield from node.below()

    def counts(self) -> Counter[str]:
        """How many objects of each kind depend on it, by the kind's key."""
        others = {(node.kind.key, node.id) for node in self.below()} - {(self.kind.key, self.id)}
        return Counter(key for key, _ in others)


def grow(account: Account, kind: Kind, object_id: int) -> tuple[Node, Mapping[str, str]]:
    """The tree under this object, and what AAM refused to show. A mapping is shown as its destination."""
    walk = _Walk(account)
    walk.run((kind.key, object_id))
    return walk.node((kind.key, object_id), set()), walk.hidden


@dataclass
class _Walk:
    """Level by level, so that each list is read once for all objects of a level."""

    account: Account
    users: dict[Object, dict[Object, list[str]]] = field(default_factory=dict)
    records: dict[Object, Record] = field(default_factory=dict)
    hidden: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        targets = Targets(self.account)
        self._names: Names[Pending] = targets
        self._changes = Changes(targets)

    def run(self, start: Object) -> None:
        level, seen = {start}, {start}
        while level:
            by_kind = {key: {object_id for each, object_id in level if each == key} for key in KINDS}
            found = {user for key, ids in by_kind.items() for user in self._users_of(key, ids)}
            level = {user for user in found - seen if user[0] != DESTINATIONS.key}
            seen |= found

    def node(self, here: Object, shown: set[Object], why: str = "") -> Node:
        kind = KINDS[here[0]]
        again = here in shown and bool(self.users.get(here))
        shown.add(here)
        below = [] if again else sorted(self.users.get(here, {}).items(), key=lambda each: self._order(each[0]))
        return Node(
            kind=kind,
            id=here[1],
            label=self._label(here),
            why=why,
            used_by=tuple(self.node(user, shown, ", ".join(reasons)) for user, reasons in below),
            shown=again,
        )

    def _users_of(self, key: str, wanted: set[int]) -> Iterator[Object]:
        for use in KINDS[key].used_by:
            by = KINDS[use.by]
            for record in self._shown(use, wanted):
                for object_id, name in needed(record, use, wanted).items():
                    user = self._user(by, record)
                    reasons = self.users.setdefault((key, object_id), {}).setdefault(user, [])
                    if (why := self._why(by, record, name)) and why not in reasons:  # a segment may be mapped twice
                        reasons.append(why)
                    yield user

    def _shown(self, use: Use, wanted: set[int]) -> Iterator[Record]:
        """Many accounts have no right to models: that must not hide the rest."""
        try:
            yield from candidates(self.account, use, wanted)
        except (AAMForbidden, AAMNotFound) as refused:
            self.hidden[KINDS[use.by].plural] = refused.message

    def _user(self, by: Kind, record: Record) -> Object:
        if by is MAPPINGS:
            return DESTINATIONS.key, int(record["destinationId"])
        user = (by.key, int(record[by.id_field]))
        self.records[user] = record
        return user

    def _why(self, by: Kind, record: Record, name: str) -> str:
        if by is MAPPINGS:
            alias = record.get("traitAlias")
            return f"alias {one_line(str(alias))}" if alias else ""
        if name not in by.rules:
            return by.model.column_of(name)
        rule = str(record.get(name) or "AAM does not show the rule")
        return one_line(segment_rule.in_words(rule, lambda sid: self._names.word(TRAITS.resource, sid)))

    def _label(self, here: Object) -> str:
        kind = KINDS[here[0]]
        if kind is DESTINATIONS:
            return f"“{one_line(self._names.label(kind.resource, here[1]))}”"
        record = self.records.get(here) or self.account.objects(kind.resource).get(here[1]) or {}
        if here[1] >= FIRST_ID:
            record = {name: value for name, value in record.items() if name != kind.id_field}
        return one_line(self._changes.label(kind, record))

    def _order(self, user: Object) -> tuple[int, str]:
        return [*KINDS].index(user[0]), self._label(user)


def as_json(node: Node, places: Mapping[Object, str] | None) -> dict[str, Any]:
    """``places``: where files describe each object; then ids are ours, and not AAM's."""
    here = {"place": places.get((node.kind.key, node.id))} if places is not None else {"id": node.id}
    return {
        "kind": node.kind.name,
        "label": node.label,
        **here,
        "why": node.why or None,
        "used_by": [as_json(each, places) for each in node.used_by],
    }


def render(node: Node, places: Mapping[Object, str] | None, indent: str = "") -> Iterator[str]:
    """One line for each object below, drawn as a tree."""
    for each in node.used_by:
        last = each is node.used_by[-1]
        why = f": {each.why}" if each.why else ""
        again = " (see above)" if each.shown else ""
        at = (places or {}).get((each.kind.key, each.id))
        place = f"  ({at})" if at else ""
        yield f"{indent}{'└─' if last else '├─'} {each.kind.name} {each.label}{why}{place}{again}"
        yield from render(each, places, indent + ("   " if last else "│  "))
