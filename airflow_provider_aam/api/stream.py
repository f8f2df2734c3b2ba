"""``client.stream``: many changes of profiles in one request to the Customer Data API [doc: its OpenAPI file]."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from airflow_provider_aam.api.answers import UNREADABLE, is_success
from airflow_provider_aam.api.credentials import LegacyCredential
from airflow_provider_aam.api.errors import (
    AAMArgumentError,
    AAMBadAnswer,
    AAMConfigError,
    AAMForbidden,
    AAMInvalid,
    AAMServerError,
    Fate,
)
from airflow_provider_aam.api.session import AAMSession
from airflow_provider_aam.api.transport import Answer, Request
from airflow_provider_aam.api.visible import one_line

LARGEST_BODY_BYTES = 95_000
"""Adobe says 100K and not whether that is 100,000 or 102,400 [inferred: this leaves room for either]."""
_STREAM_ID = re.compile(r"[a-zA-Z0-9.,+\-$_*!()]+")
_ELSEWHERE = (".", "..")
_REFUSED = frozenset({"BAD_REQUEST", "BAD_DATA"})
_BAD_REQUEST = 400
NO_REASON = "NO_REASON"


@dataclass(frozen=True)
class Fault:
    """What AAM has against an operation. ``code`` is a DCS error code, or a word of ours."""

    code: int | str
    message: str


class _Operation(msgspec.Struct):
    operationIndex: int  # noqa: N815  the wire's name
    details: list[dict[str, Any]] | None = None


class _Body(msgspec.Struct):
    status: str | None = None
    transactionId: str | None = None  # noqa: N815  the wire's name
    errors: list[_Operation] | None = None


_decode = msgspec.json.Decoder(_Body, strict=False).decode


@dataclass(frozen=True, kw_only=True)
class Reply:
    """``faults`` by the operation's place in the request, from 0; no list is empty.

    ``refused``: no other operation was done either. ``transaction_id`` is what Adobe's support asks for.
    """

    transaction_id: str | None
    faults: Mapping[int, Sequence[Fault]]
    refused: bool = False

    def refusal(self, fault: Fault, where: str) -> AAMForbidden:
        """The error of a fault that all operations have, met first at ``where``."""
        return AAMForbidden(
            f"AAM refuses operations with code {fault.code}: {fault.message}, first at {where} (transaction "
            f"{one_line(str(self.transaction_id))}). Check data_source and target_data_source, that the data source is "
            "this account's, domain_alias if given, and the Connection's org_id.",
            status=200,
            code=str(fault.code),
            reason=fault.message,
        )


def build_body(tracing_id: str, operations: Sequence[bytes]) -> bytes:
    """The request's body of operations that are JSON already."""
    return b'{"tracing_id":' + msgspec.json.encode(tracing_id) + b',"ops":[' + b",".join(operations) + b"]}"


def require_ims(session: AAMSession, what: str) -> None:
    """The Customer Data API knows tokens of IMS alone, and wants the organization named.

    Raises :class:`AAMConfigError`.
    """
    credential = session.sender.credential
    if isinstance(credential, LegacyCredential):
        text = f"{what} needs a credential of the Developer Console: auth 'legacy_oauth' does not reach Adobe's gateway"
        raise AAMConfigError.from_problems("the AAM Connection", [text])
    if not credential.org_id:
        text = f"extra['org_id'] is missing: {what} sends it with every request (…@AdobeOrg)"
        raise AAMConfigError.from_problems("the AAM Connection", [text])


class Stream:
    def __init__(self, session: AAMSession) -> None:
        self._session = session

    def check(self, stream_id: str) -> None:
        """Raises :class:`AAMConfigError` and :class:`AAMArgumentError` for what no request can be made of."""
        require_ims(self._session, "the Customer Data API")
        if not _STREAM_ID.fullmatch(stream_id) or stream_id in _ELSEWHERE:
            raise AAMArgumentError(
                f"stream_id is “{one_line(stream_id)}”; expected letters, digits and . , + - $ _ * ! ( ) alone."
            )

    def send(self, stream_id: str, operations: Sequence[bytes], *, tracing_id: str) -> Reply:
        """One request; what became of each of ``operations``, JSON objects of together :data:`LARGEST_BODY_BYTES`.

        A request whose fate is unknown is sent again: operations have the same effect twice [inferred]. Raises
        :class:`AAMInvalid` where AAM refuses all of them without naming one.
        """
        self.check(stream_id)
        body = msgspec.Raw(build_body(tracing_id, operations))
        request = self._session.build_request("POST", f"stream/{stream_id}", params=None, body=body)
        return self._session.sender.send(
            request,
            replayable=True,
            read=lambda answer: _read(request, answer.body, len(operations)),
            is_good=_is_readable,
        )


def _is_readable(answer: Answer) -> bool:
    """A 400 that says which operations are wrong is an answer like any other [inferred: that it has this shape]."""
    if answer.status != _BAD_REQUEST:
        return is_success(answer)
    try:
        return bool(_decode(answer.body).errors)
    except UNREADABLE:
        return False


def _read(request: Request, raw: bytes, count: int) -> Reply:
    try:
        body = _decode(raw)
        faults: dict[int, list[Fault]] = {}
        for each in body.errors or ():
            faults.setdefault(each.operationIndex - 1, []).extend(_faults(each.details or ()))
    except (*UNREADABLE, TypeError, ValueError) as foreign:
        raise _unexpected(request, f"a response of another shape ({one_line(str(foreign))})") from foreign
    status = (body.status or "").upper()
    note = f" Transaction {one_line(body.transactionId)}." if body.transactionId else ""
    if faults.keys() - range(count):
        raise _unexpected(request, f"an error about operation {max(faults) + 1} of {count}.{note}")
    if status == "INTERNAL_ERROR":
        raise AAMServerError(f"{request}: AAM reports an internal error.{note}", status=500, code=status)
    if status == "UNAUTHORIZED":
        raise AAMForbidden(f"{request}: AAM reports that this is not authorized.{note}", status=403, code=status)
    if not faults and status in _REFUSED:
        raise AAMInvalid(f"{request}: {status} without naming an operation.{note}", status=_BAD_REQUEST, code=status)
    if not faults and status != "SUCCESS":
        raise _unexpected(request, f"status “{one_line(status)}” without naming an operation.{note}")
    return Reply(transaction_id=body.transactionId, faults=faults, refused=status in _REFUSED)


def _faults(details: Sequence[Mapping[str, Any]]) -> Sequence[Fault]:
    told = [Fault(_code(each.get("errorCode")), one_line(str(each.get("message") or "no text"))) for each in details]
    return told or [Fault(NO_REASON, "the response names the operation, and no error")]


def _code(given: Any) -> int | str:
    return NO_REASON if given is None else int(given)


def _unexpected(request: Request, found: str) -> AAMBadAnswer:
    return AAMBadAnswer(f"{request}: expected what became of each operation, found {found}", fate=Fate.UNKNOWN)
