"""One request as a handler sees it, and the response it gives."""

from __future__ import annotations

import re
import zlib
from dataclasses import KW_ONLY, dataclass, field
from typing import TYPE_CHECKING, Any

import msgspec
from starlette.responses import Response

from airflow_provider_aam.emulator.core.refusals import Refusal, bad_request, unsupported_media_type
from airflow_provider_aam.emulator.core.rendering import escape_json

if TYPE_CHECKING:
    from collections.abc import Callable

    from airflow_provider_aam.emulator.core.collection import Row
    from airflow_provider_aam.emulator.core.state import State
    from airflow_provider_aam.emulator.core.stats import RecordedRequest
    from airflow_provider_aam.emulator.core.tokens import Token
    from airflow_provider_aam.emulator.core.troubles import Trouble

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


def json_reply(value: object) -> Reply:
    """Return `value` as JSON, never escaped."""
    return Reply(body=_encode(value))


def always(value: object) -> Callable[[Call], Reply]:
    """Return a handler that always answers with `value`."""
    return lambda _: json_reply(value)


def tagged(body: bytes) -> Reply:
    """Return a single object with a weak ETag. That GETs carry one is observed; If-Match is ignored (inferred)."""
    return Reply(200, body, {"ETag": f'W/"{zlib.crc32(body):08x}"'})


def refusal_reply(refusal: Refusal) -> Reply:
    """Return a refusal as the response it is."""
    return Reply(refusal.status, _encode(refusal.body), dict(refusal.headers))


@dataclass(slots=True, kw_only=True)
class Call:
    """A request that has been routed, with its whole body read."""

    state: State
    headers: dict[str, str]
    query: dict[str, list[str]]
    query_string: bytes
    params: dict[str, Any]
    body: bytes
    host: str | None
    recorded: RecordedRequest
    trouble: Trouble | None = None
    token: Token | None = None
    user_id: int = 0

    @property
    def escaped(self) -> bool:
        """Whether strings go out HTML-escaped; they do unless the caller asks otherwise."""
        return self.headers.get("aam-disable-escaping-html", "").casefold() != "true"

    def encoded(self, value: object) -> bytes:
        """Return `value` as JSON, escaped as the caller wants it."""
        body = _encode(value)
        return escape_json(body) if self.escaped else body

    def reply(self, value: object) -> Reply:
        """Answer with `value`."""
        return Reply(body=self.encoded(value))

    def flag(self, name: str) -> bool:
        """Return a boolean query parameter; `True` as Python prints it is true as well."""
        return self.text(name).casefold() == "true"

    def text(self, name: str) -> str:
        """Return a query parameter, "" when it is absent."""
        return self.query.get(name, [""])[-1]

    def integer(self, name: str) -> int | None:
        """Return a whole number from the query, `None` when it is absent. 400 when it is none."""
        return _number(name, text) if (text := self.text(name)) else None

    def texts(self, name: str) -> set[str]:
        """Return all values of a repeatable query parameter."""
        return {value for value in self.query.get(name, []) if value}

    def integers(self, name: str) -> set[int]:
        """Return the same as whole numbers."""
        return {_number(name, value) for value in self.texts(name)}

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


@dataclass(frozen=True)
class Parameter:
    """A query parameter: what the OpenAPI page says about it, and what follows from it.

    A list keeps the rows whose field `equals` has one of its values, or those of which `keeps(row, value)` holds.
    A flag adds the members `adds(state, row)` to each row, with `one_only` not to the rows of a list.
    """

    name: str
    about: str
    type: str = "string"
    _: KW_ONLY
    equals: str = ""
    keeps: Callable[[Row, Any], bool] | None = None
    adds: Callable[[State, Row], dict[str, Any]] | None = None
    one_only: bool = False

    def value(self, call: Call) -> Any:
        """Return what the query says, `None` for nothing; a flag is `True` or nothing."""
        match self.type:
            case "boolean":
                return call.flag(self.name) or None
            case "integer":
                return call.integer(self.name)
            case _:
                return call.text(self.name) or None

    def values(self, call: Call) -> set[Any]:
        """Return all that the query says."""
        return call.integers(self.name) if self.type == "integer" else call.texts(self.name)


@dataclass(frozen=True)
class Route:
    """One method and path: who handles it, and what the OpenAPI page says about it. `tag` is the service's if empty."""

    method: str
    path: str
    handler: Callable[[Call], Reply]
    about: str
    _: KW_ONLY
    tag: str = ""
    query: tuple[Parameter, ...] = ()
    body: dict[str, Any] | None = None
    answer: dict[str, Any] | None = None
    status: int = 200
    bearer: bool = True

    @property
    def name(self) -> str:
        """What tests call it, e.g. `GET /v1/traits/{sid}`."""
        return re.sub(r":(int|path|str)}", "}", f"{self.method} {self.path}")


def ref(schema: str) -> dict[str, Any]:
    """Return how an OpenAPI document names one of its schemas."""
    return {"$ref": f"#/components/schemas/{schema}"}
