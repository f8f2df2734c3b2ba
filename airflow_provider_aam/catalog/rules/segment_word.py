"""What names a trait in a segment rule: its id (``123T``) or, in catalog files, its code or name (``{code}``)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from airflow_provider_aam.account.words import PART, name_of, parse_word

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_WORD = re.compile(
    rf"\{{(?P<name>(?:{PART}:)?{PART})\}}|(?<![A-Za-z0-9_])(?P<sid>[0-9]{{1,18}})T(?![A-Za-z0-9_])", re.IGNORECASE
)
"""As SID and WORD in segment_rule.lark."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Word:
    """One operand of a rule. Either `sid` is set, or `trait`, with or without `data_source`; the caller resolves it.

    `trait` is an integration code or, when no code fits, a name; so is `data_source`.
    """

    text: str
    """As the rule has it, such as ``123t`` or ``{ web : "Visited: pricing" }``."""
    span: tuple[int, int]
    """Where: ``rule[span[0]:span[1]] == text``."""
    sid: int | None = None
    data_source: str | None = None
    trait: str | None = None

    @property
    def reference(self) -> str:
        """One spelling for equal words, such as ``123T`` or ``{web:"Visited: pricing"}``."""
        return f"{self.sid}T" if self.trait is None else word_of(self.data_source, self.trait)


def references(rule: str) -> list[Word]:
    """Every operand in order, those in FREQUENCY lists too; a trait named twice comes twice.

    Also of a rule outside our grammar, as far as its words can be told: AAM may know more than its documentation says.
    """
    return [_word(match) for match in _WORD.finditer(rule)]


def replace(rule: str, texts: Mapping[str, str]) -> str:
    """The rule with other operands: ``{word.text: new text}``. A word that is not a key stays, as does all between."""
    return _WORD.sub(lambda match: texts.get(match[0], match[0]), rule)


def in_words(rule: str, word_of_sid: Callable[[int], str | None]) -> str:
    """The rule with people's words in place of ids, where there is one."""
    words = {word.text: word_of_sid(word.sid) for word in references(rule) if word.sid is not None}
    return replace(rule, {text: f"{{{word}}}" for text, word in words.items() if word is not None})


def words_of(written: str, resolved: str) -> dict[str, str]:
    """What each operand of ``resolved`` is called in ``written``, the same rule as a file has it, by its reference."""
    pairs = zip(references(resolved), references(written), strict=False)
    return {theirs.reference: ours.reference for theirs, ours in pairs}


def word_of(data_source: str | None, code: str) -> str:
    """How a rule in a catalog file names a trait: ``{code}`` or ``{data source:code}``, quoted where it must be."""
    return f"{{{name_of(data_source, code)}}}"


def _word(match: re.Match[str]) -> Word:
    if match["sid"] is not None:
        return Word(text=match[0], span=match.span(), sid=int(match["sid"]))
    data_source, trait = parse_word(match["name"])
    return Word(text=match[0], span=match.span(), data_source=data_source, trait=trait)
