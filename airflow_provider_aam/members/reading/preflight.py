"""Whether AAM will take a set of memberships: data sources are there, traits are onboarded and of the target.

AAM drops what is not, and says so a day later in numbers alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from airflow_provider_aam.account.account import Account
from airflow_provider_aam.account.names import Names
from airflow_provider_aam.api.errors import AAMArgumentError, AAMLookupFailed
from airflow_provider_aam.api.numbers import whole_number
from airflow_provider_aam.api.resources import DATA_SOURCES, TRAITS
from airflow_provider_aam.api.visible import one_line
from airflow_provider_aam.members.grammar.ids import GLOBAL_SOURCES, OWN_FORMATS, IdFormat, id_format_of

ONBOARDED = "ON_BOARDED_TRAIT"
MOST_SHOWN = 50
_SEVERAL = re.compile(r"[0-9]+([^\w\s.+-])[0-9]+(?:\1[0-9]+)*", re.ASCII)

Create = Callable[[Sequence[str]], Mapping[str, int]]
"""Integration codes → the sids of the traits that were created for them."""


@dataclass(frozen=True, kw_only=True)
class Sources:
    """``target_id`` owns the traits; ``None`` where that is the source of the ids itself."""

    source_id: int
    target_id: int | None
    id_format: IdFormat

    @property
    def owner_id(self) -> int:
        return self.source_id if self.target_id is None else self.target_id


def find_sources(
    names: Names[int], data_source: int | str, target: int | str | None, id_format: str | None = None
) -> Sources:
    """Raises :class:`AAMLookupFailed`, and :class:`AAMArgumentError` where a global source has no target.

    ``id_format`` is one of :data:`OWN_FORMATS` and counts instead of what the data source's settings say.
    """
    source_id, form = find_source(names, data_source, id_format)
    target_id = None if target is None else names.find(DATA_SOURCES, target)
    known = GLOBAL_SOURCES.get(source_id)
    if known is not None and target_id is None:
        raise AAMArgumentError(
            f"data_source {source_id} holds ids of {known.name} and owns no traits: "
            "name the data source that owns them as target_data_source."
        )
    return Sources(source_id=source_id, target_id=target_id, id_format=form)


def find_source(names: Names[int], data_source: int | str, id_format: str | None = None) -> tuple[int, IdFormat]:
    """The id of ``data_source`` and the format of its ids. Raises :class:`AAMLookupFailed`."""
    number = whole_number(data_source)
    if number in GLOBAL_SOURCES:
        return number, OWN_FORMATS[id_format] if id_format else GLOBAL_SOURCES[number]
    source_id = names.find(DATA_SOURCES, data_source)
    row = names.account.objects(DATA_SOURCES).get(source_id) or {"dataSourceId": source_id}
    return source_id, OWN_FORMATS[id_format] if id_format else id_format_of(row)


def find_traits(
    account: Account, owner_id: int, words: Sequence[str], *, are_sids: bool, create: Create | None = None
) -> Mapping[str, int]:
    """The sid of each word: a sid, or an integration code of the data source ``owner_id``.

    ``create`` is given the codes that are not there, if nothing else is wrong. Raises :class:`AAMArgumentError` with
    everything that AAM would not take.
    """
    names = Names[int](account)
    found: dict[str, int] = {}
    missing: list[str] = []
    problems = []
    for word in words:
        number = whole_number(word) if are_sids else None
        if are_sids and number is None:
            several = _SEVERAL.fullmatch(word)
            hint = (
                f"several in one text say trait_separator={several[1]!r}"
                if several
                else "integration codes say traits_are='integrationCode'"
            )
            problems.append(f"“{one_line(word)}” is not a sid; for {hint}")
            continue
        try:
            sid = (
                names.find_owned(TRAITS, str(owner_id), word, text=word)
                if number is None
                else names.find(TRAITS, number)
            )
        except AAMLookupFailed as absent:
            if create is None:
                problems.append(one_line(str(absent)))
            missing.append(word)
            continue
        problem = _problem(account, owner_id, word, sid)
        if problem is None:
            found[word] = sid
        else:
            problems.append(problem)
    if problems:
        more = [f"and {len(problems) - MOST_SHOWN} more"] if len(problems) > MOST_SHOWN else []
        raise AAMArgumentError.from_problems("The list of the source's traits", [*problems[:MOST_SHOWN], *more])
    return found if create is None or not missing else {**found, **create(missing)}


def _problem(account: Account, owner_id: int, word: str, sid: int) -> str | None:
    trait = account.objects(TRAITS).get(sid) or {}
    label = f"trait {one_line(word)} “{one_line(str(trait.get('name')))}”"
    if trait.get("traitType") != ONBOARDED:
        return f"{label} is a {trait.get('traitType')}: AAM takes memberships of onboarded traits alone"
    if whole_number(trait.get("dataSourceId")) != owner_id:
        return f"{label} belongs to data source {trait.get('dataSourceId')}, not to {owner_id}"
    return None
