"""Hides secrets from Airflow's logs, in every form in which a task could print them.

Airflow masks line by line, so it never recognizes a key of several lines when a task prints one: each line has to be
known on its own.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from textwrap import wrap
from typing import Any
from urllib.parse import quote, quote_plus

from airflow_provider_aam.compat import mask_secret

SHORTEST_LINE = 8
"""Shorter pieces of a key tell nothing, and masking them would hide parts of innocent words."""
_PEM_MARK = re.compile(r"-----[A-Z ]+-----")
_PEM_WIDTH = 64
_PERCENT = re.compile("%[0-9A-F]{2}")


def mask(secret: str) -> None:
    """Hide ``secret``, or each of its lines, as they are and as JSON and URLs hold them, from now on in this process.

    One message to the task's supervisor, however many forms there are. The longest come last: at each, Airflow compiles
    all that it knows again, which for a key took seconds.
    """
    forms: list[Any] = sorted(set(_forms(secret)), key=len)
    mask_secret(forms)


def _forms(secret: str) -> Iterator[str]:
    lines = [line for line in _lines(secret) if len(line) >= SHORTEST_LINE]
    for text in lines or [secret]:
        yield from _spellings(text)


def _spellings(text: str) -> Iterator[str]:
    yield text
    yield json.dumps(text)[1:-1]
    yield html.escape(text)
    for quoted in (quote(text, safe=""), quote_plus(text)):
        yield quoted
        yield _PERCENT.sub(lambda code: code[0].lower(), quoted)


def _lines(secret: str) -> Iterator[str]:
    r"""A PEM key also as it comes out of a form field (one line) or a shell variable (``\n`` escapes)."""
    if not _PEM_MARK.search(secret):
        yield from (line.strip() for line in secret.splitlines())
        return
    body = _PEM_MARK.sub(" ", secret.replace("\\r", " ").replace("\\n", " ")).split()
    yield from body
    yield from wrap("".join(body), _PEM_WIDTH)
