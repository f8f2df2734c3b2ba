"""Where tokens come from: IMS (JWT exchange, server-to-server) and AAM's own legacy OAuth."""

from __future__ import annotations

from airflow_provider_aam.emulator.core.call import Route
from airflow_provider_aam.emulator.ims.jwt_exchange import exchange_jwt
from airflow_provider_aam.emulator.ims.legacy import legacy_token
from airflow_provider_aam.emulator.ims.server_to_server import server_to_server_token


def _route(path: str, handler: object, about: str) -> Route:
    return Route(method="POST", path=path, handler=handler, tag="IMS", about=about, bearer=False)  # type: ignore[arg-type]


ROUTES = (
    _route("/ims/exchange/jwt", exchange_jwt, "IMS: a signed JWT for an access token (expires_in in milliseconds)"),
    _route("/ims/token/v3", server_to_server_token, "IMS: client credentials for an access token"),
    _route("/ims/token/v2", server_to_server_token, "IMS: the same, older path"),
    _route("/oauth/token", legacy_token, "AAM's own OAuth: password and refresh grants"),
)
