"""The Connection form. One declaration per extra key, for both of Airflow's ways to show a form.

Airflow 3 reads :data:`FIELDS` and :data:`STANDARD_FIELDS` as data; for Airflow 2.11 its fields are made of them.
"""

from __future__ import annotations

from typing import Any

Field = dict[str, Any]

SECRET_FIELDS = ("private_key", "private_key_passphrase", "user_password")
FORM_PREFIX = "extra__aam__"
HTTPS_PORT = 443
"""On Airflow 3.3 Test works only where a port is stored: its page sends 0 for none, which Airflow takes for another."""

EVERYBODY = "standardFields"
"""Airflow 3.3 opens the section of this name with its own Standard Fields, and no other; the heading is the name."""
JWT = "Service Account (JWT)"
LEGACY = "Legacy OAuth (AAM user)"
RARELY = "Rarely needed"
_CREDENTIAL = "Developer Console > project > credential"


def _field(section: str, label: str, description: str, kind: str = "string", **schema: object) -> Field:
    """Nullable, because an empty field must not stop anyone from saving the form."""
    return {
        "label": label,
        "description": description,
        "schema": {"type": [kind, "null"], "section": section, **schema},
    }


FIELDS: dict[str, Field] = {
    "auth": _field(
        EVERYBODY,
        "Authentication",
        "As the Developer Console names the credential. Empty: JWT with a private key, else Server-to-Server.",
        enum=["oauth_server_to_server", "jwt", "legacy_oauth"],
        values_display={"oauth_server_to_server": "OAuth Server-to-Server", "jwt": JWT, "legacy_oauth": LEGACY},
    ),
    "org_id": _field(
        EVERYBODY,
        "Organization ID",
        f"{_CREDENTIAL}. Like 1234ABCD@AdobeOrg; JWT needs it.",
        pattern=r"^[^\s@]+@AdobeOrg$",
    ),
    "scopes": _field(
        EVERYBODY,
        "Scopes",
        f"{_CREDENTIAL}: copy all, with commas. JWT has none. Empty: our guess.",
    ),
    "technical_account_id": _field(
        JWT,
        "Technical Account ID",
        f"{_CREDENTIAL}. Like 1234ABCD@techacct.adobe.com; not the e-mail address.",
        pattern=r"^[^\s@]+@techacct\.adobe\.com$",
    ),
    "private_key": _field(
        JWT,
        "Private Key",
        "The text of private.key, which came in config.zip when the Developer Console generated the key pair.",
        format="multiline",
    ),
    "private_key_path": _field(
        JWT, "Private Key file", "Instead of the key, the path of private.key on every machine that runs tasks."
    ),
    "private_key_passphrase": _field(JWT, "Private Key passphrase", "Only if the key is encrypted.", format="password"),
    "metascopes": _field(JWT, "Metascopes", "With commas. Empty: ent_audiencemanagerplatform_sdk."),
    "username": _field(
        LEGACY, "AAM user name", "The AAM user to sign in as. Client ID and Secret then come from your AAM consultant."
    ),
    "user_password": _field(LEGACY, "AAM password", "The password of the AAM user.", format="password"),
    "environment": _field(
        RARELY, "Environment", "Which of Adobe's hosts to use. Empty: production.", enum=["production", "beta"]
    ),
    "ims_url": _field(
        RARELY,
        "Token address",
        "Where tokens are fetched. Empty: https://ims-na1.adobelogin.com; with Legacy OAuth the API address.",
    ),
    "ims_audience": _field(
        RARELY,
        "JWT audience",
        "What the signed claims name. Empty: https://ims-na1.adobelogin.com, whatever the token address is.",
    ),
    "stream_url": _field(
        RARELY, "Customer Data API address", "Where operations are streamed to. Empty: https://dmp-data.adobe.io."
    ),
    "dcs_url": _field(
        RARELY, "DCS address", "Where transport dcs sends to. Empty: the region's servers, like https://use.demdex.net."
    ),
    "timeout_s": _field(RARELY, "Timeout (seconds)", "Per request. Empty: 60.", "number", minimum=1, maximum=3600),
    "max_attempts": _field(
        RARELY, "Attempts", "How often one request is sent at most. Empty: 5.", "integer", minimum=1, maximum=50
    ),
    "max_concurrency": _field(
        RARELY,
        "Concurrent requests",
        "At most, per task; fewer when AAM says that it is overloaded. Empty: 32.",
        "integer",
        minimum=1,
        maximum=64,
    ),
    "verify": _field(
        RARELY, "Verify TLS", "true, false, or the path of a CA bundle on every machine that runs tasks. Empty: true."
    ),
    "proxies": _field(
        RARELY, "Proxies", 'A JSON object, like {"https": "http://proxy.example:3128"}. Empty: none.', "object"
    ),
}

STANDARD_FIELDS: dict[str, Any] = {
    "hidden-fields": ["schema"],
    "relabeling": {
        "login": "Client ID",
        "password": "Client Secret",
        "host": "API address (optional)",
        "port": f"Port ({HTTPS_PORT})",
    },
    "placeholders": {
        "login": f"{_CREDENTIAL} > Client ID",
        "password": f"{_CREDENTIAL} > Retrieve client secret",
        "host": "Empty: https://aam.adobe.io",
        "port": f"Type {HTTPS_PORT}: Test of Airflow 3.3 fails without a port",
    },
}


def build_widgets() -> dict[str, Any]:
    """Airflow 2.11's fields, in one list, without a text area: a private key is pasted into a password field."""
    from wtforms import PasswordField, StringField  # type: ignore[import-untyped]

    from airflow_provider_aam.compat.widgets import SecretWidget, TextWidget

    return {
        key: PasswordField(field["label"], description=_describe(field), widget=SecretWidget())
        if key in SECRET_FIELDS
        else StringField(field["label"], description=_describe(field), widget=TextWidget())
        for key, field in FIELDS.items()
    }


def _describe(field: Field) -> str:
    """With section and choices, which Airflow 2.11 shows nowhere else."""
    schema = field["schema"]
    section = "" if schema["section"] == EVERYBODY else f"{schema['section']}: "
    choices = f"{', '.join(schema['enum'])}. " if "enum" in schema else ""
    return f"{section}{choices}{field['description']}"


def build_field_behaviour() -> dict[str, Any]:
    """Airflow 2.11's spelling of :data:`STANDARD_FIELDS`."""
    return {name.replace("-", "_"): value for name, value in STANDARD_FIELDS.items()}
