"""Form fields of Airflow 2.11 that keep, when another field is edited, what they cannot show."""

from __future__ import annotations

import json
from typing import Any

from flask_appbuilder.fieldwidgets import (  # type: ignore[import-not-found]  # Airflow 2 only
    BS3PasswordFieldWidget,
    BS3TextFieldWidget,
)

STORED = "RATHER_LONG_SENSITIVE_FIELD_PLACEHOLDER"
"""Airflow's own word (airflow/www/views.py) for a secret that stays as it is stored."""


class SecretWidget(BS3PasswordFieldWidget):  # type: ignore[misc]
    """Sends a stored secret back as Airflow's placeholder; an empty password field would delete it."""

    def __call__(self, field: Any, **kwargs: Any) -> Any:
        self.hide_value = False  # of the value that follows, which is never the secret
        return super().__call__(field, value=STORED if field.data else "", **kwargs)


class TextWidget(BS3TextFieldWidget):  # type: ignore[misc]
    """Shows a stored list or object as the text that is read back as the same."""

    def __call__(self, field: Any, **kwargs: Any) -> Any:
        return super().__call__(field, value=_as_text(field.data), **kwargs)


def _as_text(value: object) -> str:
    if isinstance(value, list):
        return ",".join(map(str, value))
    return value if isinstance(value, str) else "" if value is None else json.dumps(value)
