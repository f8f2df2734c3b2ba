"""What a Connection says, checked as a whole: every problem is found before anything is asked of Adobe."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, ValidationError

from airflow_provider_aam.api.credentials import Credential, JwtCredential, LegacyCredential, ServerToServerCredential
from airflow_provider_aam.api.errors import AAMConfigError

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
GATEWAY_HOSTS = {"production": "https://aam.adobe.io", "beta": "https://aam-beta.adobe.io"}
# Tokens of legacy OAuth are only known to the API's own host, not to Adobe's gateway in front of it.
LEGACY_HOSTS = {"production": "https://api.demdex.com", "beta": "https://api-beta.demdex.com"}


@dataclass(frozen=True, kw_only=True)
class AAMConfig:
    """Everything a client needs to know. Build it with :meth:`from_connection`."""

    credential: Credential
    base_url: str
    token_url: str
    timeout_s: float = 60.0
    max_attempts: int = 5
    max_concurrency: int = 4
    verify: bool | str = True
    proxies: Mapping[str, str] | None = field(default=None, repr=False)

    @classmethod
    def from_connection(
        cls,
        *,
        login: str | None,
        password: str | None,
        host: str | None = None,
        extra: Mapping[str, Any] | None = None,
        name: str = "the AAM Connection",
    ) -> AAMConfig:
        """Check all parts together. Raises :class:`AAMConfigError` that names every problem and no secret.

        Blank values count as absent: Airflow's form sends every field that the user left empty.
        """
        given = {key: value for key, value in (extra or {}).items() if not _is_blank(value)}
        problems = _unknown_keys(given)
        known = {key: value for key, value in given.items() if key in EXTRA_KEYS}
        try:
            options = _Extra.model_validate(known)
        except ValidationError as invalid:
            problems += [_describe(error) for error in invalid.errors(include_url=False, include_input=False)]
            readable = {key: value for key, value in known.items() if key not in _bad_keys(invalid)}
            options = _Extra.model_validate(readable)
        base_url, host_problem = _read_host(host)
        problems += host_problem
        problems += _missing(options, login=login, password=password, already=problems)
        if problems:
            raise AAMConfigError.from_problems(name, problems)
        return _assemble(cls, options, login=login or "", password=password or "", base_url=base_url)


def _split_list(value: object) -> object:
    return value.replace(",", " ").split() if isinstance(value, str) else value


def _is_blank(value: object) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


Names = Annotated[tuple[str, ...], BeforeValidator(_split_list)]
Url = Annotated[str, Field(pattern=r"^https?://[^/\s]+(/\S*)?$")]


class _Extra(BaseModel):
    """The Connection's ``extra``: the names, types and defaults that `docs/connection.md` lists."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True, str_strip_whitespace=True)

    auth: Literal["oauth_server_to_server", "jwt", "legacy_oauth"] | None = None
    environment: Literal["production", "beta"] = "production"
    org_id: Annotated[str, Field(pattern=r"^\S+@AdobeOrg$")] | None = None
    technical_account_id: Annotated[str, Field(pattern=r"^\S+@techacct\.adobe\.com$")] | None = None
    private_key: SecretStr | None = None
    private_key_path: str | None = None
    private_key_passphrase: SecretStr | None = None
    metascopes: Names = JWT_METASCOPES
    scopes: Names = SERVER_TO_SERVER_SCOPES
    ims_url: Url | None = None
    ims_audience: Url = IMS_URL
    username: str | None = None
    user_password: SecretStr | None = None
    timeout_s: Annotated[float, Field(gt=0, allow_inf_nan=False)] = 60.0
    max_attempts: Annotated[int, Field(ge=1, le=50)] = 5
    max_concurrency: Annotated[int, Field(ge=1, le=64)] = 4
    verify: bool | str = True
    proxies: dict[str, str] | None = None

    @property
    def effective_auth(self) -> str:
        if self.auth is not None:
            return self.auth
        return "jwt" if self.private_key or self.private_key_path else "oauth_server_to_server"


EXTRA_KEYS = tuple(_Extra.model_fields)

_ADVICE = {
    "auth": "one of oauth_server_to_server, jwt, legacy_oauth",
    "environment": "production or beta",
    "org_id": "the IMS organisation id, like 1234ABCD@AdobeOrg",
    "technical_account_id": "the technical account's id, like 1234ABCD@techacct.adobe.com (not its e-mail address)",
    "metascopes": "a list of names, or one text with commas",
    "scopes": "a list of names, or one text with commas, as the Developer Console shows them",
    "ims_url": f"an http(s) address, like {IMS_URL}",
    "ims_audience": f"an http(s) address, like {IMS_URL}",
    "timeout_s": "a number of seconds above 0",
    "max_attempts": "a whole number from 1 to 50",
    "max_concurrency": "a whole number from 1 to 64",
    "verify": "true, false, or the path of a CA bundle",
    "proxies": 'a JSON object, like {"https": "http://proxy.example:3128"}',
}


