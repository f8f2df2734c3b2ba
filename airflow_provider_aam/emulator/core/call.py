"""One request as a handler sees it, and the answer it gives."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import msgspec
from starlette.responses import Response

from airflow_provider_aam.emulator.core.refusals import Refusal, bad_request, unsupported_media_type

if TYPE_CHECKING:
    from collections.abc import Callable

    from airflow_provider_aam.emulator.core.state import State
    from airflow_provider_aam.emulator.core.stats import RecordedRequest
    from airflow_provider_aam.emulator.core.tokens import Token

_encode = msgspec.json.Encoder().encode


@dataclass(slots=True)
class Reply:
    """Status, body and headers. The body is JSON unless `media_type` says otherwise."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    media_type: str = "application/json;charset=UTF-8"

    def response(self) -> Response:
        """Return the wire form; a 204 has neither body nor content type."""
        if self.status == 204:
            return Response(status_code=204, headers=self.headers)
        return Response(self.body, self.status, self.headers, self.media_type)


def json_reply(value: object, status: int = 200) -> Reply:
    """Return `value` as JSON."""
    return Reply(status, _encode(value))


def refusal_reply(refusal: Refusal) -> Reply:
    """Return a refusal as the response it is."""
    return Reply(refusal.status, _encode(refusal.body), dict(refusal.headers))


@dataclass(slots=True, kw_only=True)
class Call:
    """A request that has been routed, with its whole body read."""

    state: State
    headers: dict[str, str]
    query: dict[str, list[str]]
    params: dict[str, Any]
    body: bytes
    host: str | None
    recorded: RecordedRequest
    token: Token | None = None
    user_id: int = 0

    @property
    def escaped(self) -> bool:
        """Whether strings go out HTML-escaped; they do unless the caller asks otherwise."""
        return self.headers.get("aam-disable-escaping-html", "").casefold() != "true"

    def flag(self, name: str) -> bool:
        """Return a boolean query parameter; `True` as Python prints it is true as well."""
        return self.text(name).casefold() == "true"

    def text(self, name: str) -> str:
        """Return a query parameter, "" when it is absent."""
        return self.query.get(name, [""])[-1]

    def integer(self, name: str) -> int | None:
        """Return a whole number from the query, `None` when it is absent. 400 when it is none."""
        return _number(name, text) if (text := self.text(name)) else None

    def integers(self, name: str) -> set[int]:
        """Return all values of a repeatable query parameter."""
        return {_number(name, value) for value in self.query.get(name, []) if value}

    def json_object(self) -> dict[str, Any]:
        """Return the body, which must be a JSON object."""
        body = self._json()
        if not isinstance(body, dict):
            raise bad_request(["body: must be a JSON object"], "Could not read JSON")
        return body

    def json_objects(self) -> list[dict[str, Any]]:
        """Return the body, which must be a JSON array of objects."""
        body = self._json()
        if not isinstance(body, list) or not all(isinstance(each, dict) for each in body):
            raise bad_request(["body: must be a JSON array of objects"], "Could not read JSON")
        return body

    def json_ids(self) -> list[int]:
        """Return the body, which must be a JSON array of ids."""
        body = self._json()
        if not isinstance(body, list) or not all(isinstance(each, int | str) for each in body):
            raise bad_request(["body: must be a JSON array of ids"], "Could not read JSON")
        try:
            return [int(each) for each in body]
        except ValueError:
            raise bad_request(["body: ids must be numbers"], "Could not read JSON") from None

    def _json(self) -> Any:
        content_type = self.headers.get("content-type", "")
        if content_type.partition(";")[0].strip().casefold() != "application/json":
            raise unsupported_media_type(content_type)
        try:
            return msgspec.json.decode(self.body)
        except (msgspec.DecodeError, UnicodeDecodeError):
            raise bad_request(["body: is not JSON"], "Could not read JSON") from None


def _number(name: str, text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise bad_request([f"{name}: must be a number"], "Invalid request parameter") from None


@dataclass(frozen=True, kw_only=True)
class Parameter:
    """A query parameter, for the reader of the OpenAPI page."""

    name: str
    about: str
    type: str = "string"


@dataclass(frozen=True, kw_only=True)
class Route:
    """One method and path: who handles it, and what the OpenAPI page says about it."""

    method: str
    path: str
    handler: Callable[[Call], Reply]
    tag: str
    about: str
    query: tuple[Parameter, ...] = ()
    body: dict[str, Any] | None = None
    answer: dict[str, Any] | None = None
    status: int = 200
    bearer: bool = True

    @property
    def name(self) -> str:
        """What tests call it, e.g. `GET /v1/traits/{sid}`."""
        return f"{self.method} {self.path}".replace(":int}", "}").replace(":path}", "}")
