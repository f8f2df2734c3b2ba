"""What one desired object may say: names, types, limits. The published JSON Schema is made from these models."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic.alias_generators import to_camel
from pydantic_core import PydanticCustomError

from airflow_provider_aam.catalog.rules.trait_rule import find_fault

LONGEST_NAME = 255


def _one_line(value: object) -> object:
    if isinstance(value, str) and any(mark in value for mark in "\t\r\n"):
        raise PydanticCustomError("said", "must not hold tabs or line breaks")
    return value


def _trait_rule(value: object) -> object:
    fault = find_fault(value) if isinstance(value, str) else None
    if fault is not None:
        raise PydanticCustomError("said", "{fault}", {"fault": fault})
    return value


def _upper(value: object) -> object:
    return value.strip().upper() if isinstance(value, str) else value


OneLine = Annotated[str, BeforeValidator(_one_line)]
TraitRule = Annotated[str, BeforeValidator(_trait_rule)]
TraitType = Annotated[Literal["RULE_BASED_TRAIT", "ON_BOARDED_TRAIT", "ALGO_TRAIT"], BeforeValidator(_upper)]
Status = Annotated[Literal["ACTIVE", "INACTIVE"], BeforeValidator(_upper)]
Threshold = Annotated[Literal["ACCURACY", "REACH"], BeforeValidator(_upper)]


class Draft(BaseModel):
    """What all kinds share. A field left out is left alone in AAM; an empty text empties it."""

    model_config = ConfigDict(
        alias_generator=to_camel,
        coerce_numbers_to_str=True,
        extra="forbid",
        frozen=True,
        str_strip_whitespace=True,
    )
    references: ClassVar[Mapping[str, str]] = {}
    """Columns that name another object, and the AAM field that holds its id."""
    required: ClassVar[tuple[str, ...]] = ()
    """AAM fields without which AAM creates nothing."""

    @classmethod
    def columns(cls) -> tuple[str, ...]:
        """Every name that a row may use, as the file writes it."""
        return tuple(field.alias or name for name, field in cls.model_fields.items())

    def given(self) -> dict[str, Any]:
        """What the row says, under the file's names."""
        return self.model_dump(by_alias=True, exclude_unset=True, exclude_none=True)


class TraitDraft(Draft):
    """One trait, with the field names of AAM's REST API and of Adobe's bulk workbook."""

    references: ClassVar[Mapping[str, str]] = {"dataSource": "dataSourceId", "folder": "folderId"}
    required: ClassVar[tuple[str, ...]] = ("name", "traitType", "dataSourceId", "folderId")

    sid: int | None = Field(None, ge=1, description="AAM's id of an existing trait; only with match_on='sid'")
    name: OneLine | None = Field(None, min_length=1, max_length=LONGEST_NAME, description="Name")
    trait_type: TraitType | None = Field(
        None, description="How users qualify: by a rule over signals, by inbound files, or by a model"
    )
    data_source: str | None = Field(None, min_length=1, description="Data source, by integration code or name")
    data_source_id: int | None = Field(None, ge=0, description="Data source, by AAM's id")
    folder: OneLine | None = Field(
        None, pattern="^/", description="Folder by path from the root, like /Web/Pricing; created if missing"
    )
    folder_id: int | None = Field(None, ge=0, description="Folder, by AAM's id; 0 is the root")
    integration_code: OneLine | None = Field(
        None, min_length=1, description="Your own key for the trait, unique within its data source"
    )
    trait_rule: TraitRule | None = Field(None, description='Rule over signals, like c_page == "pricing"')
    description: str | None = Field(None, description="Description")
    comments: str | None = Field(None, description="Comments")
    ttl: int | None = Field(None, ge=0, description="Days until a qualification ends; 0 is never, AAM's default 120")
    status: Status | None = Field(None, description="AAM's default is ACTIVE")
    type: int | None = Field(None, ge=0, description="Customer trait type (AAM's pixelType); 0 is none")
    category_id: int | None = Field(None, ge=0, description="Taxonomy category")
    backfill_status: str | None = Field(None, description="As AAM writes it, for example NONE")
    algo_model_id: int | None = Field(None, ge=1, description="Model; only for an ALGO_TRAIT")
    threshold_type: Threshold | None = Field(None, description="Only for an ALGO_TRAIT")
    accuracy: float | None = Field(None, ge=0, description="Threshold, like 0.19; only for an ALGO_TRAIT")

    @model_validator(mode="after")
    def _agree(self) -> Self:
        problems = [*self._clashes(), *self._wrong_for_type()]
        if problems:
            raise PydanticCustomError("said", "{problems}", {"problems": "\n".join(problems)})
        return self

    def _clashes(self) -> list[str]:
        given = self.given()
        return [
            f"gives both {column} and {field}: keep one"
            for column, field in self.references.items()
            if column in given and field in given
        ]

    def _wrong_for_type(self) -> list[str]:
        if self.trait_type is None:
            return []
        problems = []
        if self.trait_type == "RULE_BASED_TRAIT" and self.trait_rule is None:
            problems.append('traitRule is missing: a RULE_BASED_TRAIT needs one ("" if it shall never fire by rule)')
        if self.trait_type == "ALGO_TRAIT":
            return problems if self.algo_model_id else [*problems, "algoModelId is missing: an ALGO_TRAIT needs it"]
        given = self.given()
        misplaced = [name for name in ("algoModelId", "thresholdType", "accuracy") if name in given]
        return problems + [f"{name} belongs to an ALGO_TRAIT, this is a {self.trait_type}" for name in misplaced]
