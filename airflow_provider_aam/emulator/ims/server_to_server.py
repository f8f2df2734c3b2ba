"""POST /ims/token/v3: client id, secret and scopes for a token [doc: Server-to-Server authentication]."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_provider_aam.emulator.core.call import Reply, json_reply
from airflow_provider_aam.emulator.core.refusals import ims
from airflow_provider_aam.emulator.ims.clients import check_client_id, check_client_secret, mint
from airflow_provider_aam.emulator.ims.parameters import token_parameters

if TYPE_CHECKING:
    from airflow_provider_aam.emulator.core.call import Call


def server_to_server_token(call: Call) -> Reply:
    """Answer with a token; `expires_in` is in seconds. Errors about grant and scope are inferred from RFC 6749."""
    state, given = call.state, token_parameters(call)
    grant = given.get("grant_type", "")
    if not grant:
        raise ims(400, "invalid_request", "grant_type parameter is missing")
    if grant != "client_credentials":
        raise ims(400, "unsupported_grant_type", f"grant_type {grant} is not supported")
    check_client_id(state, given.get("client_id", ""))
    if not state.settings.server_to_server_enabled:
        raise ims(400, "unauthorized_client", "The client is not authorized for grant type client_credentials")
    check_client_secret(state, given.get("client_secret", ""), status=400)
    asked = {scope for scope in given.get("scope", "").replace(",", " ").split() if scope}
    granted = state.settings.granted_scopes
    if not asked or not asked <= set(state.credentials.scopes if granted is None else granted):
        raise ims(400, "invalid_scope", "scope parameter is missing or holds a scope the credential does not have")
    token, lifetime_s = mint(state, "server_to_server")
    return json_reply({"access_token": token.value, "token_type": "bearer", "expires_in": lifetime_s})
