"""JSON Lines: AAM's own objects, one a line, byte for byte but for line breaks between their tokens."""

from __future__ import annotations

from collections.abc import Sequence
from typing import BinaryIO

import msgspec

from airflow_provider_aam.api.errors import AAMBadAnswer, Fate
from airflow_provider_aam.api.rows import Rows


class JsonlWriter:
    """``fields`` keeps only those, in that order; fields that AAM left out stay left out."""

    def __init__(self, file: BinaryIO, *, fields: Sequence[str] | None) -> None:
        self._file = file
        self._fields = fields
        self._decoder = msgspec.json.Decoder(dict[str, msgspec.Raw])

    def write(self, rows: Rows) -> None:
        kept = rows if self._fields is None else Rows(map(self._select, rows))
        # A line break inside a JSON text is always formatting: in strings they are escaped.
        if kept.lines.count(b"\n") > len(kept) or b"\r" in kept.lines:
            kept = Rows(msgspec.Raw(msgspec.json.format(row, indent=-1)) for row in kept)
        self._file.write(kept.lines)

    def close(self) -> None:
        """Nothing is held back."""

    def _select(self, row: msgspec.Raw) -> msgspec.Raw:
        try:
            values = self._decoder.decode(row)
        except msgspec.MsgspecError as broken:
            raise AAMBadAnswer(f"a row cannot be decoded ({broken}).", fate=Fate.UNKNOWN) from broken
        return msgspec.Raw(msgspec.json.encode({name: values[name] for name in self._fields or () if name in values}))
