"""References of one row as AAM's ids, or as objects that the plan creates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from airflow_provider_aam.catalog.checking.check import Checked
from airflow_provider_aam.catalog.drafts import Reference
from airflow_provider_aam.catalog.kinds import Kind
from airflow_provider_aam.catalog.planning.new_folders import NewFolders
from airflow_provider_aam.catalog.planning.targets import Pending, Target, Targets, Unresolved
from airflow_provider_aam.catalog.problems import Finding
from airflow_provider_aam.catalog.rules import segment_rule

PARTNER_SITES = "partnerSites"


@dataclass(kw_only=True)
class Desired:
    """What one object shall be, in AAM's fields.

    Where ``awaited`` names objects that the plan creates, ``fields`` hold their texts in place of ids.
    """

    item: Checked
    way: str
    fields: dict[str, Any]
    awaited: list[tuple[str, Pending]] = field(default_factory=list)


class Resolver:
    """``folders`` by key of their kind."""

    def __init__(self, targets: Targets, folders: Mapping[str, NewFolders]) -> None:
        self._targets = targets
        self._folders = folders

    def key_of(self, given: Mapping[str, Any], kind: Kind, way: str) -> dict[str, Target] | None:
        """The references among the fields that identify a row's object; ``None`` if :meth:`resolve` finds fault."""
        found: dict[str, Target] = {}
        for column, reference in kind.model.references.items():
            if reference.field in kind.match_on[way] and column in given:
                try:
                    found[reference.field] = self._find(reference.to, given[column])
                except Unresolved:
                    return None
        return found

    def resolve(self, item: Checked, kind: Kind, way: str) -> tuple[Desired, list[Finding]]:
        """The whole row, and every reference that means nothing."""
        given = item.given
        references = kind.model.references
        taken = {column for column, reference in references.items() if reference.field != column}
        fields = {n: value for n, value in given.items() if n not in taken and n not in (kind.id_field, "path")}
        fields.update({name: None for name in kind.model.emptied_by_null if fields.get(name) == ""})
        desired = Desired(item=item, way=way, fields=fields)
        findings: list[Finding] = []
        for column, reference in references.items():
            for problem in self._reference(column, reference, given, desired):
                name = column if column in given else reference.field
                findings.append(Finding(place=item.row.place_of(name), field=name, problem=problem))
        for name in kind.rules & given.keys():
            findings += [
                Finding(place=item.row.place_of(name), field=name, problem=problem)
                for problem in self._rule(name, given[name], desired)
            ]
        return desired, findings

    def _reference(self, column: str, reference: Reference, given: Mapping[str, Any], desired: Desired) -> list[str]:
        """Fills in the id or ids. Returns what is wrong."""
        if reference.many:
            return self._many(reference, given[column], desired) if column in given else []
        if column in given:
            try:
                self._take(reference.field, self._find(reference.to, given[column], or_segment=True), desired)
            except Unresolved as unresolved:
                return [str(unresolved)]
            return []
        object_id = given.get(reference.field)
        if object_id is None or self._may_be(reference, object_id):
            return []
        return [self._targets.unknown(reference.to, object_id)]

    def _many(self, reference: Reference, items: list[int | str], desired: Desired) -> list[str]:
        problems = []
        ids: list[int | str] = []
        for item in items:
            if isinstance(item, int):
                ids.append(item)
                if not self._may_be(reference, item):
                    problems.append(self._targets.unknown(reference.to, item))
                continue
            try:
                target = self._find(reference.to, item)
            except Unresolved as unresolved:
                problems.append(str(unresolved))
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
                target = self._targets.find_coded("traits", word.data_source, word.trait, word.reference)
            except Unresolved as unresolved:
                problems.append(str(unresolved))
                continue
            if isinstance(target, Pending):
                desired.awaited.append((name, target))
                texts[word.text] = target.text
            else:
                texts[word.text] = f"{target}T"
        desired.fields[name] = segment_rule.replace(rule, texts) if texts else rule
        return problems

    def _find(self, to: str, word: str, *, or_segment: bool = False) -> Target:
        """``or_segment``: a model's baseline is a trait or a segment."""
        if to in self._folders:
            return self._folders[to].find(word)
        try:
            return self._targets.find(to, word)
        except Unresolved as no_trait:
            if to != "traits" or not or_segment:
                raise
            try:
                return self._targets.find("segments", word)
            except Unresolved:
                raise no_trait from None

    def _may_be(self, reference: Reference, object_id: int) -> bool:
        """0 is no trait type; a merge rule need not be among the data sources that lists show."""
        if object_id == 0 and reference.to == "traitTypes":
            return True
        if reference.field == "mergeRuleDataSourceId" or self._targets.knows(reference.to, object_id):
            return True
        return reference.to == "traits" and self._targets.knows("segments", object_id)

    @staticmethod
    def _take(name: str, target: Target, desired: Desired) -> None:
        if isinstance(target, Pending):
            desired.awaited.append((name, target))
            desired.fields[name] = target.text
        else:
            desired.fields[name] = target
