"""POST /ims/exchange/jwt: a signed JWT for a token.

Statuses and `error` are documented, the descriptions observed where a client prints them [doc: adobeio-auth, JWT].
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import jwt

from airflow_provider_aam.emulator.core.call import Reply, json_reply
from airflow_provider_aam.emulator.core.refusals import ims
from airflow_provider_aam.emulator.ims.clients import check_client_id, check_client_secret, mint
from airflow_provider_aam.emulator.ims.parameters import token_parameters

if TYPE_CHECKING:
    from airflow_provider_aam.emulator.core.call import Call
    from airflow_provider_aam.emulator.core.state import State

UNDECODABLE = "JWT token is incorrectly formatted, and can not be decoded."
NO_MATCH = "Could not match JWT signature to any of the bindings"
BAD_SCOPE = "The metascopes in the JWT are not a subset of the metascopes in the binding."


def exchange_jwt(call: Call) -> Reply:
    """Answer with a token; `expires_in` is in milliseconds here and only here [client]."""
    state, given = call.state, token_parameters(call)
    client_id = given.get("client_id", "")
    check_client_id(state, client_id)
    check_client_secret(state, given.get("client_secret", ""), status=401)
    _check_credential(state)
    claims = _verified_claims(state, given.get("jwt_token", ""))
    _check_claims(state, client_id, claims)
    _check_metascopes(state, claims)
    token, lifetime_s = mint(state, "jwt")
    return json_reply({"token_type": "bearer", "access_token": token.value, "expires_in": lifetime_s * 1000})


def _check_credential(state: State) -> None:
    """What became of JWT credentials. `migrated` is the one observed answer, `eol` is inferred."""
    match state.settings.credential_mode:
        case "migrated":
            raise ims(500, "internal_error", "Please try again later")
        case "eol":
            raise ims(400, "invalid_client", "invalid client_id parameter")
    if not state.settings.jwt_enabled:
        raise ims(401, "invalid_client", "The client does not have the exchange_jwt scope.")


def _verified_claims(state: State, token: str) -> dict[str, Any]:
    try:
        algorithm = jwt.get_unverified_header(token).get("alg")
        unverified = jwt.decode(token, options={"verify_signature": False, "verify_exp": False})
    except (jwt.InvalidTokenError, ValueError):
        raise ims(400, "invalid_token", UNDECODABLE) from None
    if algorithm != "RS256":
        raise ims(400, "invalid_signature", f"The algorithm {algorithm} does not match the binding.")
    if state.settings.certificate_expired:
        raise ims(400, "invalid_token", NO_MATCH)
    try:
        jwt.PyJWS().decode(token, state.credentials.public_key, algorithms=["RS256"])
    except jwt.InvalidTokenError:
        raise ims(400, "invalid_token", NO_MATCH) from None
    return unverified


def _check_claims(state: State, client_id: str, claims: dict[str, Any]) -> None:
    credentials = state.credentials
    for name in ("exp", "jti"):
        if name in claims and (isinstance(claims[name], bool) or not isinstance(claims[name], int)):
            raise ims(400, "invalid_token", f"The {name} claim is not an integer.")
    for name, expected in (("iss", credentials.org_id), ("sub", credentials.technical_account_id)):
        if claims.get(name) != expected:
            raise ims(400, "bad_request", f"The {name} claim is missing or not valid.")
    if "exp" not in claims:
        raise ims(400, "bad_request", "The exp claim is missing.")
    if claims["exp"] <= state.clock.now_s():
        raise ims(400, "invalid_token", "The JWT token has expired.")
    if claims.get("aud") != f"{state.settings.ims_audience}/c/{client_id}":
        raise ims(400, "invalid_client", "The client_id does not match the aud claim.")
    if "jti" in claims:
        if claims["jti"] in state.seen_jtis:
            raise ims(400, "invalid_token", "The jti claim has been used before.")
        state.seen_jtis.add(claims["jti"])


def _check_metascopes(state: State, claims: dict[str, Any]) -> None:
    prefix = f"{state.settings.ims_audience}/s/"
    asked = {name.removeprefix(prefix) for name, value in claims.items() if name.startswith(prefix) and value is True}
    if not asked or not asked <= {state.credentials.metascope}:
        raise ims(400, "invalid_scope", BAD_SCOPE)
