"""The JSON files that hold a credential, told apart by their keys.

Shapes of the Developer Console's *Download JSON*, of its project download, and of the configuration of public Audience
Manager clients. Keys are read in any case, because tools write some of them differently.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from airflow_provider_aam.api.guide import Step
from airflow_provider_aam.cli.credentials.found import Auth, Found

# The Connection's name for a value: the keys that files use for it.
_ALIASES: dict[str, tuple[str, ...]] = {
    "login": ("client_id", "api_key"),
    "password": ("client_secret", "client_secrets", "secret"),
    "org_id": ("org_id",),
    "technical_account_id": ("technical_account_id", "tech_acct_id", "tech_id"),
    "private_key": ("private_key",),
    "private_key_path": ("pathtokey", "private_key_path"),
    "private_key_passphrase": ("private_key_passphrase",),
    "scopes": ("scopes",),
    "metascopes": ("meta_scopes", "metascopes"),
}
_PROJECT_CREDENTIALS: dict[str, tuple[Auth, str]] = {
    "oauth_server_to_server": ("oauth_server_to_server", "OAuth server-to-server credential"),
    "jwt": ("jwt", "JWT credential"),
}


def recognise(source: str, document: Any) -> list[Found]:
    """What a JSON file says, one entry a credential. Raises ``ValueError`` with what is wrong and what to do."""
    if not isinstance(document, dict):
        raise ValueError(  # noqa: TRY004  wrong content, not a wrong call
            f"{source}: a JSON {type(document).__name__} is not a credential; give the downloaded JSON file"
        )
    if isinstance(document.get("project"), dict):
        return [*_read_project(source, document["project"])]
    given = {str(key).lower(): value for key, value in document.items()}
    auth, kind = _tell_apart(given)
    if kind is None:
        keys = ", ".join(sorted(map(str, document))) or "none"
        raise ValueError(
            f"{source}: not a credential file that is known (its keys: {keys}). Give the file of 'Download JSON' on "
            f"the credential's page. {Step.CREDENTIAL.pointer}"
        )
    return [_read_values(source, kind, auth, given)]


def _tell_apart(given: Mapping[str, Any]) -> tuple[Auth | None, str | None]:
    keys = given.keys()
    if keys & {"client_secrets", "scopes"}:
        return "oauth_server_to_server", "Developer Console, Download JSON of OAuth server-to-server"
    if keys & {"api_key", "public_keys_with_expiry"}:
        return "jwt", "Developer Console, Download JSON of a JWT service account"
    if "client_id" in keys and keys & {"tech_acct_id", "tech_id", "pathtokey", "private_key", "private_key_path"}:
        return "jwt", "configuration of a public client, JWT service account"
    if {"client_id", "client_secret"} <= keys or {"client_id", "secret"} <= keys:
        return None, "client id and secret"
    if keys & {"private_key", "private_key_passphrase"}:
        return None, "private key or its passphrase"
    return None, None


def _read_project(source: str, project: Mapping[str, Any]) -> Iterator[Found]:
    workspace = _child(project, "workspace")
    credentials = _child(workspace, "details").get("credentials")
    found = False
    for credential in credentials if isinstance(credentials, list) else ():
        for key, (auth, kind) in _PROJECT_CREDENTIALS.items():
            inner = _child(credential, key)
            if inner:
                given = {"org_id": _child(project, "org").get("ims_org_id"), **inner}
                name = credential.get("name")
                label = f"Developer Console, project file, {kind}" + (f" {name!r}" if name else "")
                yield _read_values(source, label, auth, given)
                found = True
    if not found:
        raise ValueError(
            f"{source}: the project's workspace {workspace.get('name', '')!r} holds no OAuth server-to-server or JWT "
            f"credential. {Step.CREDENTIAL.pointer}"
        )


def _child(parent: Any, key: str) -> Mapping[str, Any]:
    child = parent.get(key) if isinstance(parent, dict) else None
    return child if isinstance(child, dict) else {}


def _read_values(source: str, kind: str, auth: Auth | None, given: Mapping[str, Any]) -> Found:
    values: dict[str, str] = {}
    notes = []
    for name, aliases in _ALIASES.items():
        for alias in aliases:
            texts = _texts(given.get(alias))
            if texts is None:
                raise ValueError(f"{source}: {alias} must be text, or a list of texts")
            if not texts or name in values:
                continue
            values[name] = ",".join(texts) if name in ("scopes", "metascopes") else texts[0]
            if name == "password" and len(texts) > 1:
                notes.append(
                    f"{source} holds {len(texts)} client secrets; the first one is used. Adobe accepts each until it "
                    "is deleted in the Developer Console."
                )
    fingerprints = given.get("public_keys_with_expiry")
    return Found(
        source=source,
        kind=kind,
        auth=auth,
        values=values,
        fingerprints={str(key): str(day) for key, day in fingerprints.items()}
        if isinstance(fingerprints, dict)
        else {},
        notes=tuple(notes),
    )


def _texts(value: Any) -> list[str] | None:
    """The non-blank texts of a value; ``None`` for what is neither text nor a list of texts."""
    items = [] if value is None else value if isinstance(value, list) else [value]
    if not all(isinstance(item, str) for item in items):
        return None
    return [item.strip() for item in items if item.strip()]
