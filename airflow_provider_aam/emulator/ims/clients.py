"""The checks on client id and secret that every IMS grant makes, and minting."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_provider_aam.emulator.core.refusals import ims

if TYPE_CHECKING:
    from airflow_provider_aam.emulator.core.state import State
    from airflow_provider_aam.emulator.core.tokens import Grant, Token

DAY_S = 86_399
LEGACY_S = 21_922


def check_client_id(state: State, client_id: str) -> None:
    """400 for an id that nobody has."""
    if client_id != state.credentials.client_id:
        raise ims(400, "invalid_client", "invalid client_id parameter")


def check_client_secret(state: State, secret: str, *, status: int) -> None:
    """Refuse a wrong secret. A credential may have two, so that one can be rotated while the other works."""
    valid = (state.credentials.client_secret, state.settings.second_client_secret)
    if not secret or secret not in valid:
        raise ims(status, "invalid_client", "invalid client_secret parameter")


def mint(state: State, kind: Grant) -> tuple[Token, int]:
    """Return a new token and its lifetime in seconds."""
    lifetime_s = state.settings.token_lifetime_s
    if lifetime_s is None:
        lifetime_s = LEGACY_S if kind == "legacy" else DAY_S
    return state.tokens.mint(kind, state.clock.now_s() + lifetime_s), lifetime_s
