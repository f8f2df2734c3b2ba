"""What the drafts of all kinds share: columns, references between objects, what an object to be created needs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any, ClassVar, Self

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator
from pydantic.alias_generators import to_camel
from pydantic_core import InitErrorDetails

from airflow_provider_aam.api.resources import Resource
from airflow_provider_aam.catalog.drafts.fields import refuse

Contradictions = list[tuple[str, str]]
"""The column to be corrected, and what is wrong with it next to the others."""


@dataclass(frozen=True, kw_only=True)
class Reference:
    """A column that names other objects by what people call them.

    ``field`` is AAM's field that holds the id, or the ids with ``many``. With ``many`` the column is a list, and where
    it bears the field's own name (``dataSources`` of a model) its numbers are ids and everything else is a word.
    """

    field: str
    to: Resource
    or_to: Resource | None = None
    """What an id or a word may mean where it means nothing among ``to``."""
    many: bool = False
    listed: bool = True
    """Whether AAM's lists show every object that may be referred to."""
    none: int | None = None
    """An id that means no object."""


class Draft(BaseModel):
    """What one row says. A field left out is left alone in AAM; an empty text empties it."""

    model_config = ConfigDict(
        alias_generator=to_camel,
        coerce_numbers_to_str=True,
        extra="forbid",
        frozen=True,
        str_strip_whitespace=True,
    )
    references: ClassVar[Mapping[str, Reference]] = {}
    required: ClassVar[tuple[str, ...]] = ()
    """AAM fields without which AAM creates nothing."""
    emptied_by_null: ClassVar[frozenset[str]] = frozenset()
    """Numbers that an object may lack: an empty text in the file is null for AAM (inferred)."""
    only_on_create: ClassVar[frozenset[str]] = frozenset()
    """AAM fields that an object keeps as it was created with them."""
    schema_always: ClassVar[tuple[Mapping[str, Any], ...]] = ()
    """JSON Schema of :meth:`_contradictions`, as far as an editor can tell them from the row."""
    schema_if_created: ClassVar[tuple[Mapping[str, Any], ...]] = ()
    """JSON Schema of :meth:`missing`."""

    @classmethod
    @cache
    def columns(cls) -> tuple[str, ...]:
        """Every name that a row may use, as the file writes it."""
        return tuple(cls._aliases().values())

    @classmethod
    @cache
    def default_of(cls, column: str) -> str | None:
        """What AAM gives a new object there, in words."""
        extra = next(
            field.json_schema_extra for name, field in cls.model_fields.items() if cls._aliases()[name] == column
        )
        return extra.get("default_in_aam") if isinstance(extra, dict) else None  # type: ignore[return-value]

    @classmethod
    def column_of(cls, field: str) -> str:
        """The column by which people give this AAM field: that of the match key where there is one."""
        return cls._columns_of_fields().get(field, field)

    @classmethod
    def reference_of(cls, field: str) -> Reference | None:
        """The reference whose ids AAM holds in this field, if it holds any."""
        column = cls._columns_of_fields().get(field)
        return None if column is None else cls.references[column]

    @classmethod
    @cache
    def _columns_of_fields(cls) -> Mapping[str, str]:
        """AAM field of a reference → its column, the first of them."""
        return {reference.field: name for name, reference in reversed([*cls.references.items()])}

    @classmethod
    @cache
    def defaults(cls) -> Mapping[str, str]:
        """What AAM gives a new object of which the row does not say it, as texts."""
        extras = {each.alias or name: each.json_schema_extra for name, each in cls.model_fields.items()}
        found = {name: extra.get("default_in_aam") for name, extra in extras.items() if isinstance(extra, dict)}
        return {name: str(default) for name, default in found.items() if default}

    @classmethod
    def missing_within(cls, given: Mapping[str, Any], around: Mapping[str, Any]) -> list[str]:  # noqa: ARG003
        """What an object to be created lacks because of the object that it is within, as sentences."""
        return []

    @classmethod
    def derived_within(cls, around: Mapping[str, Any]) -> frozenset[str]:  # noqa: ARG003
        """The columns that AAM fills in by itself because of the object around, whatever a row says."""
        return frozenset()

    @classmethod
    def missing(cls, given: Mapping[str, Any]) -> list[str]:  # noqa: ARG003  for kinds that need it
        """What an object to be created lacks beyond :attr:`required`, as sentences."""
        return []

    @cached_property
    def given(self) -> Mapping[str, Any]:
        """What the row says, under the file's names."""
        values = self.__dict__  # in the order of the model, as a dump of it would be, at a third of the time
        return {
            alias: values[name]
            for name, alias in self._aliases().items()
            if name in self.model_fields_set and values[name] is not None
        }

    @classmethod
    @cache
    def _aliases(cls) -> Mapping[str, str]:
        return {name: field.alias or name for name, field in cls.model_fields.items()}

    @model_validator(mode="after")
    def _agree(self) -> Self:
        given = self.given
        problems = [*self._clashes(given), *self._contradictions(given)]
        if problems:
            said = [InitErrorDetails(type=refuse(text), loc=(name,), input=given[name]) for name, text in problems]
            raise ValidationError.from_exception_data(type(self).__name__, said)
        return self

    def _clashes(self, given: Mapping[str, Any]) -> Contradictions:
        return [
            (reference.field, f"cannot be combined with {column}: keep one")
            for column, reference in self.references.items()
            if column != reference.field and column in given and reference.field in given
        ]

    def _contradictions(self, given: Mapping[str, Any]) -> Contradictions:  # noqa: ARG002  for kinds that need it
        """Fields that do not go together."""
        return []


def ends_early(given: Mapping[str, Any]) -> Contradictions:
    """The contradiction of an ``endDate`` before its ``startDate``; both are yyyy-mm-dd, or the end is empty."""
    start, end = given.get("startDate"), given.get("endDate")
    return [("endDate", f"{end} is before startDate {start}")] if start and end and end < start else []
