"""The declared fields of a resource: what a body may say, what it becomes, what is wrong with it."""

from __future__ import annotations

import re
from dataclasses import KW_ONLY, dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from airflow_provider_aam.emulator.core.collection import Collection

_NUMBER = re.compile(r"-?\d+(\.\d+)?")

ValueType = Literal["string", "integer", "number", "boolean", "strings", "integers", "any"]


@dataclass(frozen=True)
class Field:
    """One field. Without `writable` a body may carry it and it is ignored, as AAM does with what it reads back.

    `detail`: lists leave it out unless the query has this flag. `sparse`: objects leave it out while it is null.
    `any_case`: `one_of` is upper case, a body may write it in any. `kept`: an update without it does not change it.
    `of`: it holds ids of objects in one of these collections, or of what is there without being stored (`besides`).
    """

    name: str
    kind: ValueType
    about: str
    _: KW_ONLY
    required: bool = False
    default: Any = None
    one_of: tuple[str, ...] = ()
    max_length: int | None = None
    minimum: int | None = None
    writable: bool = True
    only_on_create: bool = False
    any_case: bool = False
    kept: bool = False
    detail: str = ""
    sparse: bool = False
    of: tuple[str, ...] = ()
    besides: tuple[int, ...] = ()


NAME = Field("name", "string", "Shown name.", required=True, max_length=255)
DESCRIPTION = Field("description", "string", "Free text.", default="")
STATUS = Field("status", "string", "ACTIVE or INACTIVE.", default="ACTIVE", one_of=("ACTIVE", "INACTIVE"))
PARTNER = Field("pid", "integer", "Partner id.", writable=False)
AUDIT = (
    Field("createTime", "integer", "Epoch milliseconds.", writable=False),
    Field("updateTime", "integer", "Epoch milliseconds.", writable=False),
    Field("crUID", "integer", "User who created it.", writable=False),
    Field("upUID", "integer", "User who changed it last.", writable=False),
)


def read_body(fields: tuple[Field, ...], body: dict[str, Any], *, creating: bool) -> tuple[dict[str, Any], list[str]]:
    """Return the value of every writable field and all that is wrong.

    An update replaces: an optional field that is absent goes back to its default.
    """
    values: dict[str, Any] = {}
    problems: list[str] = []
    for field in fields:
        if not field.writable or (field.only_on_create and not creating):
            continue
        if field.kept and not creating and field.name not in body:
            continue
        try:
            values[field.name] = _read(field, body.get(field.name))
        except ValueError as problem:
            problems.append(f"{field.name}: {problem}")
    return values, problems


def reference_problems(
    fields: tuple[Field, ...], values: dict[str, Any], collections: Mapping[str, Collection]
) -> list[str]:
    """Return a problem for every id that names nothing."""
    problems = []
    for field in fields:
        given = values.get(field.name)
        if not field.of or given is None:
            continue
        for key in given if isinstance(given, list) else [given]:
            if key not in field.besides and not any(key in collections[name].rows for name in field.of):
                which = f"{key} " if isinstance(given, list) else ""
                problems.append(f"{field.name}: {which}does not exist")
    return problems


def _read(field: Field, raw: Any) -> Any:
    if raw is None or (isinstance(raw, str) and not raw.strip() and field.kind != "string"):
        value = None
    else:
        value = _COERCIONS[field.kind](raw)
    if value is None or (field.required and isinstance(value, str) and not value.strip()):
        if field.required:
            raise ValueError("may not be empty")
        return field.default
    if field.any_case:
        value = value.upper()
    if field.one_of and value not in field.one_of:
        raise ValueError(f"must be one of {', '.join(field.one_of)}")
    if field.max_length is not None and len(value) > field.max_length:
        raise ValueError(f"length must be between 0 and {field.max_length}")
    if field.minimum is not None and value < field.minimum:
        raise ValueError(f"must be greater than or equal to {field.minimum}")
    return value


def _string(raw: Any) -> str:
    match raw:
        case str():
            return raw
        case bool():
            return "true" if raw else "false"
        case int() | float():
            return str(raw)
        case _:
            raise ValueError("must be a string")


def _integer(raw: Any) -> int:
    """Numeric strings are numbers [client: Adobe's bulk workbook sends every cell as a string]."""
    match raw:
        case bool():
            raise ValueError("must be a number")
        case int():
            return raw
        case float() if raw.is_integer():
            return int(raw)
        case str() if raw.strip().removeprefix("-").isdecimal():
            return int(raw)
        case _:
            raise ValueError("must be a number")


def _number(raw: Any) -> float:
    match raw:
        case bool():
            raise ValueError("must be a number")
        case int() | float():
            return float(raw)
        case str() if _NUMBER.fullmatch(raw.strip()):
            return float(raw)
        case _:
            raise ValueError("must be a number")


def _boolean(raw: Any) -> bool:
    match raw:
        case bool():
            return raw
        case str() if raw.casefold() in ("true", "false"):
            return raw.casefold() == "true"
        case _:
            raise ValueError("must be true or false")


def _list_of(read: Any) -> Any:
    def read_list(raw: Any) -> list[Any]:
        match raw:
            case list():
                return [read(each) for each in raw]
            case _:
                raise ValueError("must be an array")

    return read_list


_COERCIONS: dict[ValueType, Any] = {
    "string": _string,
    "integer": _integer,
    "number": _number,
    "boolean": _boolean,
    "strings": _list_of(_string),
    "integers": _list_of(_integer),
    "any": lambda raw: raw,
}
