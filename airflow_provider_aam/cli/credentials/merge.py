"""Several files become one Connection, or one error that names everything that is missing or wrong."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from airflow_provider_aam.api.errors import AAMConfigError
from airflow_provider_aam.api.guide import Step
from airflow_provider_aam.cli.credentials.found import Auth, Found
from airflow_provider_aam.cli.credentials.keys import check_keys

_EXTRA = ("org_id", "scopes", "technical_account_id", "private_key", "private_key_passphrase", "metascopes")
_OF_JWT = frozenset({"technical_account_id", "private_key", "private_key_passphrase", "metascopes"})
_DOWNLOAD = "give the file of 'Download JSON' on the credential's page."
_FIXES = {
    "login": f"the client id is missing (CLIENT_ID or API_KEY): {_DOWNLOAD}",
    "password": f"the client secret is missing: {_DOWNLOAD}",
    "org_id": f"the organization's id is missing (ORG_ID, …@AdobeOrg): {_DOWNLOAD}",
    "technical_account_id": f"the technical account's id is missing (…@techacct.adobe.com): {_DOWNLOAD}",
    "private_key": (
        "the private key is missing: give config.zip or its private.key too. If it is lost, or Adobe has converted the "
        "credential, give the 'Download JSON' of the OAuth server-to-server credential instead."
    ),
}
_NEEDED: Mapping[Auth, tuple[str, ...]] = {
    "oauth_server_to_server": ("login", "password"),
    "jwt": ("login", "password", "org_id", "technical_account_id", "private_key"),
}


@dataclass(frozen=True, kw_only=True)
class Draft:
    """``connection`` is what `AIRFLOW_CONN_…` takes as JSON, its extra an object; ``notes`` are for the reader."""

    connection: Mapping[str, Any] = field(repr=False)
    notes: tuple[str, ...]


def merge(
    found: Sequence[Found], problems: Sequence[str], *, host: str | None, extra: Mapping[str, str | None], now: datetime
) -> Draft:
    """The Connection that ``found`` describes; ``host`` and ``extra`` are added. Raises :class:`AAMConfigError`.

    Where there are files of both kinds, those of OAuth server-to-server count: JWT has ended.
    """
    auth: Auth = "jwt"
    if any(each.auth == "oauth_server_to_server" for each in found) or not any(each.auth == "jwt" for each in found):
        auth = "oauth_server_to_server"
    used = [each for each in found if each.auth in (None, auth)]
    values: dict[str, str] = {}
    all_problems = [*problems]
    for each in used:
        for name, value in each.values.items():
            if values.setdefault(name, value) != value:
                all_problems.append(_conflict(name, used))
    if auth == "oauth_server_to_server":
        values = {name: value for name, value in values.items() if name not in _OF_JWT}
    missing = [name for name in _NEEDED[auth] if name not in values]
    all_problems += [f"{_FIXES[name]} {Step.CREDENTIAL.pointer}" for name in missing]
    notes = [note for each in used for note in each.notes]
    if auth == "jwt":
        key_problems, key_notes = check_keys(values, used, now)
        all_problems += key_problems
        notes += key_notes
    connection = _build(auth, values, host, extra)
    all_problems += _check(connection, missing)
    if all_problems:
        raise AAMConfigError.from_problems("What was given for the Connection", [*dict.fromkeys(all_problems)])
    return Draft(connection=connection, notes=(*notes, *_advise(auth, values, found)))


def _build(auth: Auth, values: Mapping[str, str], host: str | None, extra: Mapping[str, str | None]) -> dict[str, Any]:
    own = {name: values[name] for name in _EXTRA if name in values}
    given = {name: value for name, value in extra.items() if value}
    return {
        "conn_type": "aam",
        **({"host": host} if host else {}),
        "login": values.get("login"),
        "password": values.get("password"),
        "extra": {"auth": auth, **own, **given},
    }


def _check(connection: Mapping[str, Any], missing: Sequence[str]) -> Iterator[str]:
    """What the client itself would say, but for what is known to be missing."""
    from airflow_provider_aam.api.config import AAMConfig

    said = tuple(start for name in missing for start in (f"{name} is empty", f"extra[{name!r}] "))
    try:
        AAMConfig.from_connection(
            login=connection["login"],
            password=connection["password"],
            host=connection.get("host"),
            extra=connection["extra"],
        )
    except AAMConfigError as error:
        yield from (problem for problem in error.problems if not problem.startswith(said))


def _conflict(name: str, used: Sequence[Found]) -> str:
    sources = ", ".join(each.source for each in used if name in each.values)
    return f"{name} is not the same in {sources}: give the files of one credential only"


def _advise(auth: Auth, values: Mapping[str, str], found: Sequence[Found]) -> Iterator[str]:
    if auth == "jwt":
        from airflow_provider_aam.api.refusals import migration

        yield f"This is a JWT service account. {migration()}"
        return
    left_out = dict.fromkeys(each.source for each in found if each.auth == "jwt")
    if left_out:
        yield f"Not used, because JWT has ended and a server-to-server credential is given: {', '.join(left_out)}."
    if "org_id" not in values:
        yield f"No organization id is given (ORG_ID): Adobe's gateway may ask for it. {Step.OPEN_CONSOLE.pointer}"
    if "scopes" not in values:
        yield (
            "No scopes are given, so the built-in ones are asked for, and those are a guess: Adobe publishes none. "
            f"{Step.CREDENTIAL.pointer}"
        )
