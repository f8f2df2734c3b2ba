"""AAM's addresses: which host a call goes to, under which path, with which headers. How it is sent: ``sender.py``."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import msgspec

from airflow_provider_aam.api.answers import decode
from airflow_provider_aam.api.sender import Sender
from airflow_provider_aam.api.transport import Request

Params = Mapping[str, Any]
T = TypeVar("T")
REPLAYABLE_METHODS = frozenset({"GET", "PUT", "DELETE"})


@dataclass(frozen=True, kw_only=True)
class AAMSession:
    """Safe to share between threads, as its sender is. ``root`` begins every path at ``base_url``."""

    base_url: str
    sender: Sender
    root: str = "/v1"

    def call(
        self,
        method: str,
        path: str,
        *,
        params: Params | None = None,
        body: Any = None,
        replayable: bool | None = None,
    ) -> Any:
        """The response's JSON value, ``None`` for an empty one.

        ``replayable`` overrides the method's nature: a POST that may be sent twice is repeated like a GET. Raises as
        :meth:`Sender.send` does.
        """
        request = self.build_request(method, path, params=params, body=body)
        may_replay = method in REPLAYABLE_METHODS if replayable is None else replayable
        return self.sender.send(request, replayable=may_replay, read=lambda answer: decode(request, answer.body))

    def read(self, path: str, read: Callable[[bytes], T], *, params: Params | None = None) -> T:
        """What ``read`` makes of the undecoded JSON body of a GET; a response it cannot read is asked for again."""
        request = self.build_request("GET", path, params=params, body=None)
        return self.sender.send(request, replayable=True, read=lambda answer: read(answer.body or b"null"))

    def at_most(self, max_concurrency: int) -> AAMSession:
        return replace(self, sender=self.sender.at_most(max_concurrency))

    def build_request(self, method: str, path: str, *, params: Params | None, body: Any) -> Request:
        path = re.sub("/{2,}", "/", f"{self.root}/{path}")
        headers = {
            "Accept": "application/json",
            "User-Agent": self.sender.user_agent,
            "x-api-key": self.sender.credential.client_id,
            # Without it AAM escapes text as HTML, and an update would write the escapes back.
            "AAM-Disable-Escaping-HTML": "true",
        }
        if self.sender.credential.org_id:
            headers["x-gw-ims-org-id"] = self.sender.credential.org_id
        if body is not None:
            headers["Content-Type"] = "application/json"
        return Request(
            method=method,
            url=self.base_url + path,
            path=path,
            headers=headers,
            params={name: _wire(value) for name, value in (params or {}).items() if value is not None},
            body=None if body is None else msgspec.json.encode(body),
        )


def _wire(value: Any) -> Any:
    """Query values as AAM reads them: booleans in lower case, lists repeated."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple):
        return [_wire(item) for item in value]
    return value