def _unknown_keys(given: Mapping[str, Any]) -> list[str]:
    problems = []
    for key in given:
        if key not in EXTRA_KEYS:
            near = difflib.get_close_matches(str(key), EXTRA_KEYS, n=1, cutoff=0.6)
            hint = f"did you mean {near[0]!r}? " if near else ""
            problems.append(f"extra has the unknown key {key!r}: {hint}Known keys: {', '.join(EXTRA_KEYS)}")
    return problems


def _bad_keys(invalid: ValidationError) -> set[object]:
    return {error["loc"][0] for error in invalid.errors()}


def _describe(error: Any) -> str:
    key = str(error["loc"][0])
    return f"extra[{key!r}] must be {_ADVICE.get(key, 'text')}"


def _read_host(host: str | None) -> tuple[str | None, list[str]]:
    if _is_blank(host) or host is None:
        return None, []
    url = host.strip().rstrip("/")
    if "://" not in url:
        url = f"https://{url}"
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.netloc or parts.query or parts.fragment:
        return None, ["host must be the API's address, like https://aam.adobe.io, or be left empty"]
    if "@" in parts.netloc:
        return None, ["host must not hold a user name or password; they go in login and password"]
    return url.removesuffix("/v1"), []


def _missing(options: _Extra, *, login: str | None, password: str | None, already: list[str]) -> list[str]:
    problems = []
    if _is_blank(login):
        problems.append("login is empty: it holds the client id (the Developer Console also calls it API key)")
    if _is_blank(password):
        problems.append("password is empty: it holds the client secret")
    check = {"jwt": _missing_for_jwt, "legacy_oauth": _missing_for_legacy}.get(options.effective_auth)
    if check is not None:
        problems += [problem for key, problem in check(options) if not any(f"extra[{key!r}]" in p for p in already)]
    return problems


def _missing_for_jwt(options: _Extra) -> list[tuple[str, str]]:
    problems = []
    if options.org_id is None:
        problems.append(("org_id", "extra['org_id'] is missing: auth 'jwt' signs it as the issuer (…@AdobeOrg)"))
    if options.technical_account_id is None:
        text = "extra['technical_account_id'] is missing: auth 'jwt' signs it as the subject (…@techacct.adobe.com)"
        problems.append(("technical_account_id", text))
    if options.private_key is None and options.private_key_path is None:
        text = "extra['private_key'] (PEM text) or extra['private_key_path'] is missing: auth 'jwt' signs with it"
        problems.append(("private_key", text))
    if options.private_key is not None and options.private_key_path is not None:
        problems.append(("private_key", "extra has both 'private_key' and 'private_key_path': keep one"))
    if options.private_key_path is not None and not Path(options.private_key_path).is_file():
        text = f"extra['private_key_path']: there is no file {options.private_key_path!r} on this machine"
        problems.append(("private_key_path", text))
    return problems


def _missing_for_legacy(options: _Extra) -> list[tuple[str, str]]:
    return [
        (key, f"extra[{key!r}] is missing: auth 'legacy_oauth' signs in as an AAM user")
        for key in ("username", "user_password")
        if getattr(options, key) is None
    ]


def _assemble(cls: type[AAMConfig], options: _Extra, *, login: str, password: str, base_url: str | None) -> AAMConfig:
    auth = options.effective_auth
    hosts = LEGACY_HOSTS if auth == "legacy_oauth" else GATEWAY_HOSTS
    base_url = base_url or hosts[options.environment]
    default_token_url = base_url if auth == "legacy_oauth" else IMS_URL
    return cls(
        credential=_build_credential(auth, options, client_id=login.strip(), client_secret=password.strip()),
        base_url=base_url,
        token_url=(options.ims_url or default_token_url).rstrip("/"),
        timeout_s=options.timeout_s,
        max_attempts=options.max_attempts,
        max_concurrency=options.max_concurrency,
        verify=options.verify,
        proxies=options.proxies,
    )


def _build_credential(auth: str, options: _Extra, *, client_id: str, client_secret: str) -> Credential:
    if auth == "jwt":
        return JwtCredential(
            client_id=client_id,
            client_secret=client_secret,
            org_id=options.org_id or "",
            technical_account_id=options.technical_account_id or "",
            private_key=_read_key(options),
            private_key_passphrase=_reveal(options.private_key_passphrase),
            metascopes=options.metascopes,
            audience=options.ims_audience.rstrip("/"),
        )
    if auth == "legacy_oauth":
        return LegacyCredential(
            client_id=client_id,
            client_secret=client_secret,
            org_id=options.org_id,
            username=options.username or "",
            user_password=_reveal(options.user_password) or "",
        )
    return ServerToServerCredential(
        client_id=client_id, client_secret=client_secret, org_id=options.org_id, scopes=options.scopes
    )


def _read_key(options: _Extra) -> str:
    if options.private_key_path is None:
        return _reveal(options.private_key) or ""
    try:
        return Path(options.private_key_path).read_text()
    except (OSError, UnicodeDecodeError) as unreadable:
        problem = (
            f"extra['private_key_path']: {options.private_key_path!r} cannot be read ({type(unreadable).__name__})"
        )
        raise AAMConfigError.from_problems("the AAM Connection", [problem]) from unreadable


def _reveal(secret: SecretStr | None) -> str | None:
    return None if secret is None else secret.get_secret_value()
