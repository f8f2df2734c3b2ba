"""One row as an operation of the Customer Data API, or why it cannot be one; and what rows of any kind hold."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

import msgspec

from airflow_provider_aam.api.numbers import LARGEST, whole_number
from airflow_provider_aam.api.visible import one_line

COLUMNS = ("user", "trait", "signals", "operation")
OPERATIONS = ("append", "overwrite", "delete")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_LONGEST_QUOTE = 80
_encode = msgspec.json.Encoder().encode

Row = Mapping[str, Any]


class Rows(NamedTuple):
    """``origin`` and its number say where a row comes from. ``given`` is it, or its JSON, for the rejects."""

    origin: str
    numbers: Sequence[int]
    rows: Sequence[Row]
    given: Sequence[Row | bytes]


class Operation(msgspec.Struct, gc=False):
    """``wire`` is what is sent of the row."""

    origin: str
    number: int
    given: Row | bytes
    user: str
    wire: bytes

    @property
    def place(self) -> str:
        return f"{self.origin}{self.number}"


@dataclass(frozen=True, kw_only=True)
class Rejected:
    """``code`` is a word of ours, or AAM's number. ``passing``: AAM failed, and a later try may succeed."""

    place: str
    row: Row | bytes | None = field(repr=False)
    code: str
    reason: str
    transaction_id: str | None = None
    passing: bool = False


class Unusable(ValueError):
    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        self.code = code


@dataclass(frozen=True, kw_only=True)
class Form:
    """What all operations of a task have in common. ``identity`` is the id's, without its ``value``."""

    identity: Mapping[str, Any]
    targets: Sequence[int] = ()
    default: str = "append"
    room: int

    def read(self, rows: Rows) -> tuple[list[Operation], list[Rejected]]:
        return read_each(rows, self._json)

    @cached_property
    def _starts(self) -> Mapping[str, bytes]:
        """The JSON of each operation as far as it is the same for all rows: up to the user."""
        targets = {"targetDataSource": self.targets} if self.targets else {}
        return {
            each: _encode(
                {"operationType": each.upper(), **targets, "identities": [{**self.identity, "value": ""}]}
            ).removesuffix(b'""}]}')
            for each in OPERATIONS
        }

    def _json(self, user: str, row: Row) -> bytes:
        operation = read_operation(row, self.default)
        sids = read_sids(row.get("trait"))
        signals = [{"key": key, "value": value} for key, value in read_signals(row.get("signals"))]
        if operation == "overwrite":
            if not self.targets:
                raise Unusable("BAD_OPERATION", "overwrite needs target_data_source: whose traits are replaced")
            if "trait" not in row and "signals" not in row:
                raise Unusable("EMPTY", "no trait: to take all traits from a user, give an empty one")
        elif not sids and not signals:
            raise Unusable("EMPTY", "neither a trait nor signals")
        traits = b',"traitInput":{"traitIds":' + _encode(sids) + b"}" if sids else b""
        data = b',"traitEvaluation":{"data":' + _encode(signals) + b"}" if signals else b""
        json = b"".join((self._starts[operation], _encode(user), b"}]", traits, data, b"}"))
        if len(json) > self.room:
            raise Unusable("TOO_LONG", f"{len(json):,} bytes; a request takes {self.room:,}")
        return json


def read_each(rows: Rows, to_wire: Callable[[str, Row], bytes]) -> tuple[list[Operation], list[Rejected]]:
    """``to_wire`` makes it of user and row, or raises :class:`Unusable`."""
    origin = rows.origin
    operations, rejected = [], []
    for number, row, given in zip(rows.numbers, rows.rows, rows.given, strict=True):
        try:
            user = _user(row.get("user"))
            operations.append(Operation(origin, number, given, user, to_wire(user, row)))
        except Unusable as fault:
            rejected.append(Rejected(place=f"{origin}{number}", row=given, code=fault.code, reason=str(fault)))
        except UnicodeEncodeError as broken:
            text = f"not Unicode ({broken.reason})"
            rejected.append(Rejected(place=f"{origin}{number}", row=None, code="UNREADABLE", reason=text))
    return operations, rejected


def read_operation(row: Row, default: str) -> str:
    operation = row.get("operation") or default
    if operation not in OPERATIONS:
        operation = str(operation).strip().lower()
        if operation not in OPERATIONS:
            raise Unusable("BAD_OPERATION", f"operation: expected {', '.join(OPERATIONS)}, found {quoted(operation)}")
    return str(operation)


def _user(given: object) -> str:
    if isinstance(given, str) and given.strip():
        if "@" in given and _EMAIL.fullmatch(given.strip()):
            raise Unusable("PII", "user is an e-mail address: hash it")
        return given
    if isinstance(given, int) and not isinstance(given, bool):
        return str(given)
    raise Unusable("BAD_ID", f"user: expected an id, found {quoted(given)}")


def read_sids(given: object) -> list[int]:
    if type(given) is int and 0 < given <= LARGEST:
        return [given]
    if given is None or given == "":
        return []
    if isinstance(given, str):
        given = re.split(r"[,\s]+", given.strip())
    parts = given if isinstance(given, list | tuple) else [given]
    sids = [whole_number(part) for part in parts]
    if not all(sids):  # 0 is no trait
        wrong = next(part for part, sid in zip(parts, sids, strict=True) if not sid)
        raise Unusable("BAD_TRAIT", f"trait: expected sids (AAM's ids of traits), found {quoted(wrong)}")
    return [sid for sid in sids if sid]


def read_signals(given: object) -> list[tuple[str, str]]:
    if given is None or given == "":
        return []
    if not isinstance(given, Mapping):
        raise Unusable("BAD_SIGNAL", f"signals: expected an object of keys and values, found {quoted(given)}")
    pairs = []
    for key, values in given.items():
        if not isinstance(key, str) or not key:
            raise Unusable("BAD_SIGNAL", f"signals: expected strings as keys, found {quoted(key)}")
        for value in values if isinstance(values, list | tuple) else [values]:
            if isinstance(value, bool) or not isinstance(value, str | int | float):
                raise Unusable(
                    "BAD_SIGNAL", f"signal {quoted(key)}: expected a string or number, found {quoted(value)}"
                )
            pairs.append((key, str(value)))
    return pairs


def quoted(given: object) -> str:
    return f"“{one_line(str(given))[:_LONGEST_QUOTE]}”"
