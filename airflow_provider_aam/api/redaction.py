"""The one place that takes secrets out of text before it reaches a message or a log line."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable, Iterable
from functools import lru_cache

from airflow_provider_aam.api.visible import one_line

SecretObserver = Callable[[str], None]
"""Is told every secret the moment it is known, so that a log can hide it."""

HIDDEN = "***"
_SHORTEST = 4


class Redactor:
    """Remembers secrets and takes them out of text.

    ``observer`` is told each secret once as well; the hook passes Airflow's masker.
    """

    def __init__(self, secrets: Iterable[str] = (), observer: SecretObserver | None = None) -> None:
        self._secrets: set[str] = set()
        self._observer = observer
        for secret in secrets:
            self.add(secret)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({len(self._secrets)} secrets)"

    def add(self, secret: str) -> str:
        """The secret itself, from now on hidden."""
        if len(secret) >= _SHORTEST and secret not in self._secrets:
            self._secrets.add(secret)
            if self._observer is not None:
                self._observer(secret)
        return secret

    def clean(self, text: str) -> str:
        """One line without the secrets, also where a server repeats one as JSON, HTML or a URL has it, in any case."""
        for secret in sorted(self._secrets.copy(), key=len, reverse=True):
            if len(secret) <= len(text):
                text = _pattern(secret).sub(HIDDEN, text)
        return one_line(text)


@lru_cache(maxsize=64)
def _pattern(secret: str) -> re.Pattern[str]:
    """Only for texts that are long enough: that of a private key takes a tenth of a second."""
    return re.compile("".join(map(_spellings, secret)), re.IGNORECASE)


def _spellings(mark: str) -> str:
    """A pattern for one character of a secret."""
    if mark.isascii() and mark.isalnum():
        return mark
    code, percent = ord(mark), "".join(f"%{byte:02x}" for byte in mark.encode(errors="surrogatepass"))
    spelled = {mark, f"\\{mark}", json.dumps(mark)[1:-1], html.escape(mark), percent, "+" if mark == " " else percent}
    patterns = [rf"&#0*{code};?", rf"&#x0*{code:x};?", rf"\\u{code:04x}", *map(re.escape, spelled)]
    return f"(?:{'|'.join(sorted(patterns, key=len, reverse=True))})"
