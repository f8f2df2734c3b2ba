"""The Connection form. One declaration per extra key, for both of Airflow's ways to show a form.

Airflow 3 reads :data:`FIELDS` and :data:`STANDARD_FIELDS` as data; for Airflow 2.11 its widgets are built of them.
"""

from __future__ import annotations

from typing import Any

Field = dict[str, Any]

SECRET_FIELDS = ("private_key", "private_key_passphrase", "user_password")


def _field(label: str, description: str, kind: str = "string", **schema: object) -> Field:
    """Nullable, because an empty field must not stop anyone from saving the form."""
    return {"label": label, "description": description, "schema": {"type": [kind, "null"], **schema}}


FIELDS: dict[str, Field] = {
    "auth": _field(
        "Authentication",
        "Empty: jwt if a private key is given, else oauth_server_to_server.",
        enum=["oauth_server_to_server", "jwt", "legacy_oauth"],
    ),
    "environment": _field(
        "Environment", "Which of Adobe's hosts to use. Empty: production.", enum=["production", "beta"]
    ),
    "org_id": _field(
        "Organization ID", "The IMS organization, like 1234ABCD@AdobeOrg. jwt needs it.", pattern=r"^[^\s@]+@AdobeOrg$"
    ),
    "scopes": _field(
        "Scopes",
        "oauth_server_to_server: the scopes that the Developer Console shows, with commas. Empty: our default.",
    ),
    "technical_account_id": _field(
        "Technical account ID",
        "jwt: like 1234ABCD@techacct.adobe.com (not the e-mail address).",
        pattern=r"^[^\s@]+@techacct\.adobe\.com$",
    ),
    "private_key": _field(
        "Private key",
        "jwt: the text of private.key. It is hidden once it is saved, but not while you type.",
        format="multiline",
    ),
    "private_key_path": _field(
        "Private key file", "jwt: instead of the key, the path of private.key on every machine that runs tasks."
    ),
    "private_key_passphrase": _field(
        "Private key passphrase", "jwt: only if the private key is encrypted.", format="password"
    ),
    "metascopes": _field("Metascopes", "jwt: with commas. Empty: ent_audiencemanagerplatform_sdk."),
    "username": _field("AAM user name", "legacy_oauth: the AAM user to sign in as."),
    "user_password": _field("AAM user's password", "legacy_oauth.", format="password"),
    "ims_url": _field(
        "Token address",
        "Where tokens are fetched. Empty: https://ims-na1.adobelogin.com; for legacy_oauth the API address.",
    ),
    "ims_audience": _field(
        "JWT audience",
        "jwt: what the signed claims name. Empty: https://ims-na1.adobelogin.com, whatever ims_url says.",
    ),
    "timeout_s": _field("Timeout (seconds)", "Of one request. Empty: 60.", "number", minimum=1, maximum=3600),
    "max_attempts": _field(
        "Attempts", "How often one request is sent at most. Empty: 5.", "integer", minimum=1, maximum=50
    ),
    "max_concurrency": _field(
        "Concurrent requests",
        "At most, per task; fewer when AAM says that it is overloaded. Empty: 32.",
        "integer",
        minimum=1,
        maximum=64,
    ),
    "verify": _field(
        "Verify TLS", "true, false, or the path of a CA bundle on every machine that runs tasks. Empty: true."
    ),
    "proxies": _field("Proxies", 'A JSON object, like {"https": "http://proxy.example:3128"}. Empty: none.', "object"),
}

STANDARD_FIELDS: dict[str, Any] = {
    "hidden-fields": ["schema", "port"],
    "relabeling": {
        "login": "Client ID (API key)",
        "password": "Client secret",
        "host": "API address (optional)",
    },
    "placeholders": {
        "login": "from the Developer Console",
        "password": "from the Developer Console",
        "host": "https://aam.adobe.io",
    },
}


def build_widgets() -> dict[str, Any]:
    """Airflow 2.11's form fields. Its form has no text area, so a private key is pasted into a password field."""
    from flask_appbuilder.fieldwidgets import (  # type: ignore[import-not-found]  # Airflow 2 only
        BS3PasswordFieldWidget,
        BS3TextFieldWidget,
    )
    from wtforms import PasswordField, StringField  # type: ignore[import-untyped]

    return {
        key: PasswordField(field["label"], description=field["description"], widget=BS3PasswordFieldWidget())
        if key in SECRET_FIELDS
        else StringField(field["label"], description=field["description"], widget=BS3TextFieldWidget())
        for key, field in FIELDS.items()
    }


def build_field_behaviour() -> dict[str, Any]:
    """Airflow 2.11's spelling of :data:`STANDARD_FIELDS`."""
    return {name.replace("-", "_"): value for name, value in STANDARD_FIELDS.items()}
