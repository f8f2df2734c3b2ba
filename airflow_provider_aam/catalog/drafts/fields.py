"""The types of columns: what a text, a number, a date, a list or a word of AAM may look like in a file."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints, WithJsonSchema
from pydantic_core import PydanticCustomError

from airflow_provider_aam.account.limits import DEEPEST
from airflow_provider_aam.api.moments import parse_date
from airflow_provider_aam.api.numbers import LARGEST, whole_number
from airflow_provider_aam.catalog.rules import segment_rule, trait_rule

LONGEST_NAME = 255
LARGEST_DAYS = 2**31 - 1
DEEPEST_TRAIT_FOLDER = DEEPEST["trait_folders"]
_DEEPEST_PARENT = DEEPEST_TRAIT_FOLDER - 1

_DATE = r"^\s*[0-9]{4}-[0-9]{2}-[0-9]{2}\s*$"
_DATE_OR_NONE = r"^\s*([0-9]{4}-[0-9]{2}-[0-9]{2})?\s*$"
_DIGITS_AS_WORD = re.compile(r'"[0-9]+"')
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_FLAGS = {"true": True, "yes": True, "false": False, "no": False}


def refuse(problem: str) -> PydanticCustomError:
    """A fault of one value, in words that go to the user as they are."""
    return PydanticCustomError("said", "{problem}", {"problem": problem})


def column(description: str, *, alias: str | None = None, default: str | None = None) -> Any:
    """A column that may be left out. ``default`` is what AAM then gives a new object, in words for the reference."""
    return Field(None, alias=alias, description=description, json_schema_extra={"default_in_aam": default})


def _one_line(value: object) -> object:
    if isinstance(value, str):
        value = value.strip()
        if _CONTROL.search(value):
            raise refuse("must not hold tabs, line breaks or other control characters")
    return value


def _no_slash(value: object) -> object:
    if isinstance(value, str) and "/" in value:
        raise refuse("must not hold “/”: it separates the names of a path")
    return value


def _names_in(path: object) -> list[str]:
    return [name.strip() for name in path.split("/") if name.strip()] if isinstance(path, str) else []


def _short_names(value: object) -> object:
    too_long = next((name for name in _names_in(value) if len(name) > LONGEST_NAME), None)
    if too_long is not None:
        raise refuse(f"“{too_long[:60]}…” has {len(too_long)} characters, {LONGEST_NAME} at most")
    return value


def _below_the_root(value: object) -> object:
    if isinstance(value, str) and value.strip() and not _names_in(value):
        raise refuse("is the root, which AAM has")
    return value


def _at_most(deepest: int, of: str = "") -> BeforeValidator:
    def check(value: object) -> object:
        names = _names_in(value)
        depth = len(names) - (len(names) > 1 and names[0].casefold() == "all traits")
        if depth > deepest:
            raise refuse(f"“{str(value).strip()[:60]}” is {depth} levels deep, {deepest} at most{of}")
        return value

    return BeforeValidator(check)


def _levels(least: int, most: int) -> Any:
    pattern = rf"^\s*(?=/)(/+All Traits)?(/+[^/]+){{{least},{most}}}/*\s*$"
    return Field(json_schema_extra={"pattern": pattern})


def _trait_rule(value: object) -> object:
    fault = trait_rule.find_fault(value) if isinstance(value, str) else None
    if fault is not None:
        raise refuse(fault)
    return value


def _segment_rule(value: object) -> object:
    if isinstance(value, str):
        fault = segment_rule.find_fault(value)
        faults = segment_rule.find_contradictions(value) if fault is None else [fault]
        if faults:
            raise refuse("; ".join(faults))
    return value


def _with_alias(value: str) -> str:
    if value and "%ALIAS%" not in value:
        raise refuse("must hold %ALIAS%, which AAM replaces by the mapping's alias")
    return value


def _upper(value: object) -> object:
    return value.strip().upper() if isinstance(value, str) else value


def _no_truth(value: object) -> object:
    if isinstance(value, bool):
        raise refuse("true and false are not numbers")
    return value


def _number(value: object) -> object:
    number = whole_number(_no_truth(value))
    if number is None and isinstance(value, str):
        raise refuse(f"“{value.strip()[:60]}” is not an integer")
    return value if number is None else number


def _count_or_none(value: object) -> object:
    return "" if isinstance(value, str) and not value.strip() else _number(value)


def _flag(value: object) -> object:
    flag = _FLAGS.get(value.strip().lower()) if isinstance(value, str) else value
    if not isinstance(flag, bool):
        raise refuse(f"“{str(value)[:60]}” is neither true nor false")
    return flag


def _date(value: object) -> object:
    """Spreadsheets and Parquet hold dates as such; AAM takes yyyy-mm-dd."""
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    text = value.strip() if isinstance(value, str) else str(value)
    if parse_date(text) is None:
        raise refuse(f"“{text[:60]}” is not a date like 2026-01-31")
    return text


def _date_or_none(value: object) -> object:
    return "" if isinstance(value, str) and not value.strip() else _date(value)


def _split(value: object) -> object:
    """Cells of a table hold lists as texts with commas; an empty text is an empty list."""
    if isinstance(value, str):
        return [item.strip() for item in value.split(",") if item.strip()]
    if isinstance(value, int) and not isinstance(value, bool):
        return [value]
    if not isinstance(value, list | tuple):
        raise refuse("must be a list, or a string with commas")
    return [item.strip() if isinstance(item, str) else item for item in value]


def _ids_or_words(value: object) -> object:
    items = _split(value)
    return [_id_or_word(item) for item in items] if isinstance(items, list) else items


def _id_or_word(item: object) -> int | str:
    number = whole_number(item)
    if isinstance(item, str) and number is None and item.strip("0123456789"):
        return str(_one_line(item[1:-1] if _DIGITS_AS_WORD.fullmatch(item) else item))
    if not number:
        raise refuse(f"“{str(item)[:60]}” is neither an id nor a name")
    return number


def _uppers(value: object) -> object:
    items = _split(value)
    return [_upper(item) for item in items] if isinstance(items, list) else items


Name = Annotated[str, Field(min_length=1, max_length=LONGEST_NAME), BeforeValidator(_one_line)]
FolderName = Annotated[Name, BeforeValidator(_no_slash), Field(json_schema_extra={"pattern": "^[^/]*$"})]
Key = Annotated[str, Field(min_length=1), BeforeValidator(_one_line)]
Code = Annotated[str, BeforeValidator(_one_line)]
"""A text in one line; empty means none."""
Separator = Annotated[str, StringConstraints(strip_whitespace=False)]
"""A text that may be a blank."""
FolderPath = Annotated[str, Field(pattern=r"^\s*/"), BeforeValidator(_one_line), BeforeValidator(_short_names)]
TraitFolderPath = Annotated[FolderPath, _at_most(DEEPEST_TRAIT_FOLDER), _levels(0, DEEPEST_TRAIT_FOLDER)]
TraitFolderParent = Annotated[FolderPath, _at_most(_DEEPEST_PARENT, " for a parent"), _levels(0, _DEEPEST_PARENT)]
NewTraitFolder = Annotated[TraitFolderPath, BeforeValidator(_below_the_root), _levels(1, DEEPEST_TRAIT_FOLDER)]
NewSegmentFolder = Annotated[
    FolderPath, BeforeValidator(_below_the_root), Field(json_schema_extra={"pattern": r"^\s*/+[^/\s]"})
]
Id = Annotated[int, Field(ge=0, le=LARGEST), BeforeValidator(_number)]
PositiveId = Annotated[int, Field(ge=1, le=LARGEST), BeforeValidator(_number)]
Count = Id
"""A whole number that is not an id, in the unit that the column says."""
CountOrNone = Annotated[
    int | str,
    BeforeValidator(_count_or_none),
    WithJsonSchema({"type": "string", "pattern": r"^\s*[0-9]*\s*$"}),
]
"""The same; empty means none."""
Days = Annotated[int, Field(ge=0, le=LARGEST_DAYS), BeforeValidator(_number)]
Share = Annotated[float, Field(ge=0, allow_inf_nan=False), BeforeValidator(_no_truth)]
Flag = Annotated[bool, BeforeValidator(_flag)]
Date = Annotated[str, BeforeValidator(_date), WithJsonSchema({"type": "string", "pattern": _DATE})]
DateOrNone = Annotated[
    str, BeforeValidator(_date_or_none), WithJsonSchema({"type": "string", "pattern": _DATE_OR_NONE})
]
Ids = Annotated[list[PositiveId], BeforeValidator(_split)]
IdsOrWords = Annotated[list[int | str], BeforeValidator(_ids_or_words)]
"""References to several objects: digits are an id, all else is a word, also digits in double quotes."""
Words = Annotated[list[Annotated[str, Field(min_length=1)]], BeforeValidator(_uppers)]
AliasUrl = Annotated[str, AfterValidator(_with_alias), WithJsonSchema({"type": "string", "pattern": r"^\s*$|%ALIAS%"})]
TraitRule = Annotated[str, BeforeValidator(_trait_rule)]
SegmentRule = Annotated[str, BeforeValidator(_segment_rule)]
TraitType = Annotated[Literal["RULE_BASED_TRAIT", "ON_BOARDED_TRAIT", "ALGO_TRAIT"], BeforeValidator(_upper)]
MappedType = Annotated[Literal["SEGMENT"], BeforeValidator(_upper)]
Status = Annotated[Literal["ACTIVE", "INACTIVE"], BeforeValidator(_upper)]
Threshold = Annotated[Literal["ACCURACY", "REACH"], BeforeValidator(_upper)]
DestinationType = Annotated[Literal["PUSH", "ADS", "S2S", "PULL"], BeforeValidator(_upper)]
Domains = Annotated[Literal["ALL_DOMAINS", "INCLUSION", "EXCLUSION"], BeforeValidator(_upper)]
"""``EXCLUSION`` is inferred: Adobe's page names the other two."""
CookieFormat = Annotated[Literal["SINGLE_KEY", "KEY_VALUE"], BeforeValidator(_upper)]
