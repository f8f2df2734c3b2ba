"""Whether a trait rule is well-formed, where it is not, and one spelling for all equal rules."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lark import Lark, Token

_END = "$END"  # lark's name
_WORDS = {
    "KEY": "a signal key",
    "QUOTED": "a quoted string",
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
_BINDS = {"OR": 1, "AND": 2, "NOT": 3}
"""How tightly, in the grammar's order; a comparison cannot be torn apart at all."""
_COMPARISON = 4
_AROUND = 12
_QUOTED = re.compile(r'"(?:""|[^"])*"')
"""As in trait_rule.lark."""
_SHAPES = 4096


def find_fault(rule: str) -> str | None:
    """What is wrong with a trait rule, and at which column; ``None`` if nothing. The empty rule is well-formed."""
    from lark.exceptions import UnexpectedCharacters, UnexpectedToken

    if _is_well_formed(_QUOTED.sub('""', rule)):
        return None
    try:
        _tokens(rule)
    except UnexpectedToken as fault:
        expected = fault.accepts or fault.expected
        if fault.token.type == _END:
            return f"expected {_name(expected)}, but the rule ends"
        quote = f' (write "{fault.token}")' if fault.token.type == "KEY" and "NUMBER" in expected else ""
        return f"column {fault.column}: expected {_name(expected)}, found “{fault.token}”{quote}"
    except UnexpectedCharacters as fault:
        return f"column {fault.column}: {_explain(rule, int(str(fault.pos_in_stream)), fault.allowed or set())}"
    return None


@lru_cache(maxsize=_SHAPES)
def _is_well_formed(shape: str) -> bool:
    """Of a rule without its texts: thousands of traits share one."""
    from lark.exceptions import UnexpectedInput

    try:
        _tokens(shape)
    except UnexpectedInput:
        return False
    return True


def canonical(rule: str) -> str:
    """One spelling for rules that differ in blanks, needless parentheses, keyword case or ``=>`` for ``>=`` only.

    A rule outside our grammar is returned stripped: AAM may know more than its documentation says.
    """
    from lark.exceptions import UnexpectedInput

    try:
        tokens = _tokens(rule)
    except UnexpectedInput:
        return rule.strip()
    needless = _needless(tokens)
    return " ".join(_spell(token) for at, token in enumerate(tokens) if at not in needless)


def _needless(tokens: list[Token]) -> set[int]:
    """Where the parentheses are without which the rule means the same.

    A pair is needed when an operator next to it binds tighter than the loosest one inside. Without recursion: rules
    may be nested more deeply than Python's stack.
    """
    needless: set[int] = set()
    opened: list[int] = []
    loosest = [_COMPARISON]  # in the rule and in each open pair; what a needed pair holds does not count outside it
    for at, token in enumerate(tokens):
        if token.type == "LPAR":
            opened.append(at)
            loosest.append(_COMPARISON)
            continue
        binds = _BINDS.get(token.type, _COMPARISON)
        if token.type == "RPAR":
            start, binds = opened.pop(), loosest.pop()
            if binds < max(_pull(tokens, start - 1), _pull(tokens, at + 1)):
                continue
            needless |= {start, at}
        loosest[-1] = min(loosest[-1], binds)
    return needless


def _pull(tokens: list[Token], at: int) -> int:
    return _BINDS.get(tokens[at].type, 0) if 0 <= at < len(tokens) else 0


def _tokens(rule: str) -> list[Token]:
    """The words of a well-formed rule. Raises lark's ``UnexpectedInput``."""
    if not rule.strip():
        return []
    parsing = _parser().parse_interactive(rule)
    tokens = list(parsing.exhaust_lexer())
    parsing.feed_eof()  # type: ignore[no-untyped-call]
    return tokens


def _spell(token: Token) -> str:
    if token.type in _BINDS:
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
    return f"expected {_name(allowed)}, found “{rest}”"
