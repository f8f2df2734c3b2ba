"""The one place that takes secrets out of text before it reaches a message or a log line."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from urllib.parse import quote_plus

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

    def add(self, secret: str) -> None:
        if len(secret) < _SHORTEST or secret in self._secrets:
            return
        self._secrets.add(secret)
        if self._observer is not None:
            self._observer(secret)

    def clean(self, text: str) -> str:
        """Without the secrets, also where a server repeats one as JSON or as a form writes it."""
        forms = {
            form for secret in self._secrets.copy() for form in (secret, json.dumps(secret)[1:-1], quote_plus(secret))
        }
        for form in sorted(forms, key=len, reverse=True):
            text = text.replace(form, HIDDEN)
        return text
