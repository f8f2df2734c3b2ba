"""Segment rules: from text to a tree and on to the AAM UI's [doc: "Segment expressions", "Recency and frequency"].

A tree is `("sid", sid)`, `("not", node)`, `("and" | "or", node, node, …)` or a `Frequency`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

_TOKEN = re.compile(
    r"\s*(?:(?:(?P<trait>\d+T)|(?P<days>\d+D)|(?P<number>\d+)|(?P<word>[A-Z]+))(?!\w)|(?P<mark><=|>=|==|[()\[\],]))"
)


@dataclass(frozen=True, kw_only=True)
class Frequency:
    """`FREQUENCY([sids] recency_op days D) op value`."""

    sids: tuple[int, ...]
    op: str
    value: int
    recency_op: str | None = None
    days: int | None = None

    @property
    def is_cap(self) -> bool:
        """Whether it also holds for who never did anything."""
        return {"<=": True, ">=": self.value == 0, "==": self.value == 0}[self.op]


Node = tuple[Any, ...] | Frequency


def parse_segment_rule(rule: str) -> Node:
    """Return the tree of a rule; `ValueError` says what is wrong."""
    parser = _Parser(rule.upper())
    try:
        tree = parser.either()
    except RecursionError:
        raise ValueError("complex rule") from None
    if parser.peek():
        raise ValueError(f"unexpected {parser.peek()}")
    return tree


def frequencies_of(node: Node) -> list[Frequency]:
    """Return every frequency function of a tree."""
    if isinstance(node, Frequency):
        return [node]
    return [each for part in node[1:] if not isinstance(part, int) for each in frequencies_of(part)]


def sids_of(node: Node) -> list[int]:
    """Return every trait a tree names, in order, once."""
    if isinstance(node, Frequency):
        return list(dict.fromkeys(node.sids))
    found = [[part] if isinstance(part, int) else sids_of(part) for part in node[1:]]
    return list(dict.fromkeys(sid for part in found for sid in part))


def expression_tree(node: Node) -> dict[str, Any]:
    """Return a rule in the form the AAM UI's parser reads."""
    if isinstance(node, Frequency):
        frequency: dict[str, Any] = {"list": list(node.sids)}
        if node.days is not None:
            frequency |= {"op": node.recency_op, "value": node.days, "units": "D"}
        return {"expressionName": node.op, "value": node.value, "frequency": frequency}
    match node[0]:
        case "sid":
            return {"sid": node[1]}
        case "not":
            return {"expressionName": "not", "expr": expression_tree(node[1])}
        case name:
            return _pair(name, node[1:])


def _pair(name: str, parts: tuple[Node, ...]) -> dict[str, Any]:
    """Return a chain as pairs of pairs, so that a long one is not deep. How AAM pairs is not known."""
    if len(parts) == 1:
        return expression_tree(parts[0])
    middle = (len(parts) + 1) // 2
    return {"expressionName": name, "expr1": _pair(name, parts[:middle]), "expr2": _pair(name, parts[middle:])}


class _Parser:
    """Recursive descent: either := both (OR both)*, both := not (AND not)*, not := NOT? primary."""

    def __init__(self, text: str) -> None:
        self.tokens = _tokens(text)
        self.at = 0

    def peek(self) -> str:
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def take(self, *wanted: str) -> str:
        token = self.peek()
        if wanted and token not in wanted:
            raise ValueError(f"expected {' or '.join(wanted)}, found {token or 'the end'}")
        self.at += 1
        return token

    def number(self, suffix: str) -> int:
        token = self.take()
        digits = token.removesuffix(suffix) if suffix else token
        if not digits.isdecimal() or digits + suffix != token:
            raise ValueError(f"expected a number{f' and {suffix}' if suffix else ''}, found {token or 'the end'}")
        return int(digits)

    def either(self) -> Node:
        return self.chain("OR", self.both)

    def both(self) -> Node:
        return self.chain("AND", self.negation)

    def chain(self, word: str, part: Callable[[], Node]) -> Node:
        parts = [part()]
        while self.peek() == word:
            self.take()
            parts.append(part())
        return parts[0] if len(parts) == 1 else (word.lower(), *parts)

    def negation(self) -> Node:
        if self.peek() == "NOT":
            self.take()
            return ("not", self.primary())
        return self.primary()

    def primary(self) -> Node:
        if self.peek() == "(":
            self.take()
            node = self.either()
            self.take(")")
            return node
        if self.peek() == "FREQUENCY":
            return self.frequency()
        return ("sid", self.number("T"))

    def frequency(self) -> Frequency:
        self.take("FREQUENCY")
        self.take("(")
        self.take("[")
        sids = [self.number("T")]
        while self.peek() in (",", "OR"):
            self.take()
            sids.append(self.number("T"))
        self.take("]")
        recency: dict[str, Any] = {}
        if self.peek() != ")":
            recency = {"recency_op": self.take("<=", ">="), "days": self.number("D")}
        self.take(")")
        return Frequency(sids=tuple(sids), op=self.take(">=", "<=", "=="), value=self.number(""), **recency)


def _tokens(text: str) -> list[str]:
    tokens, position = [], 0
    while text[position:].strip():
        match = _TOKEN.match(text, position)
        if match is None:
            raise ValueError(f"invalid character at {text[position:].strip()[:10]}")
        tokens.append(match[0].strip())
        position = match.end()
    if not tokens:
        raise ValueError("empty expression")
    return tokens
