"""What Airflow learns about this provider. Plain data: every Airflow process reads it."""

from __future__ import annotations

from typing import Any


def get_provider_info() -> dict[str, Any]:
    return {
        "package-name": "airflow-provider-aam",
        "name": "Adobe Audience Manager",
        "description": "Pull segments from Adobe Audience Manager and push traits to it.",
    }
