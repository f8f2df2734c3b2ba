"""JSON Lines: AAM's own objects, one a line, byte for byte but for line breaks between their tokens."""

from __future__ import annotations

from collections.abc import Sequence
from typing import BinaryIO

import msgspec

from airflow_provider_aam.api.errors import AAMBadAnswer, Fate


class JsonlWriter:
    """``fields`` keeps only those, in that order; fields that AAM left out stay left out."""

    def __init__(self, file: BinaryIO, *, fields: Sequence[str] | None) -> None:
        self._file = file
        self._fields = fields
        self._decoder = msgspec.json.Decoder(dict[str, msgspec.Raw])

    def write(self, rows: Sequence[msgspec.Raw]) -> None:
        if not rows:
            return
        lines: Sequence[msgspec.Raw | bytes] = rows if self._fields is None else [self._select(row) for row in rows]
        text = b"\n".join(lines)
        # A line break inside a JSON text is always formatting: in strings they are escaped.
        if text.count(b"\n") >= len(lines) or b"\r" in text:
            text = b"\n".join(msgspec.json.format(line, indent=-1) for line in lines)
        self._file.writelines((text, b"\n"))

    def close(self) -> None:
        """Nothing is held back."""

    def _select(self, row: msgspec.Raw) -> bytes:
        try:
            values = self._decoder.decode(row)
        except msgspec.MsgspecError as broken:
            raise AAMBadAnswer(f"a row cannot be decoded ({broken}).", fate=Fate.UNKNOWN) from broken
        return msgspec.json.encode({name: values[name] for name in self._fields or () if name in values})
