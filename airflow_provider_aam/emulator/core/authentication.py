"""Who is calling, by the header rules of the host that is being called."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_provider_aam.emulator.core.refusals import Refusal, access_denied, bearer_required, gateway
from airflow_provider_aam.emulator.core.state import LEGACY_USER_ID, TECHNICAL_USER_ID

if TYPE_CHECKING:
    from airflow_provider_aam.emulator.core.call import Call
    from airflow_provider_aam.emulator.core.tokens import Token


def authenticate(call: Call) -> None:
    """Put the token and the user id into `call`, or raise what that host answers."""
    value = _bearer(call)
    token = call.state.tokens.access.get(value) if value else None
    if token is not None:
        call.recorded.token_kind = token.kind
    if _rules(call, token) == "gateway":
        call.token = _at_gateway(call, value, token)
    else:
        call.token = _at_demdex(call, value, token)
    call.user_id = LEGACY_USER_ID if call.token.kind == "legacy" else TECHNICAL_USER_ID


def expired(call: Call) -> Refusal:
    """Return the 401 of an expired token, in the form of the host being called."""
    value = _bearer(call)
    if _rules(call, call.state.tokens.access.get(value)) == "gateway":
        return gateway(401, "401013", "Oauth token is not valid")
    return bearer_required("invalid_token", f"Access token expired: {value}")


def hidden(call: Call) -> bool:
    """Whether role-based access hides every object: the technical account is in no group yet.

    Tokens of legacy OAuth belong to an AAM user, who has groups of their own.
    """
    state = call.state
    if not state.settings.rbac or call.token is None or call.token.kind == "legacy":
        return False
    account = state.collections["users"].rows.get(TECHNICAL_USER_ID)
    return account is None or not account["groups"]


def require_access(call: Call) -> None:
    """403 unless the caller may see and change objects."""
    if hidden(call):
        raise access_denied()


def _bearer(call: Call) -> str:
    scheme, _, value = call.headers.get("authorization", "").partition(" ")
    return value.strip() if scheme.casefold() == "bearer" else ""


def _rules(call: Call, token: Token | None) -> str:
    if call.host is not None:
        return call.host
    setting = call.state.settings.host_rules
    if setting != "auto":
        return setting
    if token is not None and token.kind == "legacy":
        return "demdex"
    return "gateway" if "x-api-key" in call.headers else "demdex"


def _at_gateway(call: Call, value: str, token: Token | None) -> Token:
    """Check in the order key, token, project, profile; the order is inferred, the responses are documented."""
    state, credentials = call.state, call.state.credentials
    api_key = call.headers.get("x-api-key", "")
    if not api_key:
        raise gateway(403, "403000", "Api Key is required")
    if not value:
        raise gateway(403, "403010", "Oauth token is missing.")
    if api_key != credentials.client_id:
        raise gateway(403, "403003", "Api Key is invalid")
    if token is None or token.kind == "legacy" or token.expires_at_s <= state.clock.now_s():
        raise gateway(401, "401013", "Oauth token is not valid")
    if not state.settings.api_in_project:
        raise gateway(403, "403003", "Api Key is invalid")
    if not state.settings.product_profile or _wrong_organisation(call):
        raise gateway(403, "403025", "Profile is not valid")
    return token


def _at_demdex(call: Call, value: str, token: Token | None) -> Token:
    """No API key is asked for. That IMS tokens without a product profile get a plain 403 is inferred."""
    if not value:
        raise bearer_required("unauthorized", "Full authentication is required to access this resource")
    if token is None:
        raise bearer_required("invalid_token", f"Invalid access token: {value}")
    if token.expires_at_s <= call.state.clock.now_s():
        raise bearer_required("invalid_token", f"Access token expired: {value}")
    if token.kind != "legacy" and (not call.state.settings.product_profile or _wrong_organisation(call)):
        raise access_denied()
    return token


def _wrong_organisation(call: Call) -> bool:
    organisation = call.headers.get("x-gw-ims-org-id")
    return organisation is not None and organisation != call.state.credentials.org_id
