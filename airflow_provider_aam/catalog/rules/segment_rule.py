"""Segment rules: whether one is well-formed and makes sense, what it names, and one spelling for all equal rules.

After Adobe's "Segment expressions" and "Recency and frequency" documentation, with readable trait references as well.
"""

from __future__ import annotations

from functools import cache, cached_property, lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING

from airflow_provider_aam.catalog.rules.segment_fault import explain
from airflow_provider_aam.catalog.rules.segment_meaning import contradictions, misuses, repetitions, spell_token
from airflow_provider_aam.catalog.rules.segment_tree import Tree, build_tree
from airflow_provider_aam.catalog.rules.segment_word import Word, in_words, references, replace, word_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from lark import Lark, Token

__all__ = [
    "SegmentRule",
    "Word",
    "canonical",
    "find_contradictions",
    "find_fault",
    "find_misuses",
    "find_repetitions",
    "in_words",
    "parse",
    "references",
    "replace",
    "word_of",
]

_SPELLED_ONCE = 2**15
"""Rules whose spelling is kept: more than the 20,000 segments that an account may have."""


class SegmentRule:
    """One rule, parsed once. What it lacks, if anything, is in `fault`; its other parts are read when asked for."""

    def __init__(self, text: str) -> None:
        from lark.exceptions import UnexpectedInput

        self.text = text
        self.fault: str | None = None if text.strip() else "a segment needs a rule"
        self.tokens: list[Token] = []
        """Empty if there is a fault."""
        if self.fault is None:
            parsing = _parser().parse_interactive(text)
            try:
                tokens = list(parsing.exhaust_lexer())
                parsing.feed_eof()  # type: ignore[no-untyped-call]
                self.tokens = tokens
            except UnexpectedInput as fault:
                self.fault = explain(text, fault, parsing.accepts())  # type: ignore[no-untyped-call]

    @cached_property
    def tree(self) -> Tree:
        """The operators and operands of a rule without fault."""
        return build_tree(self.tokens)

    @cached_property
    def canonical(self) -> str:
        """See `canonical`."""
        return self.text.strip() if self.fault else "".join(_spell(self.tokens, self.tree.needless))


@lru_cache(maxsize=64)
def parse(rule: str) -> SegmentRule:
    """The parsed rule; those asked for last are kept, so that what is asked of one rule in a row parses it once."""
    return SegmentRule(rule)


def find_fault(rule: str) -> str | None:
    """What is wrong with the syntax of a rule, and at which column; ``None`` if nothing. The empty rule is a fault."""
    return parse(rule).fault


def find_contradictions(rule: str) -> list[str]:
    """All that makes no sense in a rule, whatever the traits are. Empty if the rule has a fault; see `find_fault`.

    That a bare upper cap is refused and recency is above 0 is documented; the need of an operand that is not negated,
    and that a visitor with no trait at all must not match, are inferred from it.
    """
    parsed = parse(rule)
    return [] if parsed.fault else contradictions(parsed.tokens, parsed.tree)


def find_repetitions(rule: str) -> list[str]:
    """All duplicates in one list or one chain of AND or OR. Empty if the rule has a fault.

    AAM is not known to refuse it, so rules that an account holds already may have them.
    """
    words = [word.reference for word in references(rule)]
    if len(set(words)) == len(words):
        return []
    parsed = parse(rule)
    return [] if parsed.fault else repetitions(parsed.text, parsed.tokens, parsed.tree)


def find_misuses(rule: str, type_of: Callable[[str], str | None]) -> list[str]:
    """All that the types of the rule's traits forbid. Empty if the rule has a fault.

    `type_of` gets a `Word.reference` and answers with AAM's ``traitType``, or ``None`` where it is not known: then
    there is no verdict. Recency and frequency work on rule-based and folder traits only.
    """
    parsed = parse(rule)
    return [] if parsed.fault else misuses(parsed.tokens, parsed.tree, type_of)


@lru_cache(maxsize=_SPELLED_ONCE)
def canonical(rule: str) -> str:
    """One spelling for rules that differ in blanks, case, needless parentheses, quotes or zeros, or lists with ``OR``.

    Operands keep their order. A rule outside our grammar is returned stripped: AAM may know more than its documentation
    says.
    """
    return parse(rule).canonical


def _spell(tokens: list[Token], needless: set[int]) -> Iterator[str]:
    glued = True
    in_list = False
    for at, token in enumerate(tokens):
        if at in needless:
            continue
        kind = token.type
        in_list = kind == "LSQB" or (in_list and kind != "RSQB")
        text = "," if in_list and kind == "OR" else spell_token(token)
        yield text if glued or text in {")", "]", ","} else f" {text}"
        glued = kind in {"LPAR", "LSQB", "FREQUENCY"}


@cache
def _parser() -> Lark:
    from lark import Lark

    grammar = files("airflow_provider_aam.catalog.rules").joinpath("segment_rule.lark").read_text()
    return Lark(grammar, parser="lalr", lexer="contextual")
