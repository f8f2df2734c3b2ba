"""Lines of inbound files: ``<user id> TAB <item>,<item>``. Source: Adobe's page on inbound file contents."""

from __future__ import annotations

import re

from airflow_provider_aam.members.grammar.codes import Code, Fault
from airflow_provider_aam.members.grammar.ids import IdFormat
from airflow_provider_aam.members.grammar.names import Mode

LONGEST_LINE = 102_400
"""Bytes, the id included; AAM drops longer lines silently."""
BOM = "\ufeff"

_WORD = r'"[^",\t\r\n“”]+"|[^\s",=:;“”][^",=:;\t\r\n“”]*?'
_TRAIT_KEY = re.compile(r'"?(d_sid|d_unsid)"?')
_ITEM = re.compile(rf"(?P<key>{_WORD}) *= *(?P<value>{_WORD})")
_CODE = re.compile(r"[0-9]+")
_REMOVAL = re.compile(r"[0-9]+:(0|-1)")


def check_line(line: str, *, id_format: IdFormat, mode: Mode = "sync", clear_users: bool = False) -> Fault | None:
    """The first thing that AAM's documented grammar has against ``line``, which comes without its line feed.

    ``clear_users`` allows an id without a list in an overwrite file, which takes all of the user's traits.
    """
    if clear_users and mode == "overwrite" and line.rstrip("\t").count("\t") == 0:
        return _whole_line_fault(line) or id_format.fault(line.removesuffix("\t"))
    return _whole_line_fault(line) or _parts_fault(line, id_format, mode)


def _whole_line_fault(line: str) -> Fault | None:
    if len(line.encode()) > LONGEST_LINE:
        return Fault(Code.LINE_TOO_LONG, f"{len(line.encode()):,} bytes for “{line[:40]}…”")
    if line.startswith(BOM):
        return Fault(Code.BOM, "the file begins with a byte order mark")
    if "\r" in line:
        return Fault(Code.CR, "a carriage return in the line")
    if line.endswith(" ") and "\t" in line:
        return Fault(Code.TRAILING_WS, "the line ends with a blank")
    return None


def _parts_fault(line: str, id_format: IdFormat, mode: Mode) -> Fault | None:
    user, *lists = line.split("\t")
    if len(lists) != 1:
        return Fault(Code.TAB_COUNT, f"{len(lists)} tabs in “{line[:80]}”")
    faults = (_item_fault(item.strip(" "), mode) for item in lists[0].split(","))
    return id_format.fault(user) or next(filter(None, faults), None)


def _item_fault(item: str, mode: Mode) -> Fault | None:
    pair = _ITEM.fullmatch(item)
    if pair and _TRAIT_KEY.fullmatch(pair["key"]):
        return _trait_fault(pair["key"].strip('"'), pair["value"], mode)
    if _REMOVAL.fullmatch(item):
        return _removal_fault(item, mode)
    if pair or _CODE.fullmatch(item):
        return None
    return Fault(Code.BAD_ITEM, f"“{item}” is neither a trait, a code nor key=value")


def _trait_fault(key: str, value: str, mode: Mode) -> Fault | None:
    if not _CODE.fullmatch(value.strip('"')):
        return Fault(Code.BAD_TRAIT, f"{key} expects digits, found “{value}”")
    return _removal_fault(f"{key}={value}", mode) if key == "d_unsid" else None


def _removal_fault(item: str, mode: Mode) -> Fault | None:
    return Fault(Code.UNSID_IN_OVERWRITE, f"“{item}” in an overwrite file") if mode == "overwrite" else None
