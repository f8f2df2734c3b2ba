"""Where a segment rule leaves the grammar, in words."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from airflow_provider_aam.account.words import explain_name

if TYPE_CHECKING:
    from lark.exceptions import UnexpectedInput

_END = "$END"  # lark's name
_TRAIT = "a trait (123T or {code})"
_WORDS = {
    "SID": _TRAIT,
    "WORD": _TRAIT,
    "FREQUENCY": "FREQUENCY",
    "LPAR": "(",
    "RPAR": ")",
    "LSQB": "[",
    "RSQB": "]",
    "COMMA": "a comma",
    "AT_MOST": "<=",
    "AT_LEAST": ">=",
    "EXACTLY": "==",
    "DAYS": "a number of days (3D)",
    "NUMBER": "a number",
    "AND": "AND",
    "OR": "OR",
    "NOT": "NOT",
    _END: "the end",
}
_COMPARISONS = {"AT_MOST", "AT_LEAST", "EXACTLY"}
_AROUND = 12
_WORD = re.compile(r'\{(?P<name>(?:"[^"]*"|[^"}])*)\}')
_FREQUENCY_EXPECTED = " (how often must follow, such as >= 1: recency without frequency is refused)"
_DAYS_MISPLACED = " (D belongs to recency, inside: FREQUENCY([7T] <= 2D) >= 1)"
_BARE_COMPARISON = " (how often and how recently is asked by FREQUENCY([7T] <= 2D) >= 1)"
_BARE_LIST = " (a list belongs to FREQUENCY([7T, 8T]) >= 1)"
_NO_T = " (a trait is its id followed by T)"
_NO_D = " (days are a number followed by D)"
_NO_BRACES = " (a trait's code or name is put in braces: {code})"


def explain(rule: str, fault: UnexpectedInput, expected: set[str]) -> str:
    """What the rule has where, which tokens were expected there, and what was probably meant."""
    from lark.exceptions import UnexpectedToken

    if isinstance(fault, UnexpectedToken):
        kind, text = fault.token.type, str(fault.token)
    else:
        kind, rest = "", rule[int(str(fault.pos_in_stream)) :]
        text = rest[:_AROUND]
        if rest.startswith("{"):
            return f"{_place(fault)}: {_explain_word(rest)}"
    if kind == _END:
        return f"expected {_name(expected)}, but the rule ends{_hint(kind, text, expected)}"
    return f"{_place(fault)}: expected {_name(expected)}, found “{text}”{_hint(kind, text, expected)}"


def _hint(kind: str, text: str, expected: set[str]) -> str:
    if "EXACTLY" in expected:
        return _FREQUENCY_EXPECTED
    if kind == "NUMBER":
        return _NO_D if "DAYS" in expected else _NO_T if "SID" in expected else ""
    if kind == "DAYS" and "NUMBER" in expected:
        return _DAYS_MISPLACED
    if kind in _COMPARISONS and _END in expected:
        return _BARE_COMPARISON
    if kind == "LSQB":
        return _BARE_LIST
    return _NO_BRACES if "WORD" in expected and text[:1].isalpha() and not kind else ""


def _explain_word(rest: str) -> str:
    word = _WORD.match(rest)
    if word is None:
        return f"“{rest[:_AROUND]}”: the brace or a double quote is not closed"
    return explain_name(word["name"])


def _place(fault: UnexpectedInput) -> str:
    line = f"line {fault.line}, " if fault.line > 1 else ""
    return f"{line}column {fault.column}"


def _name(terminals: set[str]) -> str:
    return " or ".join(dict.fromkeys(words for terminal, words in _WORDS.items() if terminal in terminals))
