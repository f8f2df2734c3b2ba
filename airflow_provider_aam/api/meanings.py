"""Which error a response without success is: one table for AAM's codes, one for the gateway's, one for statuses."""

from __future__ import annotations

from typing import NamedTuple

from airflow_provider_aam.api.errors import (
    AAMApiKeyRejected,
    AAMConflict,
    AAMForbidden,
    AAMInvalid,
    AAMLimitReached,
    AAMNoProductProfile,
    AAMNotFound,
    AAMRefused,
    AAMServerError,
    AAMThrottled,
    AAMUnauthorized,
)
from airflow_provider_aam.api.guide import Step
from airflow_provider_aam.api.retry import RETRIED_STATUSES

NOT_MODIFIED = 304


class _Meaning(NamedTuple):
    kind: type[AAMRefused | AAMServerError]
    advice: str
    step: Step | None = None


# Adobe I/O gateway codes (Experience Platform troubleshooting guide; the gateway is shared by all Adobe APIs).
_GATEWAY: dict[str, _Meaning] = {
    "403000": _Meaning(AAMApiKeyRejected, "Put the client id into the Connection's login.", Step.CONNECTION),
    "403003": _Meaning(
        AAMApiKeyRejected,
        "The client id's project does not have the Audience Manager API.",
        Step.ADD_API,
    ),
    "403010": _Meaning(
        AAMForbidden, "The gateway saw no token; does a proxy in between remove the Authorization header?"
    ),
    "403025": _Meaning(
        AAMNoProductProfile,
        "The credential has no Audience Manager product profile, or extra['org_id'] names another organization.",
        Step.PRODUCT_PROFILE,
    ),
}
_CODES: dict[str, _Meaning] = {
    "resource_limit_exceeded": _Meaning(
        AAMLimitReached,
        "The account is full for this kind of object: delete unused ones, or ask Adobe for a higher limit.",
    ),
    "cannot_delete_entity_mapped": _Meaning(AAMConflict, "It is mapped to a destination: remove the mapping first."),
    "cannot_delete_entity_with_mappings": _Meaning(AAMConflict, "It has mappings: remove them first."),
}
_STATUSES: dict[int, _Meaning] = {
    400: _Meaning(AAMInvalid, "Correct the values that AAM names."),
    401: _Meaning(
        AAMUnauthorized,
        "The token is new, so Adobe does not accept this credential for this host: check host, environment and org_id.",
        Step.FIRST_CALL,
    ),
    403: _Meaning(
        AAMForbidden,
        "The technical account lacks this permission. With role-based access control, add it to a group that has it.",
        Step.TECHNICAL_USER,
    ),
    404: _Meaning(AAMNotFound, "It does not exist, or the technical account has no access to it."),
    409: _Meaning(AAMConflict, "An object with the same key already exists, or this one is still in use."),
    415: _Meaning(AAMInvalid, "AAM reads JSON only; does a proxy in between change the request?"),
    429: _Meaning(
        AAMThrottled,
        "Adobe's limits are shared by all users of a Developer Console project: lower extra['max_concurrency'].",
    ),
}
# Not AAMNotFound: with a wrong host, everything would look as if it were gone.
_FOREIGN = _Meaning(
    AAMRefused,
    "This page is not AAM's: put the API's address into the Connection's host, or leave it empty.",
)


_REFUSED_BEFORE = _Meaning(
    AAMForbidden,
    "This page is not AAM's: Adobe's gateway, or a proxy in between, refused the request. Check the Connection's host, "
    "login (client id) and proxies.",
)


def meaning_of(
    status: int, code: str, *, from_aam: bool, is_page: bool = False
) -> tuple[type[AAMRefused | AAMServerError], str]:
    """The error, and what to do next. ``is_page``: it is a web page."""
    kind, advice, step = _find(status, code, from_aam=from_aam, is_page=is_page)
    return kind, f"{advice} {step.pointer}" if step else advice


def _find(status: int, code: str, *, from_aam: bool, is_page: bool) -> _Meaning:
    if code in _GATEWAY and status in (401, 403):
        return _GATEWAY[code]
    if code in _CODES and 400 <= status < 500:
        return _CODES[code]
    if status == 404 and not from_aam:
        return _FOREIGN
    if status == 403 and is_page:
        return _REFUSED_BEFORE
    return _STATUSES.get(status) or _by_class(status)


def _by_class(status: int) -> _Meaning:
    if status in RETRIED_STATUSES or status >= 500:
        return _Meaning(AAMServerError, "Adobe's side failed, not the request.")
    if 300 <= status < 400 and status != NOT_MODIFIED:
        return _Meaning(AAMRefused, "AAM redirects to another address: put the right one into the Connection's host.")
    return _Meaning(AAMRefused, "AAM does not document this response; is the Connection's host the API's address?")
