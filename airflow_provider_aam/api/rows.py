"""Rows of a list as AAM sent them, undecoded."""

from __future__ import annotations

from functools import cached_property

import msgspec


class Rows(list[msgspec.Raw]):
    """JSON texts, one per row, which are put together once for everyone who reads all of them."""

    @cached_property
    def lines(self) -> bytes:
        """JSON Lines; a row that AAM formatted with line breaks keeps them."""
        return b"\n".join([*self, b""])
