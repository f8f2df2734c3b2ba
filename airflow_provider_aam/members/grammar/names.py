"""Names of inbound files: made strictly, read leniently.

Source: Adobe's pages on names of data files and of ID synchronization files.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from airflow_provider_aam.api.errors import AAMArgumentError
from airflow_provider_aam.members.grammar.codes import Code, Fault
from airflow_provider_aam.members.grammar.ids import GLOBAL_SOURCES

Mode = Literal["sync", "overwrite"]
_STAMP_DIGITS = 10

_DATA = re.compile(
    r"ftp_dpm_(?P<odc>odc_)?(?P<source>\d+)(?:_(?P<target>\d+))?_(?P<batch>\d+)"
    r"\.(?P<mode>sync|overwrite)(?:\.(?P<part>\d+))?(?P<suffix>\.gz|\.gpg|\.pgp)?",
    re.IGNORECASE | re.ASCII,
)
_ID_SYNC = re.compile(
    r"(?P<family>adobe_id|c2c_id)_(?P<sources>\d+(?:_\d+)*)_(?P<batch>\d+)\.sync(?:\.(?P<part>\d+))?(?P<suffix>\.gz)?",
    re.IGNORECASE | re.ASCII,
)


@dataclass(frozen=True, kw_only=True)
class DataFileName:
    """``ftp_dpm_478_567_1366545717.sync.1.gz``: ids of data source 478, traits of 567.

    ``batch`` is a UTC Unix time in seconds, the same for all parts of a set; ``part`` counts from 1; ``odc`` marks
    files of Oracle Data Cloud.
    """

    source_id: int
    target_id: int | None = None
    batch: int
    mode: Mode = "sync"
    part: int | None = None
    suffix: str = ""
    odc: bool = False

    def __str__(self) -> str:
        """Raises :class:`AAMArgumentError` where AAM's grammar has no such name."""
        ids = f"{self.source_id}" if self.target_id is None else f"{self.source_id}_{self.target_id}"
        part = "" if self.part is None else f".{self.part}"
        text = f"ftp_dpm_{'odc_' if self.odc else ''}{ids}_{self.batch}.{self.mode}{part}{self.suffix}"
        return _checked(text, self.faults(text))

    def faults(self, text: str) -> list[Fault]:
        """What AAM's grammar has against ``text``, which was read as this name."""
        faults = _common_faults(text, _DATA, self.batch, [self.part, self.target_id])
        if self.source_id in GLOBAL_SOURCES and self.source_id and self.target_id is None:
            faults.append(Fault(Code.TARGET_REQUIRED, f"“{text}” has ids of {GLOBAL_SOURCES[self.source_id].name}"))
        return faults


@dataclass(frozen=True, kw_only=True)
class IdSyncName:
    """``adobe_id_123_898_456_1454442149.sync.gz``: one data source per column. ``c2c_id_…``: customer ids, e-mails."""

    family: Literal["adobe_id", "c2c_id"] = "adobe_id"
    source_ids: tuple[int, ...]
    batch: int
    part: int | None = None
    suffix: str = ""

    def __str__(self) -> str:
        """Raises :class:`AAMArgumentError` where AAM's grammar has no such name."""
        ids = "_".join(map(str, self.source_ids))
        part = "" if self.part is None else f".{self.part}"
        text = f"{self.family}_{ids}_{self.batch}.sync{part}{self.suffix}"
        return _checked(text, self.faults(text))

    def faults(self, text: str) -> list[Fault]:
        """What AAM's grammar has against ``text``, which was read as this name."""
        faults = _common_faults(text, _ID_SYNC, self.batch, [self.part])
        if self.family == "c2c_id" and len(self.source_ids) != 2:
            faults.append(Fault(Code.C2C_ARITY, f"“{text}” names {len(self.source_ids)} data sources"))
        elif len(self.source_ids) < 2:
            faults.append(Fault(Code.NAME_SYNTAX, f"“{text}” names one data source, an ID sync two or more"))
        return faults


def parse_name(text: str) -> DataFileName | IdSyncName | None:
    """What ``text`` is the name of, leniently: any number of digits, any letter case; ``None`` for other files."""
    if data := _DATA.fullmatch(text):
        return DataFileName(
            source_id=int(data["source"]),
            target_id=_number(data["target"]),
            batch=int(data["batch"]),
            mode="sync" if data["mode"].lower() == "sync" else "overwrite",
            part=_number(data["part"]),
            suffix=(data["suffix"] or "").lower(),
            odc=data["odc"] is not None,
        )
    if ids := _ID_SYNC.fullmatch(text):
        return IdSyncName(
            family="c2c_id" if ids["family"].lower() == "c2c_id" else "adobe_id",
            source_ids=tuple(map(int, ids["sources"].split("_"))),
            batch=int(ids["batch"]),
            part=_number(ids["part"]),
            suffix=(ids["suffix"] or "").lower(),
        )
    return None


def check_name(text: str) -> list[Fault]:
    """Everything that AAM's documented grammar has against the file name ``text``."""
    name = parse_name(text)
    if name is None:
        return [Fault(Code.NAME_SYNTAX, f"“{text}” is not a name of an inbound file")]
    return name.faults(text)


def _common_faults(text: str, grammar: re.Pattern[str], batch: int, counted: list[int | None]) -> list[Fault]:
    match = grammar.fullmatch(text)
    faults = []
    if match is None or text != text.lower() or _has_leading_zero(text):
        faults.append(Fault(Code.NAME_SYNTAX, f"“{text}” is not a name of an inbound file"))
    elif len(match["batch"]) != _STAMP_DIGITS:
        faults.append(Fault(Code.NAME_SYNTAX, f"“{text}”: expected {_STAMP_DIGITS} digits of seconds, found {batch}"))
    if 0 in counted:
        faults.append(Fault(Code.NAME_SYNTAX, f"“{text}”: parts and targets count from 1"))
    return faults


def _has_leading_zero(text: str) -> bool:
    return re.search(r"[._]0\d", text) is not None


def _checked(text: str, faults: list[Fault]) -> str:
    if faults:
        raise AAMArgumentError.from_problems(f"the file name “{text}”", [str(fault) for fault in faults])
    return text


def _number(digits: str | None) -> int | None:
    return None if digits is None else int(digits)
