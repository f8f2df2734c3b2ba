"""An object of AAM as a row of a catalog: match keys in place of ids, every field that says something."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from functools import cache
from typing import Any, Never

from pydantic import ValidationError

from airflow_provider_aam.account.account import Account
from airflow_provider_aam.account.escapes import unescaped
from airflow_provider_aam.account.keys import key_of
from airflow_provider_aam.account.names import Names
from airflow_provider_aam.api.collection import Record
from airflow_provider_aam.api.numbers import whole_number
from airflow_provider_aam.api.resources import TRAITS, Resource
from airflow_provider_aam.catalog.checking.check import lacking
from airflow_provider_aam.catalog.drafts import Draft, Reference
from airflow_provider_aam.catalog.kinds import Kind
from airflow_provider_aam.catalog.rules import segment_rule

_ALWAYS_SAID = frozenset({"status", "ttl", "domainRestrictions"})


class Describer:
    """Rows that, planned against the same account, change nothing."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._names = Names[Never](account)

    def describe(self, kind: Kind, record: Record) -> dict[str, Any]:
        """The row. It holds the object's id where no match key means this object alone, or a new one needs more."""
        record = unescaped(record)
        if kind.is_tree:
            return self._folder(kind, record)
        row = self._short(kind, dict(self._values(kind, record)), record)
        if self._is_ambiguous(kind, row, record) or lacking(kind, row) or kind.model.missing(row):
            row = {kind.id_field: int(record[kind.id_field]), **row}
        return row

    def _short(self, kind: Kind, row: Mapping[str, Any], record: Record) -> dict[str, Any]:
        """Without what AAM fills in by itself, and without empty fields and defaults where nothing asks for them."""
        around = kind.resource.within
        derived: Set[str] = frozenset()
        if around is not None:
            fields = self._account.objects(around).get(int(record[kind.within[0]])) or {}
            derived = kind.model.derived_within(unescaped(fields))
        needed = {*kind.model.required, *(("integrationCode",) if self._shares_its_name(kind, record) else ())}
        missed = kind.model.missing(row)
        return {
            name: value
            for name, value in row.items()
            if name not in derived
            and (
                name in needed
                or not _says_nothing(kind.model, name, value)
                or kind.model.missing({each: row[each] for each in row if each != name}) != missed
            )
        }

    def _shares_its_name(self, kind: Kind, record: Record) -> bool:
        """Whether it takes an empty code to tell the object from another of its name."""
        fields = kind.match_on.get("name", ())
        key = key_of(record, fields) if fields else None
        return key is not None and len(self._account.objects(kind.resource).find(fields, key)) > 1

    def obstacle(self, kind: Kind, record: Record) -> str | None:
        """Why a catalog cannot describe the object, if it cannot."""
        for name, allowed in kind.prunable.items():
            if str(record.get(name)).upper() not in allowed:
                return f"AAM's API cannot create or change a {kind.name} with {name} {record.get(name)}"
        if any(str(record.get(name)) == value for name, value in kind.predefined.items()):
            return "predefined by Adobe"
        hidden = None if kind.is_tree else next(self._hidden(kind, record), None)
        return hidden and f"it refers to the {hidden}, which AAM does not show: deleted, or closed to this user"

    def _hidden(self, kind: Kind, record: Record) -> Iterator[str]:
        """What the object refers to and a plan would not find."""
        for reference in kind.model.references.values():
            value = record.get(reference.field)
            ids = map(whole_number, value if isinstance(value, list) else [value])
            known = [reference.to, *([reference.or_to] if reference.or_to else [])]
            for object_id in ids:
                if object_id is None or object_id == reference.none or not reference.listed:
                    continue
                if not any(self._names.holds(to, object_id) for to in known):
                    yield f"{reference.to.label} {object_id}"

    def problems(self, kind: Kind, row: Mapping[str, Any]) -> list[str]:
        """What the offline check would say of the row."""
        try:
            kind.model.model_validate(dict(row))
        except ValidationError as invalid:
            return [
                f"{'.'.join(map(str, error['loc']))}: {error['msg']}" for error in invalid.errors(include_url=False)
            ]
        return []

    def label(self, to: Resource, object_id: int) -> str:
        """The word that means this object alone, if there is one: what else people know it by may mean several."""
        return self._names.word(to, object_id) or self._names.label(to, object_id)

    def _folder(self, kind: Kind, record: Record) -> dict[str, Any]:
        path = record["path"]
        twins = self._account.tree(kind.resource).find(path)
        if len(twins) == 1 and path.count("/") == len([name for name in path.split("/") if name.strip()]):
            return {"path": path}
        parent = int(record.get("parentFolderId") or 0)
        return {"folderId": int(record["folderId"]), "name": record.get("name"), "parentFolderId": parent}

    def _values(self, kind: Kind, record: Record) -> Iterator[tuple[str, Any]]:
        by_field = {reference.field: (column, reference) for column, reference in kind.model.references.items()}
        columns = [name for name in kind.model.columns() if name != kind.id_field]
        for name in columns:
            if name in kind.model.references and kind.model.references[name].field != name:
                yield from self._reference(name, kind.model.references[name], record)
            elif name in by_field and by_field[name][0] != name:
                continue  # written with the column of its match key
            elif name in by_field:
                yield from self._many(name, by_field[name][1], record)
            elif name in kind.rules:
                yield name, self._rule(str(record.get(name) or ""))
            elif record.get(name) is not None:
                yield name, record[name]
            elif name in record and name in emptiable(kind.model):
                yield name, ""

    def _reference(self, column: str, reference: Reference, record: Record) -> Iterator[tuple[str, Any]]:
        value = record.get(reference.field)
        if value in (None, ""):
            return
        object_id = int(value)
        word = self._word(reference, object_id)
        yield (column, word) if word is not None else (reference.field, object_id)

    def _word(self, reference: Reference, object_id: int) -> str | None:
        if object_id == reference.none:
            return None
        word = self._names.word(reference.to, object_id)
        return self._names.word(reference.or_to, object_id) if word is None and reference.or_to is not None else word

    def _many(self, name: str, reference: Reference, record: Record) -> Iterator[tuple[str, Any]]:
        value = record.get(name)
        if isinstance(value, list):
            words = (self._word(reference, int(each)) or int(each) for each in value)
            yield name, sorted((_no_id(word) for word in words), key=str)

    def _rule(self, rule: str) -> str:
        return segment_rule.in_words(rule, lambda sid: self._names.word(TRAITS, sid))

    def _is_ambiguous(self, kind: Kind, row: Mapping[str, Any], record: Record) -> bool:
        """Whether the row, read again, could mean another object or a new one."""
        way = kind.way_of(row, None)
        fields = kind.match_on[way]
        key = key_of(record, fields)
        found = self._account.objects(kind.resource).find(fields, key) if key is not None else []
        if way == "name" and len(found) > 1:
            found = [
                each
                for each in found
                if not (self._account.objects(kind.resource).get(each) or {}).get("integrationCode")
            ]
        if not kind.refine:
            return len(found) != 1
        same = [self._account.objects(kind.resource).get(each) or {} for each in found]
        return sum(all((other.get(n) or "") == (record.get(n) or "") for n in kind.refine) for other in same) != 1


def _says_nothing(model: type[Draft], name: str, value: Any) -> bool:
    """Whether a new object would have the value anyway. What people change by hand is said, for drift to see it."""
    if value in ("", []):
        return True
    default = model.default_of(name)
    reference = model.reference_of(name)
    at_default = default is not None and str(value).lower() == default.lower() and name not in _ALWAYS_SAID
    return at_default or (reference is not None and reference.none is not None and value == reference.none)


def _no_id(word: int | str) -> int | str:
    """In a list digits are an id; in double quotes they are a word."""
    return f'"{word}"' if isinstance(word, str) and whole_number(word) is not None else word


@cache
def emptiable(model: type[Draft]) -> frozenset[str]:
    """The columns in which an empty text means: none."""
    return frozenset(name for name in model.columns() if _takes(model, name, ""))


def _takes(model: type[Draft], name: str, value: Any) -> bool:
    try:
        given = model.model_validate({name: value}).given
    except ValidationError:
        return False
    return bool(given.get(name) == value)
