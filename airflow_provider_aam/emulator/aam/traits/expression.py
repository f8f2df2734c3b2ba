"""Whether a trait rule is an expression AAM accepts [doc: "Trait expressions"].

A parser of its own: the package's parser must not be able to share a mistake with it.
"""

from __future__ import annotations

import re

OPERATORS = ("==", "!=", ">=", "<=", "=>", ">", "<")
NAMED = ("contains", "matcheswords", "startswith", "endswith", "matchesregex")

_TOKEN = re.compile(
    r"""\s*(?:
        (?P<quoted>"(?:[^"]|"")*")
      | (?P<operator>==|!=|>=|<=|=>|>|<)
      | (?P<bracket>[()])
      | (?P<number>[+-]?\d+(?:\.\d+)?(?![A-Za-z0-9_.-]))
      | (?P<word>[A-Za-z0-9_.-]+)
    )""",
    re.VERBOSE,
)
_KEY = re.compile(r"[0-9]*[A-Za-z_-][A-Za-z0-9_.-]*\Z")
Token = tuple[str, str]


def trait_rule_problem(rule: str) -> str | None:
    """Return what is wrong with a trait rule, `None` when it is valid."""
    try:
        rest = _or(_tokens(rule))
    except ValueError as problem:
        return str(problem)
    except RecursionError:
        return "complex rule"
    return f"unexpected {rest[0][1]}" if rest else None


def _tokens(rule: str) -> list[Token]:
    tokens: list[Token] = []
    position = 0
    while rule[position:].strip():
        match = _TOKEN.match(rule, position)
        if match is None:
            raise ValueError(f"invalid character at {rule[position:].strip()[:10]}")
        tokens.append((match.lastgroup or "", match[match.lastgroup or 0]))
        position = match.end()
    if not tokens:
        raise ValueError("empty expression")
    return tokens


def _or(tokens: list[Token]) -> list[Token]:
    tokens = _and(tokens)
    while _word(tokens, "or"):
        tokens = _and(tokens[1:])
    return tokens


def _and(tokens: list[Token]) -> list[Token]:
    tokens = _not(tokens)
    while _word(tokens, "and"):
        tokens = _not(tokens[1:])
    return tokens


def _not(tokens: list[Token]) -> list[Token]:
    return _atom(tokens[1:] if _word(tokens, "not") else tokens)


def _atom(tokens: list[Token]) -> list[Token]:
    if not tokens:
        raise ValueError("expression ends too early")
    if tokens[0] == ("bracket", "("):
        tokens = _or(tokens[1:])
        if not tokens or tokens[0] != ("bracket", ")"):
            raise ValueError("missing )")
        return tokens[1:]
    return _comparison(tokens)


def _comparison(tokens: list[Token]) -> list[Token]:
    kind, key = tokens[0]
    if kind != "quoted" and (kind != "word" or not _is_key(key)):
        raise ValueError(f"invalid key {key}")
    if len(tokens) < 3:  # key, operator, value
        raise ValueError(f"key {key} needs an operator and a value")
    operator = tokens[1]
    if operator[0] != "operator" and not (operator[0] == "word" and operator[1].casefold() in NAMED):
        raise ValueError(f"invalid operator {operator[1]}")
    if tokens[2][0] not in ("quoted", "number"):
        raise ValueError(f"value {tokens[2][1]} must be a number or quoted")
    return tokens[3:]


def _is_key(key: str) -> bool:
    return (
        bool(_KEY.match(key)) and any(letter.isalpha() for letter in key) and key.casefold() not in ("and", "or", "not")
    )


def _word(tokens: list[Token], word: str) -> bool:
    return bool(tokens) and tokens[0][0] == "word" and tokens[0][1].casefold() == word
