"""The responses that are not a success. A refusal is an exception that is also a response."""

from __future__ import annotations

from typing import Any


class Refusal(Exception):
    """Ends the handling of a request with this status, JSON body and headers."""

    def __init__(self, status: int, body: dict[str, Any] | list[Any], headers: dict[str, str] | None = None) -> None:
        super().__init__(f"{status} {body}")
        self.status = status
        self.body = body
        self.headers = headers or {}

    @property
    def child_messages(self) -> list[str]:
        """What is wrong, one by one; of a refusal without such a list its message."""
        if isinstance(self.body, list):
            return [str(each) for each in self.body]
        return [str(each) for each in self.body.get("childMessages", [self.body.get("message")])]


def _application(status: int, code: str, message: str) -> Refusal:
    return Refusal(status, {"code": code, "message": message})


def bad_request(problems: list[str], message: str = "Validation failed") -> Refusal:
    """400 with one child message a problem [client: the AAM UI's error helper joins `childMessages`]."""
    return Refusal(400, {"code": "BAD_REQUEST", "message": message, "childMessages": problems})


def access_denied() -> Refusal:
    """403 of the application: the caller is known but lacks permission."""
    return _application(403, "ACCESS_DENIED", "You do not have access to this resource.")


def limit_exceeded(what: str, limit: int) -> Refusal:
    """Too many of one type. The code is observed, the status 403 is inferred."""
    return _application(403, "RESOURCE_LIMIT_EXCEEDED", f"The limit of {limit} {what} is reached.")


def not_found(noun: str, key: object) -> Refusal:
    """404 of the application."""
    return _application(404, "NOT_FOUND", f"{noun} {key} not found")


def conflict(message: str) -> Refusal:
    """409: a duplicate, or something else still depends on it."""
    return _application(409, "CONFLICT", message)


def still_mapped(noun: str, key: int, mappings: int) -> Refusal:
    """409: a segment that is mapped to destinations. The code is observed, status and words are inferred."""
    message = f"{noun} {key} is mapped to destinations ({mappings} mappings). Unmap it first."
    return _application(409, "CANNOT_DELETE_ENTITY_MAPPED", message)


def has_mappings(noun: str, key: int, mappings: int) -> Refusal:
    """409: a destination that segments are mapped to. The code is observed, status and words are inferred."""
    message = f"{noun} {key} has {mappings} mappings. Delete them first."
    return _application(409, "CANNOT_DELETE_ENTITY_WITH_MAPPINGS", message)


def unsupported_media_type(content_type: str) -> Refusal:
    """415: the body is not JSON [client: a form-encoded create is refused so]."""
    return _application(415, "UNSUPPORTED_MEDIA_TYPE", f"Content type '{content_type}' not supported")


def gateway(status: int, error_code: str, message: str) -> Refusal:
    """A response of the I/O gateway in front of aam.adobe.io, which has its own shape."""
    return Refusal(status, {"error_code": error_code, "message": message})


def bearer_required(error: str, description: str) -> Refusal:
    """401 of api.demdex.com [doc: REST API "Getting started"]; the body's form is inferred."""
    challenge = f'Bearer realm="oauth", error="{error}", error_description="{description}"'
    return Refusal(401, {"error": error, "error_description": description}, {"WWW-Authenticate": challenge})


def ims(status: int, error: str, description: str) -> Refusal:
    """A response of IMS (RFC 6749 shape)."""
    return Refusal(status, {"error": error, "error_description": description})
