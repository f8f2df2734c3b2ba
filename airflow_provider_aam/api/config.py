"""What a Connection says, checked as a whole: every problem is found before anything is asked of Adobe."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from pydantic import SecretStr

from airflow_provider_aam.api.credentials import Credential, JwtCredential, LegacyCredential, ServerToServerCredential
from airflow_provider_aam.api.errors import AAMConfigError
from airflow_provider_aam.api.extra import EXTRA_KEYS, IMS_URL, Extra, read_extra

__all__ = ["EXTRA_KEYS", "AAMConfig"]

GATEWAY_HOSTS = {"production": "https://aam.adobe.io", "beta": "https://aam-beta.adobe.io"}
# The Customer Data API. That beta accounts use its stage host is inferred, which is why `stream_url` overrides it.
STREAM_HOSTS = {"production": "https://dmp-data.adobe.io", "beta": "https://dmp-data-stage.adobe.io"}
# Of beta accounts; in production each region and each account has its own.
DCS_HOSTS = {"beta": "https://dcs-beta.demdex.net"}
# Tokens of legacy OAuth are only known to the API's own host, not to Adobe's gateway in front of it.
LEGACY_HOSTS = {"production": "https://api.demdex.com", "beta": "https://api-beta.demdex.com"}

_PRINTABLE = re.compile("[!-~]+")
Problem = tuple[str, str]
"""The extra key it is about, and the sentence."""


@dataclass(frozen=True, kw_only=True)
class AAMConfig:
    """Everything a client needs to know. Build it with :meth:`from_connection`."""

    credential: Credential
    base_url: str
    token_url: str
    timeout_s: float = 60.0
    stream_url: str = STREAM_HOSTS["production"]
    dcs_url: str | None = None
    max_attempts: int = 5
    max_concurrency: int = 32
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
        options, problems = read_extra({key: value for key, value in (extra or {}).items() if not _is_blank(value)})
        base_url, host_problems = _read_host(host)
        private_key, key_problems = _read_key(options)
        client_id, client_secret = (login or "").strip(), (password or "").strip()
        problems += [*host_problems, *_check_client(client_id, client_secret)]
        mentioned = "\n".join(problems)
        for key, problem in (*key_problems, *_MISSING[options.effective_auth](options), *_check_bundle(options)):
            if f"extra[{key!r}]" not in mentioned:
                problems.append(problem)
        if problems:
            del password, extra, client_secret, private_key  # error trackers show the locals of a frame
            raise AAMConfigError.from_problems(name, problems)
        credential = _build_credential(options, client_id, client_secret, private_key)
        return _assemble(cls, options, credential, base_url)

    def exposures(self) -> Iterator[str]:
        """A sentence for each address that others can read or change traffic to; this machine's own are safe."""
        urls = {"host": self.base_url, "extra['ims_url']": self.token_url}
        if self.stream_url not in STREAM_HOSTS.values():
            urls["extra['stream_url']"] = self.stream_url
        if self.dcs_url is not None and self.dcs_url not in DCS_HOSTS.values():
            urls["extra['dcs_url']"] = self.dcs_url
        for name, url in urls.items():
            if _is_local(url):
                continue
            if url.startswith("http://"):
                sent = "ids of people" if url == self.dcs_url else "secrets and tokens"
                yield f"{name} is {url}: {sent} are sent unencrypted. Use https://."
            elif self.verify is False:
                yield f"extra['verify'] is false, so anyone can pose as {url}. Give the path of a CA bundle instead."

    def secrets(self) -> Iterator[str]:
        """Everything that must never be shown: the credential's secrets and the proxies' passwords."""
        yield from self.credential.secrets()
        for proxy in (self.proxies or {}).values():
            if "@" in proxy:
                login = re.sub(r"^([\w+.-]+:)?//", "", proxy.rpartition("@")[0])
                # A proxy or the HTTP library may show the password alone, and as it was before it was URL-encoded.
                for secret in (login, login.partition(":")[2]):
                    yield from filter(None, dict.fromkeys((secret, unquote(secret))))


