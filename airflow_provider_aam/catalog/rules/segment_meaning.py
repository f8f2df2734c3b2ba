"""Whether a well-formed segment rule makes sense: whom it lets in, what it names twice, what trait types forbid."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from airflow_provider_aam.account.words import parse_word
from airflow_provider_aam.catalog.rules.segment_tree import OPERAND, Node, Tree
from airflow_provider_aam.catalog.rules.segment_word import word_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from lark import Token

WITH_FREQUENCY = ("RULE_BASED_TRAIT", "FOLDER_TRAIT", "FOLDER")
"""The trait types that recency and frequency work on [doc; the AAM UI refuses onboarded and algorithmic ones]."""
SEGMENT_TYPES = ("SEGMENT", "TEST_SEGMENT")


def contradictions(tokens: list[Token], tree: Tree) -> list[str]:
    """See `segment_rule.find_contradictions`."""
    operands = _operands(tokens, tree)
    empty = [f"“{each.spelling}”: recency must be greater than 0 days" for each in operands.values() if each.days == 0]
    return [*empty, *_lets_in_everyone(tree.nodes, operands)]


def repetitions(rule: str, tokens: list[Token], tree: Tree) -> list[str]:
    """See `segment_rule.find_repetitions`."""
    operands = _operands(tokens, tree)
    in_lists = [problem for operand in operands.values() for problem in operand.repetitions()]
    return [*in_lists, *_named_twice(rule, tokens, tree.nodes, operands)]


def misuses(tokens: list[Token], tree: Tree, type_of: Callable[[str], str | None]) -> list[str]:
    """See `segment_rule.find_misuses`."""
    problems: list[str] = []
    for operand in _operands(tokens, tree).values():
        for word in operand.words:
            kind = type_of(word)
            if kind in SEGMENT_TYPES:
                problems.append(f"“{word}” is a segment; a segment rule names traits only")
            elif operand.symbol and kind is not None and kind not in WITH_FREQUENCY:
                problems.append(
                    f"“{word}” is used in FREQUENCY but is of type {kind}: "
                    "recency and frequency work on rule-based and folder traits only"
                )
    return list(dict.fromkeys(problems))


class _Operand(NamedTuple):
    """A trait, or a FREQUENCY function: then `symbol` is the token type of its comparison."""

    words: tuple[str, ...]
    spelling: str
    symbol: str = ""
    times: int = 0
    days: int | None = None

    @property
    def lets_in_nobodies(self) -> bool:
        """Whether it holds for a visitor with no trait at all."""
        return self.symbol == "AT_MOST" or (bool(self.symbol) and self.times == 0)

    def repetitions(self) -> Iterator[str]:
        for word in dict.fromkeys(self.words):
            if (often := self.words.count(word)) > 1:
                yield f"“{word}” appears {often} times in the list of one FREQUENCY"


def spell_token(token: Token) -> str:
    """One spelling for equal tokens."""
    if token.type == "WORD":
        return word_of(*parse_word(token[1:-1]))
    if token.type == "NUMBER":
        return str(int(token))
    if token.type in {"SID", "DAYS"}:
        return f"{int(token[:-1])}{token[-1].upper()}"
    return token.upper()


def _operands(tokens: list[Token], tree: Tree) -> dict[int, _Operand]:
    """By place in the list of nodes."""
    return {at: _operand(tokens, node.operand) for at, node in enumerate(tree.nodes) if node.kind == OPERAND}


def _operand(tokens: list[Token], span: tuple[int, int]) -> _Operand:
    ours = tokens[slice(*span)]
    words = tuple(spell_token(token) for token in ours if token.type in {"SID", "WORD"})
    if len(ours) == 1:
        return _Operand(words, words[0])
    *_, recency, last, _, symbol, times = ours
    days = int(last[:-1]) if last.type == "DAYS" else None
    within = "" if days is None else f" {recency} {days}D"
    spelling = f"FREQUENCY([{', '.join(words)}]{within}) {symbol} {int(times)}"
    return _Operand(words, spelling, symbol.type, int(times), days)


def _lets_in_everyone(nodes: list[Node], operands: dict[int, _Operand]) -> Iterator[str]:
    negated = _negated(nodes)
    if all(negated[at] for at in operands):
        yield "it would match everyone but a few: every operand is negated; join a trait to have by AND"
    elif _holds_for_nobodies(nodes, operands):
        caps = [f"“{each.spelling}”" for at, each in operands.items() if each.lets_in_nobodies and not negated[at]]
        cause = f"{' and '.join(dict.fromkeys(caps))} also holds" if caps else "what is negated also holds"
        yield f"it would match everyone: {cause} for who has no trait at all; join a trait to have by AND"


def _negated(nodes: list[Node]) -> list[bool]:
    """Of each node whether an odd number of NOT is over it."""
    negated = [False] * len(nodes)
    for at in range(len(nodes) - 1, -1, -1):
        node = nodes[at]
        for part in node.parts:
            negated[part] = negated[at] != (node.kind == "NOT")
    return negated


def _holds_for_nobodies(nodes: list[Node], operands: dict[int, _Operand]) -> bool:
    """Whether the rule holds for a visitor with no trait at all: each trait is absent, each count is 0."""
    holds: list[bool] = []
    for at, node in enumerate(nodes):
        parts = [holds[part] for part in node.parts]
        match node.kind:
            case "NOT":
                holds.append(not parts[0])
            case "AND":
                holds.append(all(parts))
            case "OR":
                holds.append(any(parts))
            case _:
                holds.append(operands[at].lets_in_nobodies)
    return holds[-1]


def _named_twice(rule: str, tokens: list[Token], nodes: list[Node], operands: dict[int, _Operand]) -> Iterator[str]:
    """Equal parts of one chain of AND or of OR, through parentheses that change nothing."""
    chains, above = _chains(nodes)
    numbers: dict[object, int] = {}  # parts that mean the same have the same number
    members: list[dict[int, None]] = [{} for _ in nodes]
    for at, node in enumerate(nodes):
        if chains[at] != at:
            continue
        key = operands[at].spelling if node.kind == OPERAND else (node.kind, *members[at])
        number = numbers.setdefault(key, len(numbers))
        if number in members[above[at]]:
            first, last = tokens[node.span[0]], tokens[node.span[1] - 1]
            text = operands[at].spelling if node.kind == OPERAND else rule[first.start_pos : last.end_pos]
            yield f"“{text}” appears twice in one chain of {nodes[above[at]].kind}"
        members[above[at]][number] = None


def _chains(nodes: list[Node]) -> tuple[list[int], list[int]]:
    """The topmost node of each node's chain (itself, where no chain goes on), and of the chain its parent is in."""
    chains = list(range(len(nodes)))
    above = list(range(len(nodes)))
    for at in range(len(nodes) - 1, -1, -1):
        for part in nodes[at].parts:
            above[part] = chains[at]
            if nodes[part].kind == nodes[at].kind != "NOT":
                chains[part] = chains[at]
    return chains, above
