"""The Connection's ``extra``: names, types, defaults, and what to say about a value of the wrong kind."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, ValidationError

from airflow_provider_aam.api.names import nearest

IMS_URL = "https://ims-na1.adobelogin.com"
JWT_METASCOPES = ("ent_audiencemanagerplatform_sdk",)
# Adobe publishes no scope list for AAM; the Developer Console shows each credential's own. This is our reading of the
# scopes that Adobe's clients ask for [inferred], which is why the Connection's `scopes` overrides it.
SERVER_TO_SERVER_SCOPES = (
    "openid",
    "AdobeID",
    "read_organizations",
    "additional_info.projectedProductContext",
    "audiencemanager_api",
)


def _split_list(value: object) -> object:
    return value.replace(",", " ").split() if isinstance(value, str) else value


def _read_switch(value: object) -> object:
    words = {"true": True, "false": False}
    return words.get(value.strip().lower(), value) if isinstance(value, str) else value


def _read_json(value: object) -> object:
    try:
        return json.loads(value) if isinstance(value, str) else value
    except ValueError:
        return value


# Airflow 2.11's form gives text for every field.
Names = Annotated[tuple[str, ...], BeforeValidator(_split_list), Field(min_length=1)]
Switch = Annotated[bool | str, BeforeValidator(_read_switch)]
JsonTexts = Annotated[dict[str, str], BeforeValidator(_read_json)]
# Without @: messages name the host, and a password in front of it would be named too.
Url = Annotated[str, Field(pattern=r"^https?://[!-.0-?A-~]+(/[!-~]*)?$")]


class Extra(BaseModel):
    """The names, types and defaults that `docs/connection.md` lists."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True, str_strip_whitespace=True)

    auth: Literal["oauth_server_to_server", "jwt", "legacy_oauth"] | None = None
    environment: Literal["production", "beta"] = "production"
    org_id: Annotated[str, Field(pattern=r"^[!-?A-~]+@AdobeOrg$")] | None = None
    technical_account_id: Annotated[str, Field(pattern=r"^[!-?A-~]+@techacct\.adobe\.com$")] | None = None
    private_key: SecretStr | None = None
    private_key_path: str | None = None
    private_key_passphrase: SecretStr | None = None
    metascopes: Names = JWT_METASCOPES
    scopes: Names = SERVER_TO_SERVER_SCOPES
    ims_url: Url | None = None
    ims_audience: Url = IMS_URL
    stream_url: Url | None = None
    dcs_url: Url | None = None
    username: str | None = None
    user_password: SecretStr | None = None
    timeout_s: Annotated[float, Field(gt=0, le=3600)] = 60.0
    max_attempts: Annotated[int, Field(ge=1, le=50)] = 5
    max_concurrency: Annotated[int, Field(ge=1, le=64)] = 32
    verify: Switch = True
    proxies: Annotated[JsonTexts | None, Field(repr=False)] = None

    @property
    def effective_auth(self) -> str:
        if self.auth is not None:
            return self.auth
        return "jwt" if self.private_key or self.private_key_path else "oauth_server_to_server"


EXTRA_KEYS = tuple(Extra.model_fields)

_ADVICE = {
    "auth": "one of oauth_server_to_server, jwt, legacy_oauth",
    "environment": "production or beta",
    "org_id": "the IMS organization id, like 1234ABCD@AdobeOrg",
    "technical_account_id": "the technical account's id, like 1234ABCD@techacct.adobe.com (not its e-mail address)",
    "metascopes": "a list of names, or one text with commas",
    "scopes": "a list of names, or one text with commas, as the Developer Console shows them",
    "ims_url": f"an http(s) address without user name and password, like {IMS_URL}",
    "stream_url": "an http(s) address without user name and password, like https://dmp-data.adobe.io",
    "dcs_url": "an http(s) address without user name and password, like https://use.demdex.net",
    "ims_audience": f"an http(s) address without user name and password, like {IMS_URL}",
    "timeout_s": "a number of seconds, above 0 and up to 3600",
    "max_attempts": "an integer from 1 to 50",
    "max_concurrency": "an integer from 1 to 64",
    "verify": "true, false, or the path of a CA bundle",
    "proxies": 'a JSON object, like {"https": "http://proxy.example:3128"}',
}


def read_extra(given: Mapping[str, Any]) -> tuple[Extra, list[str]]:
    """What can be read, defaults for the rest, and a problem for each value or key that cannot be used."""
    known = {key: value for key, value in given.items() if key in EXTRA_KEYS}
    problems = _unknown_keys([key for key in given if key not in EXTRA_KEYS])
    try:
        return Extra.model_validate(known), problems
    except ValidationError as invalid:
        bad = list(dict.fromkeys(str(error["loc"][0]) for error in invalid.errors(include_input=False)))
    problems += [f"extra[{key!r}] must be {_ADVICE.get(key, 'text')}" for key in bad]
    return Extra.model_validate({key: value for key, value in known.items() if key not in bad}), problems


def _unknown_keys(unknown: list[str]) -> list[str]:
    problems = []
    for key in unknown:
        near = nearest(str(key), EXTRA_KEYS)
        problems.append(f"extra has the unknown key {key!r}" + (f": did you mean {near!r}?" if near else ""))
    if problems:
        problems[-1] += f" Known keys: {', '.join(EXTRA_KEYS)}"
    return problems
