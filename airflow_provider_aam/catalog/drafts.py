"""What one desired object may say: names, types, limits. The published JSON Schema is made from these models."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic.alias_generators import to_camel
from pydantic_core import PydanticCustomError

from airflow_provider_aam.catalog.rules.trait_rule import find_fault

LONGEST_NAME = 255
LARGEST_ID = 2**63 - 1
LARGEST_DAYS = 2**31 - 1


def _one_line(value: object) -> object:
    if isinstance(value, str):
        value = value.strip()
        if any(ord(mark) < 32 or ord(mark) == 127 for mark in value):
            raise PydanticCustomError("said", "must not hold tabs, line breaks or other control characters")
    return value


def _trait_rule(value: object) -> object:
    fault = find_fault(value) if isinstance(value, str) else None
    if fault is not None:
        raise PydanticCustomError("said", "{fault}", {"fault": fault})
    return value


def _upper(value: object) -> object:
    return value.strip().upper() if isinstance(value, str) else value


def _no_truth(value: object) -> object:
    if isinstance(value, bool):
        raise PydanticCustomError("said", "true and false are no numbers")
    return value


Name = Annotated[str, Field(min_length=1, max_length=LONGEST_NAME), BeforeValidator(_one_line)]
Key = Annotated[str, Field(min_length=1), BeforeValidator(_one_line)]
FolderPath = Annotated[str, Field(pattern="^/"), BeforeValidator(_one_line)]
Id = Annotated[int, Field(ge=0, le=LARGEST_ID), BeforeValidator(_no_truth)]
PositiveId = Annotated[int, Field(ge=1, le=LARGEST_ID), BeforeValidator(_no_truth)]
Days = Annotated[int, Field(ge=0, le=LARGEST_DAYS), BeforeValidator(_no_truth)]
Share = Annotated[float, Field(ge=0, allow_inf_nan=False), BeforeValidator(_no_truth)]
TraitRule = Annotated[str, BeforeValidator(_trait_rule)]
TraitType = Annotated[Literal["RULE_BASED_TRAIT", "ON_BOARDED_TRAIT", "ALGO_TRAIT"], BeforeValidator(_upper)]
Status = Annotated[Literal["ACTIVE", "INACTIVE"], BeforeValidator(_upper)]
Threshold = Annotated[Literal["ACCURACY", "REACH"], BeforeValidator(_upper)]


@dataclass(frozen=True, kw_only=True)
class Reference:
    """A column that names another object: which AAM field holds its id, and what kind of object it is."""

    field: str
    to: Literal["data_source", "folder"]


class Draft(BaseModel):
    """What all kinds share. A field left out is left alone in AAM; an empty text empties it."""

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

    @classmethod
    def columns(cls) -> tuple[str, ...]:
        """Every name that a row may use, as the file writes it."""
        return tuple(field.alias or name for name, field in cls.model_fields.items())

    @classmethod
    def missing(cls, given: Mapping[str, Any]) -> list[str]:  # noqa: ARG003  for kinds that need it
        """What an object to be created lacks beyond :attr:`required`, as sentences."""
        return []

    def given(self) -> dict[str, Any]:
        """What the row says, under the file's names."""
        return self.model_dump(by_alias=True, exclude_unset=True, exclude_none=True)

    @model_validator(mode="after")
    def _agree(self) -> Self:
        given = self.given()
        problems = [*self._clashes(given), *self._contradictions(given)]
        if problems:
            raise PydanticCustomError("said", "{problems}", {"problems": "\n".join(problems)})
        return self

    def _clashes(self, given: Mapping[str, Any]) -> list[str]:
        return [
            f"gives both {column} and {reference.field}: keep one"
            for column, reference in self.references.items()
            if column in given and reference.field in given
        ]

    def _contradictions(self, given: Mapping[str, Any]) -> list[str]:  # noqa: ARG002  for kinds that need it
        """Fields that do not go together, as sentences."""
        return []


class TraitDraft(Draft):
    """One trait, with the field names of AAM's REST API and of Adobe's bulk workbook."""

    references: ClassVar[Mapping[str, Reference]] = {
        "dataSource": Reference(field="dataSourceId", to="data_source"),
        "folder": Reference(field="folderId", to="folder"),
    }
    required: ClassVar[tuple[str, ...]] = ("name", "traitType", "dataSourceId", "folderId")

    sid: PositiveId | None = Field(None, description="AAM's id of an existing trait; only with match_on='sid'")
    name: Name | None = Field(None, description="Name")
    trait_type: TraitType | None = Field(
        None, description="How users qualify: by a rule over signals, by inbound files, or by a model"
    )
    data_source: Key | None = Field(None, description="Data source, by integration code or name")
    data_source_id: Id | None = Field(None, description="Data source, by AAM's id")
    folder: FolderPath | None = Field(
        None, description="Folder by path from the root, like /Web/Pricing; created if missing"
    )
    folder_id: Id | None = Field(None, description="Folder, by AAM's id; 0 is the root")
    integration_code: Key | None = Field(None, description="Your own key for the trait, unique within its data source")
    trait_rule: TraitRule | None = Field(None, description='Rule over signals, like c_page == "pricing"')
    description: str | None = Field(None, description="Description")
    comments: str | None = Field(None, description="Comments")
    ttl: Days | None = Field(None, description="Days until a qualification ends; 0 is never, AAM's default 120")
    status: Status | None = Field(None, description="AAM's default is ACTIVE")
    type: Id | None = Field(None, description="Customer trait type (AAM's pixelType); 0 is none")
    category_id: Id | None = Field(None, description="Taxonomy category")
    backfill_status: str | None = Field(None, description="As AAM writes it, for example NONE")
    algo_model_id: PositiveId | None = Field(None, description="Model; only for an ALGO_TRAIT")
    threshold_type: Threshold | None = Field(None, description="Only for an ALGO_TRAIT")
    accuracy: Share | None = Field(None, description="Threshold, like 0.19; only for an ALGO_TRAIT")

    @classmethod
    def missing(cls, given: Mapping[str, Any]) -> list[str]:
        if given.get("traitType") == "RULE_BASED_TRAIT" and "traitRule" not in given:
            return ['traitRule is missing: a RULE_BASED_TRAIT needs one ("" if it shall never fire by rule)']
        if given.get("traitType") == "ALGO_TRAIT" and "algoModelId" not in given:
            return ["algoModelId is missing: an ALGO_TRAIT needs it"]
        return []

    def _contradictions(self, given: Mapping[str, Any]) -> list[str]:
        if self.trait_type in (None, "ALGO_TRAIT"):
            return []
        misplaced = [name for name in ("algoModelId", "thresholdType", "accuracy") if name in given]
        return [f"{name} belongs to an ALGO_TRAIT, this is a {self.trait_type}" for name in misplaced]
