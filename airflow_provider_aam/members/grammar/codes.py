"""Why a name, an id or a line of an inbound file is wrong: one code each, and what a person does about it."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from airflow_provider_aam.api.visible import one_line


class Code(enum.StrEnum):
    """Names of our own: AAM counts errors by category and has no codes."""

    NAME_SYNTAX = "NAME_SYNTAX"
    TARGET_REQUIRED = "TARGET_REQUIRED"
    C2C_ARITY = "C2C_ARITY"
    BAD_ID = "BAD_ID"
    PII = "PII"
    BAD_TRAIT = "BAD_TRAIT"
    BAD_ITEM = "BAD_ITEM"
    TAB_COUNT = "TAB_COUNT"
    TRAILING_WS = "TRAILING_WS"
    CR = "CR"
    BOM = "BOM"
    UNSID_IN_OVERWRITE = "UNSID_IN_OVERWRITE"
    LINE_TOO_LONG = "LINE_TOO_LONG"
    UNKNOWN_TRAIT = "UNKNOWN_TRAIT"
    BAD_ACTION = "BAD_ACTION"
    TOO_MANY_IDS = "TOO_MANY_IDS"


REMEDIES = {
    Code.NAME_SYNTAX: "Use a name that AAM documents: ftp_dpm_<source>[_<target>]_<ten digits>.sync[.<part>][.gz].",
    Code.TARGET_REQUIRED: "Name the data source that owns the traits: a global device data source owns none.",
    Code.C2C_ARITY: "Name exactly two data sources: the customer ids' and the hashed e-mails'.",
    Code.BAD_ID: "Send ids as the data source expects them.",
    Code.PII: "Hash e-mail addresses (SHA-256 of the trimmed, lower-case address) or leave them out.",
    Code.BAD_TRAIT: "Give traits as the task expects them: whole numbers for sids.",
    Code.BAD_ITEM: "Remove quotes, commas, tabs and line breaks: AAM's format has no way to escape them.",
    Code.TAB_COUNT: "Put exactly one tab between the id and the list.",
    Code.TRAILING_WS: "Remove blanks at the end of the line.",
    Code.CR: "End lines with a line feed alone.",
    Code.BOM: "Write the file without a byte order mark.",
    Code.UNSID_IN_OVERWRITE: "Remove traits with mode sync: AAM ignores removals in an overwrite file.",
    Code.LINE_TOO_LONG: "Send fewer items for this user: AAM drops lines of more than 102,400 bytes.",
    Code.UNKNOWN_TRAIT: "Add the trait to trait_map, or create it in AAM.",
    Code.BAD_ACTION: "Write add or remove.",
    Code.TOO_MANY_IDS: "Send at most ten hashed e-mails per customer, or 200 rows per id: AAM keeps no more.",
}


@dataclass(frozen=True)
class Fault:
    """``found`` is what is wrong, in the words of the input."""

    code: Code
    found: str

    def __str__(self) -> str:
        return f"{self.code}: {one_line(self.found)}. {REMEDIES[self.code]}"