def _is_blank(value: object) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def _is_local(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def _read_host(host: str | None) -> tuple[str | None, list[str]]:
    url = (host or "").strip()
    if not url:
        return None, []
    url = url if "://" in url else f"https://{url}"
    bad = ["host must be the API's address, like https://aam.adobe.io, or be left empty"]
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018  raises for a port that is not a number
    except ValueError:
        return None, bad
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        return None, bad
    if "@" in parts.netloc:
        return None, ["host must not hold a user name or password; they go in login and password"]
    return (url.rstrip("/").removesuffix("/v1"), []) if _PRINTABLE.fullmatch(url) else (None, bad)


def _check_client(client_id: str, client_secret: str) -> Iterator[str]:
    if not client_id:
        yield "login is empty: it holds the client id (the Developer Console also calls it API key)"
    elif not _PRINTABLE.fullmatch(client_id):
        yield "login must be the client id alone, without blanks or line breaks"
    if not client_secret:
        yield "password is empty: it holds the client secret"


def _check_bundle(options: Extra) -> Iterator[Problem]:
    if isinstance(options.verify, str) and not Path(options.verify).exists():
        yield "verify", f"extra['verify']: there is no CA bundle {options.verify!r} on this machine"


def _missing_for_jwt(options: Extra) -> Iterator[Problem]:
    if options.org_id is None:
        yield "org_id", "extra['org_id'] is missing: auth 'jwt' signs it as the issuer (…@AdobeOrg)"
    if options.technical_account_id is None:
        text = "extra['technical_account_id'] is missing: auth 'jwt' signs it as the subject (…@techacct.adobe.com)"
        yield "technical_account_id", text
    if options.private_key is None and options.private_key_path is None:
        text = "extra['private_key'] (PEM text) or extra['private_key_path'] is missing: auth 'jwt' signs with it"
        yield "private_key", text


def _missing_for_legacy(options: Extra) -> Iterator[Problem]:
    for key in ("username", "user_password"):
        if getattr(options, key) is None:
            yield key, f"extra[{key!r}] is missing: auth 'legacy_oauth' signs in as an AAM user"


_MISSING: Mapping[str, Callable[[Extra], Iterator[Problem]]] = {
    "jwt": _missing_for_jwt,
    "legacy_oauth": _missing_for_legacy,
    "oauth_server_to_server": lambda _: iter(()),
}


def _read_key(options: Extra) -> tuple[str, list[Problem]]:
    if options.effective_auth != "jwt" or options.private_key_path is None:
        return _reveal(options.private_key) or "", []
    if options.private_key is not None:
        return "", [("private_key", "extra has both 'private_key' and 'private_key_path': keep one")]
    path = options.private_key_path
    try:
        return Path(path).read_text(encoding="utf-8"), []
    except FileNotFoundError:
        problem = f"extra['private_key_path']: there is no file {path!r} on this machine"
    except (OSError, ValueError) as unreadable:  # ValueError: a binary file, or a path that cannot be one
        problem = f"extra['private_key_path']: {path!r} cannot be read as text ({type(unreadable).__name__})"
    return "", [("private_key_path", problem)]


def _assemble(cls: type[AAMConfig], options: Extra, credential: Credential, base_url: str | None) -> AAMConfig:
    legacy = isinstance(credential, LegacyCredential)
    base_url = base_url or (LEGACY_HOSTS if legacy else GATEWAY_HOSTS)[options.environment]
    return cls(
        credential=credential,
        base_url=base_url,
        token_url=(options.ims_url or (base_url if legacy else IMS_URL)).rstrip("/"),
        stream_url=(options.stream_url or STREAM_HOSTS[options.environment]).rstrip("/"),
        dcs_url=(options.dcs_url or DCS_HOSTS.get(options.environment, "")).rstrip("/") or None,
        timeout_s=options.timeout_s,
        max_attempts=options.max_attempts,
        max_concurrency=options.max_concurrency,
        verify=options.verify,
        proxies=options.proxies,
    )


def _build_credential(options: Extra, client_id: str, client_secret: str, private_key: str) -> Credential:
    if options.effective_auth == "jwt":
        return JwtCredential(
            client_id=client_id,
            client_secret=client_secret,
            org_id=options.org_id,
            technical_account_id=options.technical_account_id or "",
            private_key=private_key,
            private_key_passphrase=_reveal(options.private_key_passphrase),
            metascopes=options.metascopes,
            audience=options.ims_audience.rstrip("/"),
        )
    if options.effective_auth == "legacy_oauth":
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


def _reveal(secret: SecretStr | None) -> str | None:
    return None if secret is None else secret.get_secret_value()
