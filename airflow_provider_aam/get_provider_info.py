"""What Airflow learns about this provider. Plain data: every Airflow process reads it."""

from __future__ import annotations

from typing import Any

from airflow_provider_aam.api.guide import DOCS_URL
from airflow_provider_aam.hooks.form import FIELDS, STANDARD_FIELDS

_NAME = "Adobe Audience Manager"
_OPTIONS = {
    "docs_url": {
        "description": "Address of a copy of this package's documentation, for messages and links. Without it they "
        "lead to the pages that Airflow itself serves, at /aam/docs/.",
        "version_added": "0.1.0",
        "type": "string",
        "example": "https://docs.example.com/aam",
        "default": DOCS_URL,
    },
    "ui_folder": {
        "description": "URI of the folder through which tasks tell the page what they found and did. Workers write to "
        "it and the API server reads it. By default the folder aam-page in AIRFLOW_HOME, which is right where they "
        "share a disk.",
        "version_added": "0.1.0",
        "type": "string",
        "example": "s3://my_aws_connection@my-bucket/aam-page",
        "default": None,
    },
    "ui_connections": {
        "description": "Ids of Connections to show that Airflow cannot list, because they come from environment "
        "variables or a secrets backend; with commas between them.",
        "version_added": "0.1.0",
        "type": "string",
        "example": "aam_default, aam_beta",
        "default": "",
    },
    "links": {
        "description": "Other addresses for the buttons of tasks, as a JSON object: pages of AAM's own UI by list "
        "(segments, traits, account, …) or object (segments/{id}), pages of object stores by scheme (s3, gs, abfs) "
        "with {bucket} and {key}. An empty one removes the button.",
        "version_added": "0.1.0",
        "type": "string",
        "example": '{"s3": "https://minio.example/browser/{bucket}/{key}"}',
        "default": None,
    },
}
_ASSET_URIS = [
    {
        "schemes": ["aam"],
        "handler": "airflow_provider_aam.assets.sanitize_uri",
        "factory": "airflow_provider_aam.assets.create_asset",
        "to_openlineage_converter": "airflow_provider_aam.assets.convert_asset_to_openlineage",
    }
]
"""Airflow 3.3 reads asset-uris, 2.11 dataset-uris."""


def get_provider_info() -> dict[str, Any]:
    return {
        "package-name": "airflow-provider-aam",
        "name": _NAME,
        "description": "Adobe Audience Manager (AAM): a hook, scheduled pulls and pushes, then the account as code.",
        "integrations": [
            {
                "integration-name": _NAME,
                "external-doc-url": "https://experienceleague.adobe.com/en/docs/audience-manager",
                "tags": ["service"],
            }
        ],
        "hooks": [{"integration-name": _NAME, "python-modules": ["airflow_provider_aam.hooks.aam"]}],
        "operators": [
            {
                "integration-name": _NAME,
                "python-modules": [
                    "airflow_provider_aam.operators.delete",
                    "airflow_provider_aam.operators.drift",
                    "airflow_provider_aam.operators.export",
                    "airflow_provider_aam.operators.feeds",
                    "airflow_provider_aam.operators.members",
                    "airflow_provider_aam.operators.page",
                    "airflow_provider_aam.operators.plan",
                    "airflow_provider_aam.operators.pull",
                    "airflow_provider_aam.operators.push",
                    "airflow_provider_aam.operators.reports",
                    "airflow_provider_aam.operators.sql",
                    "airflow_provider_aam.operators.stream",
                ],
            }
        ],
        "sensors": [
            {
                "integration-name": _NAME,
                "python-modules": [
                    "airflow_provider_aam.sensors.feed",
                    "airflow_provider_aam.sensors.inbound",
                    "airflow_provider_aam.sensors.outbound",
                    "airflow_provider_aam.sensors.population",
                ],
            }
        ],
        "triggers": [
            {
                "integration-name": _NAME,
                "python-modules": [
                    "airflow_provider_aam.triggers.feed",
                    "airflow_provider_aam.triggers.inbound",
                    "airflow_provider_aam.triggers.outbound",
                    "airflow_provider_aam.triggers.population",
                    "airflow_provider_aam.triggers.watchers",
                ],
            }
        ],
        "asset-uris": _ASSET_URIS,
        "dataset-uris": _ASSET_URIS,
        "extra-links": [
            "airflow_provider_aam.operators.links.AAMUILink",
            "airflow_provider_aam.operators.links.AAMFileLink",
            "airflow_provider_aam.operators.links.AAMGuideLink",
        ],
        "notifications": ["airflow_provider_aam.notifications.AAMNotifier"],
        "connection-types": [
            {
                "connection-type": "aam",
                "hook-class-name": "airflow_provider_aam.hooks.aam.AAMHook",
                "hook-name": _NAME,
                "ui-field-behaviour": STANDARD_FIELDS,
                "conn-fields": FIELDS,
            }
        ],
        "config": {
            "aam": {
                "description": "The documentation's address, buttons of tasks, and the page Browse > Audience Manager "
                "(Airflow 3.3).",
                "options": _OPTIONS,
            }
        },
    }
