"""Whether a trait rule is well-formed, where it is not, and one spelling for all equal rules."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lark import Lark, Token

_END = "$END"  # lark's name
_WORDS = {
    "KEY": "a signal key",
    "QUOTED": "a text in double quotes",
    "NUMBER": "a number",
    "SYMBOL": "a comparison (== != > < >= <=)",
    "WORD": "Contains, Startswith, Endswith, Matcheswords or Matchesregex",
    "LPAR": "(",
    "RPAR": ")",
    "AND": "AND",
    "OR": "OR",
    "NOT": "NOT",
    _END: "the end",
}
_JOINS = frozenset({"AND", "OR", "NOT"})
_AROUND = 12


def find_fault(rule: str) -> str | None:
    """What is wrong with a trait rule, and at which column; ``None`` if nothing. The empty rule is well-formed."""
    from lark.exceptions import UnexpectedCharacters, UnexpectedToken

    try:
        _tokens(rule)
    except UnexpectedToken as fault:
        due = fault.accepts or fault.expected
        if fault.token.type == _END:
            return f"the rule ends where {_name(due)} was due"
        quote = f' (quote texts: "{fault.token}")' if fault.token.type == "KEY" and "NUMBER" in due else ""
        return f"column {fault.column}: “{fault.token}” stands where {_name(due)} was due{quote}"
    except UnexpectedCharacters as fault:
        return f"column {fault.column}: {_explain(rule, int(str(fault.pos_in_stream)), fault.allowed or set())}"
    return None


def canonical(rule: str) -> str:
    """One spelling for rules that differ in blanks, keyword case or ``=>`` for ``>=`` only.

    A rule outside our grammar is returned stripped: AAM may know more than its documentation says.
    """
    from lark.exceptions import UnexpectedInput

    try:
        return " ".join(_spell(token) for token in _tokens(rule))
    except UnexpectedInput:
        return rule.strip()


def _tokens(rule: str) -> list[Token]:
    """The words of a well-formed rule. Raises lark's ``UnexpectedInput``."""
    if not rule.strip():
        return []
    parsing = _parser().parse_interactive(rule)
    tokens = list(parsing.exhaust_lexer())
    parsing.feed_eof()  # type: ignore[no-untyped-call]
    return tokens


def _spell(token: Token) -> str:
    if token.type in _JOINS:
        return token.upper()
    if token.type == "WORD":
        return token.capitalize()
    text = str(token)
    return ">=" if text == "=>" else text


@cache
def _parser() -> Lark:
    from lark import Lark

    grammar = files("airflow_provider_aam.catalog.rules").joinpath("trait_rule.lark").read_text()
    return Lark(grammar, parser="lalr", lexer="contextual")


def _name(terminals: set[str]) -> str:
    words = [words for terminal, words in _WORDS.items() if terminal in terminals]
    return " or ".join(words) if words else "something else"


def _explain(rule: str, at: int, allowed: set[str]) -> str:
    rest = rule[at : at + _AROUND]
    if rule[at] == '"':
        return 'a double quote is not closed (a quote inside a text is doubled: "")'
    return f"“{rest}” stands where {_name(allowed)} was due"
