"""What names a trait in a segment rule: its id (``123T``) or, in catalog files, its code or name (``{code}``)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_PART = r'[^\S\r\n]*(?:"(?:""|[^"])*"[^\S\r\n]*|[^\s{}:"][^{}:"\r\n]*)'
_NAME = re.compile(rf"(?:(?P<source>{_PART}):)?(?P<trait>{_PART})")
_WORD = re.compile(
    rf"\{{(?P<name>(?:{_PART}:)?{_PART})\}}|(?<![A-Za-z0-9_])(?P<sid>[0-9]{{1,18}})T(?![A-Za-z0-9_])", re.IGNORECASE
)
"""As SID and WORD in segment_rule.lark."""
_NEEDS_QUOTES = re.compile(r'[{}:"\r\n]')


@dataclass(frozen=True, kw_only=True, slots=True)
class Word:
    """One operand of a rule. Either `sid` is set, or `trait`, with or without `data_source`; the caller resolves it.

    `trait` is an integration code or, when no code fits, a name; so is `data_source`.
    """

    text: str
    """As it stands in the rule, such as ``123t`` or ``{ web : "Visited: pricing" }``."""
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
    """The rule with other operands: ``{word.text: new text}``. A word that is no key stays, as does all between."""
    return _WORD.sub(lambda match: texts.get(match[0], match[0]), rule)


def word_of(data_source: str | None, code: str) -> str:
    """How a rule in a catalog file names a trait: ``{code}`` or ``{data source:code}``, quoted where it must be."""
    return f"{{{name_of(data_source, code)}}}"


def name_of(data_source: str | None, code: str) -> str:
    """`word_of` without braces, as columns hold it; `parse_word` gives the parts back."""
    return _quoted(code) if data_source is None else f"{_quoted(data_source)}:{_quoted(code)}"


def parse_word(text: str) -> tuple[str | None, str]:
    """The data source, if one is named, and the trait or segment of ``code`` or ``data source:code``.

    Blanks around a part do not count. Raises `ValueError` with what is wrong.
    """
    match = _NAME.fullmatch(text)
    if match is None:
        raise ValueError(explain_name(text))
    source = match["source"]
    return None if source is None else _plain(source), _plain(match["trait"])


def _word(match: re.Match[str]) -> Word:
    if match["sid"] is not None:
        return Word(text=match[0], span=match.span(), sid=int(match["sid"]))
    data_source, trait = parse_word(match["name"])
    return Word(text=match[0], span=match.span(), data_source=data_source, trait=trait)


def _plain(part: str) -> str:
    part = part.strip()
    return part[1:-1].replace('""', '"') if part.startswith('"') else part


def _quoted(part: str) -> str:
    if part and part == part.strip() and not _NEEDS_QUOTES.search(part):
        return part
    return '"' + part.replace('"', '""') + '"'


def explain_name(text: str) -> str:
    """What is wrong with a text that `parse_word` refuses."""
    return f"“{text.strip()}” {_fault(text)}"


def _fault(text: str) -> str:
    bare = re.sub(r'"(?:""|[^"])*"', "''", text)
    if '"' in bare:
        return 'has a double quote that is not closed (a quote inside a quoted part is doubled: "")'
    if bare.count(":") > 1:
        return 'has more than one colon; quote the part that holds one: web:"Visited: pricing"'
    if re.search(r"[{}\r\n]", bare):
        return "holds a brace or a line break; quote the part that holds one"
    if all(part.strip() for part in bare.split(":")):
        return "is quoted in part; quote a part whole or not at all"
    return "lacks a name; say code or data source:code"
