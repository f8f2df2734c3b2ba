"""Bytes of a text file as text, or the finding that they are not."""

from __future__ import annotations

import codecs
from typing import IO

from airflow_provider_aam.catalog.problems import Place, Problem
from airflow_provider_aam.catalog.reading.limits import spend


def decode_text(content: bytes, source: str, findings: list[Problem], *, marks: bytes) -> str | None:
    """``marks`` part the values of the format: they are counted before anything is made of them."""
    spend("values", sum(content.count(mark) for mark in marks))
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as wrong:
        findings.append(_not_utf8(source, wrong, lines_before=0))
        return None


class TextStream:
    """A file of UTF-8, read piece by piece. ``wrong`` holds the finding once a byte was met that is not UTF-8."""

    def __init__(self, file: IO[bytes], source: str) -> None:
        self._file = file
        self._source = source
        self._decoder = codecs.getincrementaldecoder("utf-8-sig")()
        self._lines = 0
        self.wrong: Problem | None = None

    def read(self, size: int) -> str:
        """Some text; nothing at the end of the file, and from a wrong byte on."""
        while self.wrong is None:
            content = self._file.read(size)
            try:
                text = self._decoder.decode(content, final=not content)
            except UnicodeDecodeError as wrong:
                self.wrong = _not_utf8(self._source, wrong, lines_before=self._lines)
                break
            self._lines += text.count("\n")
            if text or not content:
                return text
        return ""


def is_extra(name: str) -> bool:
    """Whether a document's top-level key is for editors and people: ``$schema``, and ``x-…`` for YAML anchors."""
    return name == "$schema" or name.startswith("x-")


def _not_utf8(source: str, wrong: UnicodeDecodeError, *, lines_before: int) -> Problem:
    line = lines_before + wrong.object.count(b"\n", 0, wrong.start) + 1
    problem = f"byte 0x{wrong.object[wrong.start]:02x} is not UTF-8; save the file as UTF-8"
    return Problem(place=Place(source=source, line=line), text=problem)
