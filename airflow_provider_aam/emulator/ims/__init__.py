"""Where tokens come from: IMS (JWT exchange, server-to-server) and AAM's own legacy OAuth."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_provider_aam.emulator.core.call import Route
from airflow_provider_aam.emulator.core.service import Service
from airflow_provider_aam.emulator.ims.jwt_exchange import exchange_jwt
from airflow_provider_aam.emulator.ims.legacy import legacy_token
from airflow_provider_aam.emulator.ims.server_to_server import server_to_server_token

if TYPE_CHECKING:
    from collections.abc import Callable

    from airflow_provider_aam.emulator.core.call import Call, Reply


def _route(path: str, handler: Callable[[Call], Reply], about: str) -> Route:
    return Route("POST", path, handler, about, bearer=False)


SERVICE = Service(
    tag="IMS",
    about="Where tokens come from: Adobe IMS, and AAM's own legacy OAuth.",
    routes=(
        _route("/ims/exchange/jwt", exchange_jwt, "IMS: a signed JWT for an access token (expires_in in milliseconds)"),
        _route("/ims/token/v3", server_to_server_token, "IMS: client credentials for an access token"),
        _route("/ims/token/v2", server_to_server_token, "IMS: the same, older path"),
        _route("/oauth/token", legacy_token, "AAM's own OAuth: password and refresh grants"),
    ),
)
