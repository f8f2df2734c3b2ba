"""What the checks share: the client of the Connection, and what earlier checks have learned."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from airflow_provider_aam.api.client import AAMClient
from airflow_provider_aam.api.errors import AAMError
from airflow_provider_aam.api.moments import utc_now
from airflow_provider_aam.api.paging import Page
from airflow_provider_aam.api.session import AAMSession
from airflow_provider_aam.hooks.aam import AAMHook

MOST_ATTEMPTS = 2


@dataclass(kw_only=True)
class Visit:
    """``user`` and ``refusal`` are how ``GET /v1/users/self`` ended; ``pages`` the first page of each list."""

    hook: AAMHook
    now: Callable[[], datetime] = utc_now
    _client: AAMClient | None = None
    user: dict[str, Any] | None = None
    refusal: AAMError | None = None
    pages: dict[str, Page] = field(default_factory=dict)
    refused: set[str] = field(default_factory=set)
    """Lists that AAM refuses with 403 or 404."""

    @property
    def client(self) -> AAMClient:
        """Less patient than the Connection's own."""
        if self._client is None:
            self._client = self.hook.new_client(most_attempts=MOST_ATTEMPTS)
        return self._client

    def close(self) -> None:
        if self._client is not None:
            self._client.close()

    @property
    def session(self) -> AAMSession:
        return self.client.session

    def clean(self, text: str) -> str:
        """Without the Connection's secrets; before there is a client nothing of it is known, nor shown."""
        return self._client.session.sender.redactor.clean(text) if self._client else ""
