"""Keys and values of a request: of its query and, in a form, of its body."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

if TYPE_CHECKING:
    from airflow_provider_aam.emulator.core.call import Call

Keys = dict[str, list[str]]
FORM = "application/x-www-form-urlencoded"
_BROKEN = re.compile(rb"%(?![0-9a-fA-F]{2})")


class BadEncoding(Exception):
    """A request with this is discarded as a whole [doc]."""


def read_keys(call: Call) -> Keys:
    """Return them as they are after decoding; a body that is not a form is left alone (inferred)."""
    kind = call.headers.get("content-type", "").partition(";")[0].strip().casefold()
    keys: Keys = {}
    for part in (call.query_string, call.body if kind == FORM else b""):
        if _BROKEN.search(part):
            raise BadEncoding
        try:
            found = parse_qs(part.decode("ascii"), keep_blank_values=True, errors="strict")
        except UnicodeError:
            raise BadEncoding from None
        for name, values in found.items():
            keys.setdefault(name, []).extend(values)
    return keys
