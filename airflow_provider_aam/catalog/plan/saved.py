"""A plan saved to a file, and the one content of it that was approved."""

from __future__ import annotations

import hashlib
from typing import Any

from airflow_provider_aam.api.errors import AAMDestinationError, AAMPlanRefused, AAMSourceError
from airflow_provider_aam.catalog.plan.plan import Plan
from airflow_provider_aam.files.refusals import UNREADABLE, UNWRITABLE, may_pass, reason
from airflow_provider_aam.files.staging import Destination, stage


def sha256_of(plan: Plan) -> str:
    """Of the file that the plan is written to."""
    digest = hashlib.sha256()
    for part in plan.parts():
        digest.update(part)
    return digest.hexdigest()


def write_plan(plan: Plan, path: Destination) -> None:
    """The plan as JSON, complete or not at all. Raises :class:`AAMDestinationError`."""
    try:
        with stage(path) as staged:
            with staged.local.open("wb") as file:
                file.writelines(plan.parts())
            staged.publish()
    except (AAMDestinationError, *UNWRITABLE) as refused:
        why = reason(refused.__cause__ or refused).rpartition(" cannot be written: ")[2].rstrip(".")
        error = AAMDestinationError(f"the plan file {path} cannot be written ({why}). Nothing was changed in AAM.")
        error.retryable = may_pass(refused)
        raise error from refused


def read_plan(path: Any, *, sha256: str | None) -> tuple[Plan, str]:
    """The plan, and the sha256 of its file.

    Raises :class:`AAMPlanRefused` for a file of another ``sha256``, :class:`AAMSourceError` if it is not a plan.
    """
    try:
        content = path.read_bytes()
    except UNREADABLE as unreadable:
        text = f"the plan file {path} cannot be read: {reason(unreadable)}. Nothing was changed in AAM."
        error = AAMSourceError(text)
        error.retryable = may_pass(unreadable)
        raise error from unreadable
    found = hashlib.sha256(content).hexdigest()
    if sha256 is not None and found != sha256.lower():
        raise AAMPlanRefused(
            f"Plan file {path} is not the approved one: its sha256 is {found}, the approved one was {sha256}. "
            "Nothing was changed in AAM. Apply the approved file, or plan again; give each plan a file of its own."
        )
    try:
        return Plan.from_json(content), found
    except AAMSourceError as refused:
        raise AAMSourceError(f"{path}: {refused.message}") from refused
