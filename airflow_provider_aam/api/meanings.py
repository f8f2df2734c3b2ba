"""Which error a response without success is: one table for AAM's codes, one for the gateway's, one for statuses."""

from __future__ import annotations

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

# Adobe I/O gateway codes (Experience Platform troubleshooting guide; the gateway is shared by all Adobe APIs).
_GATEWAY: dict[str, tuple[type[AAMRefused], str]] = {
    "403000": (AAMApiKeyRejected, f"Put the client id into the Connection's login. {Step.CONNECTION.pointer}"),
    "403003": (
        AAMApiKeyRejected,
        f"The client id's project does not have the Audience Manager API. {Step.ADD_API.pointer}",
    ),
    "403010": (AAMForbidden, "The gateway saw no token; does a proxy in between remove the Authorization header?"),
    "403025": (
        AAMNoProductProfile,
        "The credential has no Audience Manager product profile, or extra['org_id'] names another organization. "
        + Step.PRODUCT_PROFILE.pointer,
    ),
}
_CODES: dict[str, tuple[type[AAMRefused], str]] = {
    "resource_limit_exceeded": (
        AAMLimitReached,
        "The account is full for this kind of object: delete unused ones, or ask Adobe for a higher limit.",
    ),
    "cannot_delete_entity_mapped": (AAMConflict, "It is mapped to a destination: remove the mapping first."),
    "cannot_delete_entity_with_mappings": (AAMConflict, "It has mappings: remove them first."),
}
_STATUSES: dict[int, tuple[type[AAMRefused], str]] = {
    400: (AAMInvalid, "Correct the values that AAM names."),
    401: (
        AAMUnauthorized,
        "The token is new, so Adobe does not accept this credential for this host: check host, environment and org_id. "
        + Step.FIRST_CALL.pointer,
    ),
    403: (
        AAMForbidden,
        "The technical account lacks this permission. With role-based access control, add it to a group that has it. "
        + Step.TECHNICAL_USER.pointer,
    ),
    404: (AAMNotFound, "It does not exist, or the technical account has no access to it."),
    409: (AAMConflict, "An object with the same key already exists, or this one is still in use."),
    415: (AAMInvalid, "AAM reads JSON only; does a proxy in between change the request?"),
    429: (
        AAMThrottled,
        "Adobe's limits are shared by all users of a Developer Console project: lower extra['max_concurrency'].",
    ),
}
# Not AAMNotFound: with a wrong host, everything would look as if it were gone.
_FOREIGN: tuple[type[AAMRefused], str] = (
    AAMRefused,
    "This page is not AAM's: put the API's address into the Connection's host, or leave it empty.",
)


def meaning_of(status: int, code: str, *, from_aam: bool) -> tuple[type[AAMRefused | AAMServerError], str]:
    """The error, and what to do next."""
    if code in _GATEWAY and status in (401, 403):
        return _GATEWAY[code]
    if code in _CODES and 400 <= status < 500:
        return _CODES[code]
    if status == 404 and not from_aam:
        return _FOREIGN
    return _STATUSES.get(status) or _by_class(status)


def _by_class(status: int) -> tuple[type[AAMRefused | AAMServerError], str]:
    if status in RETRIED_STATUSES or status >= 500:
        return AAMServerError, "Adobe's side failed, not the request."
    if 300 <= status < 400 and status != NOT_MODIFIED:
        return AAMRefused, "AAM redirects to another address: put the right one into the Connection's host."
    return AAMRefused, "AAM does not document this response; is the Connection's host the API's address?"
