"""References of one row as AAM's ids, or as objects that the plan creates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from airflow_provider_aam.api.errors import AAMLookupFailed
from airflow_provider_aam.api.resources import TRAITS
from airflow_provider_aam.catalog.checking.check import Checked
from airflow_provider_aam.catalog.drafts import Reference
from airflow_provider_aam.catalog.kinds import Kind
from airflow_provider_aam.catalog.planning.new_folders import NewFolders
from airflow_provider_aam.catalog.planning.targets import Pending, Target, Targets
from airflow_provider_aam.catalog.problems import Problem
from airflow_provider_aam.catalog.rules import segment_rule


@dataclass(kw_only=True)
class Desired:
    """What one object is to be, in AAM's fields.

    Where ``awaited`` names objects that the plan creates, ``fields`` hold their texts in place of ids.
    """

    item: Checked
    way: str
    fields: dict[str, Any]
    awaited: list[tuple[str, Pending]] = field(default_factory=list)


class Resolver:
    """``folders`` by name of their resource."""

    def __init__(self, targets: Targets, folders: Mapping[str, NewFolders]) -> None:
        self._targets = targets
        self._folders = folders

    def key_of(self, given: Mapping[str, Any], kind: Kind, way: str) -> dict[str, Target] | None:
        """The references among the fields that identify a row's object; ``None`` if :meth:`resolve` finds fault."""
        found: dict[str, Target] = {}
        for column, reference in kind.model.references.items():
            if reference.field in kind.match_on[way] and column in given:
                try:
                    found[reference.field] = self._find(reference, given[column])
                except AAMLookupFailed:
                    return None
        return found

    def resolve(self, item: Checked, kind: Kind, way: str) -> tuple[Desired, list[Problem]]:
        """The whole row, and every reference that means nothing."""
        given = item.given
        references = kind.model.references
        taken = {column for column, reference in references.items() if reference.field != column}
        fields = {n: value for n, value in given.items() if n not in taken and n not in (kind.id_field, "path")}
        fields.update({name: None for name in kind.model.emptied_by_null if fields.get(name) == ""})
        desired = Desired(item=item, way=way, fields=fields)
        findings: list[Problem] = []
        for column, reference in references.items():
            for problem in self._reference(column, reference, given, desired):
                name = column if column in given else reference.field
                findings.append(Problem(place=item.row.place_of(name), field=name, text=problem))
        for name in kind.rules & given.keys():
            findings += [
                Problem(place=item.row.place_of(name), field=name, text=problem)
                for problem in self._rule(name, given[name], desired)
            ]
        return desired, findings

    def _reference(self, column: str, reference: Reference, given: Mapping[str, Any], desired: Desired) -> list[str]:
        """Fills in the id or ids. Returns what is wrong."""
        if reference.many:
            return self._many(reference, given[column], desired) if column in given else []
        value = given.get(column, given.get(reference.field))
        if value is None:
            return []
        try:
            target = self._find(reference, value)
        except AAMLookupFailed as problem:
            return [problem.message]
        if column in given:
            self._take(reference.field, target, desired)
        return []

    def _many(self, reference: Reference, items: list[int | str], desired: Desired) -> list[str]:
        problems = []
        ids: list[int | str] = []
        for item in items:
            try:
                target = self._find(reference, item)
            except AAMLookupFailed as problem:
                problems.append(problem.message)
                continue
            if isinstance(target, Pending):
                desired.awaited.append((reference.field, target))
                ids.append(target.text)
            else:
                ids.append(target)
        desired.fields[reference.field] = ids
        return problems

    def _rule(self, name: str, rule: str, desired: Desired) -> list[str]:
        texts: dict[str, str] = {}
        problems = []
        for word in segment_rule.references(rule):
            if word.trait is None or word.text in texts:
                continue
            try:
                target = self._targets.find_owned(TRAITS, word.data_source, word.trait, text=word.reference)
            except AAMLookupFailed as problem:
                problems.append(problem.message)
                continue
            if isinstance(target, Pending):
                desired.awaited.append((name, target))
                texts[word.text] = target.text
            else:
                texts[word.text] = f"{target}T"
        desired.fields[name] = segment_rule.replace(rule, texts) if texts else rule
        return problems

    def _find(self, reference: Reference, word: int | str) -> Target:
        folders = self._folders.get(reference.to.name)
        if folders is not None and isinstance(word, str):
            return folders.find(word)
        return self._targets.find_reference(reference, word)

    @staticmethod
    def _take(name: str, target: Target, desired: Desired) -> None:
        if isinstance(target, Pending):
            desired.awaited.append((name, target))
            desired.fields[name] = target.text
        else:
            desired.fields[name] = target
