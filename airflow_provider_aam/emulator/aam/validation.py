"""The answer of `…/validate` and of `…/limits`; both shapes are inferred."""

from __future__ import annotations

from typing import Any

from airflow_provider_aam.emulator.core.call import Reply, json_reply


def validation_reply(problems: list[str]) -> Reply:
    """Return whether an expression is valid, and if not, why. The portal's messages are "Valid/Invalid expression"."""
    message = "Invalid expression" if problems else None
    return json_reply({"valid": not problems, "message": message, "childMessages": problems})


def limits_reply(rows: list[dict[str, Any]]) -> Reply:
    """Return usage against maxima."""
    return json_reply({"limits": rows})
