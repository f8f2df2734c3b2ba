"""Checking a rule without storing anything, and the groups of the documentation page that cut across resources."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_provider_aam.emulator.core.call import Call, Reply, Route, json_reply, ref
from airflow_provider_aam.emulator.core.fields import Field
from airflow_provider_aam.emulator.core.service import Service

if TYPE_CHECKING:
    from collections.abc import Callable

    from airflow_provider_aam.emulator.core.state import State

TAG = "Validation and estimates"
LIMITS = Service(tag="Limits", about="How many objects there are and may be.")
VALIDATION = Service(
    tag=TAG,
    about="Check a rule, or estimate a segment, without storing anything.",
    bodies={"Code": (Field("code", "string", "The rule.", required=True),)},
)


def validation_route(path: str, about: str, problems: Callable[[State, str], list[str]]) -> Route:
    """Return the route that says whether `{"code": …}` is valid, and if not, why; the response's shape is inferred."""

    def validate(call: Call) -> Reply:
        found = problems(call.state, str(call.json_object().get("code") or ""))
        message = "Invalid expression" if found else None  # the AAM UI's messages are "Valid/Invalid expression"
        return json_reply({"valid": not found, "message": message, "childMessages": found})

    return Route("POST", path, validate, about, tag=TAG, body=ref("Code"))
