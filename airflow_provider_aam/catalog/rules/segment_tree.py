"""What a well-formed segment rule consists of: its operators and operands, without a tree of Python calls.

Rules may be nested more deeply than Python's stack, so the nodes are a list in which the parts of each come before it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lark import Token

OPERAND = "OPERAND"
_BINDS = {"OR": 1, "AND": 2, "NOT": 3, OPERAND: 4}
"""How tightly, in the grammar's order."""
_PULLS = {"OR": 1, "AND": 2, "NOT": 4}
"""As far as an operator tears what is next to it apart; NOT takes no second NOT without parentheses."""


class Node(NamedTuple):
    """An operand, or one or two parts under an operator."""

    kind: str
    """OPERAND, NOT, AND, OR."""
    span: tuple[int, int]
    """Which tokens, the parentheses around it included: from the first up to, without, the last."""
    parts: tuple[int, ...] = ()
    """Places in the list of nodes; none in an operand."""
    operand: tuple[int, int] = (0, 0)
    """The tokens of an operand, without parentheses around it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Tree:
    """The nodes, the last of which is the whole rule, and the places of the parentheses that change nothing."""

    nodes: list[Node]
    needless: set[int]


def build_tree(tokens: Sequence[Token]) -> Tree:
    """The tree of the tokens of a well-formed rule."""
    builder = _Builder(tokens)
    builder.read()
    return Tree(nodes=builder.nodes, needless=builder.needless)


class _Builder:
    """Dijkstra's shunting yard."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        self.tokens = tokens
        self.nodes: list[Node] = []
        self.needless: set[int] = set()
        self._waiting: list[int] = []  # places of operators and opened parentheses
        self._parts: list[int] = []  # nodes that no other node has taken yet

    def read(self) -> None:
        at = 0
        while at < len(self.tokens):
            kind = self.tokens[at].type
            if kind in ("AND", "OR"):
                self._reduce(_BINDS[kind])
            if kind in ("AND", "OR", "NOT", "LPAR"):
                self._waiting.append(at)
            elif kind == "RPAR":
                self._close(at)
            else:
                end = self._end_of_operand(at)
                self._add(Node(OPERAND, (at, end), operand=(at, end)))
                at = end - 1
            at += 1
        self._reduce(_BINDS["OR"])

    def _end_of_operand(self, at: int) -> int:
        if self.tokens[at].type == "FREQUENCY":
            while self.tokens[at].type != "NUMBER":
                at += 1
        return at + 1

    def _reduce(self, binds: int) -> None:
        """Give the operators that bind at least so tightly their parts."""
        while self._waiting and _BINDS.get(self.tokens[self._waiting[-1]].type, 0) >= binds:
            at = self._waiting.pop()
            kind = str(self.tokens[at].type)
            right = self._parts.pop()
            end = self.nodes[right].span[1]
            if kind == "NOT":
                self._add(Node(kind, (at, end), (right,)))
            else:
                left = self._parts.pop()
                self._add(Node(kind, (self.nodes[left].span[0], end), (left, right)))

    def _close(self, at: int) -> None:
        self._reduce(_BINDS["OR"])
        start = self._waiting.pop()
        inside = self._parts[-1]
        node = self.nodes[inside]
        self.nodes[inside] = node._replace(span=(start, at + 1))
        if _BINDS[node.kind] >= max(self._pull(start - 1), self._pull(at + 1)):
            self.needless |= {start, at}

    def _pull(self, at: int) -> int:
        return _PULLS.get(self.tokens[at].type, 0) if 0 <= at < len(self.tokens) else 0

    def _add(self, node: Node) -> None:
        self.nodes.append(node)
        self._parts.append(len(self.nodes) - 1)
