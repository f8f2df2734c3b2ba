"""What the Connection form's *Test* button does: one token, one harmless call, and a sentence about either."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from airflow_provider_aam.api.client import AAMClient
from airflow_provider_aam.api.errors import AAMConfigError, AAMError, AAMNoAnswer, Fate
from airflow_provider_aam.api.guide import POINTER, Step
from airflow_provider_aam.api.users import is_admin, name_of

LONGEST_TIMEOUT_S = 10.0
MOST_ATTEMPTS = 2
"""With both the button answers in about 40 seconds at most."""


def probe(client: AAMClient) -> tuple[bool, str]:
    """Whether a new token and ``GET /v1/users/self`` work, and what to do if not.

    A token from the process's cache would prove what was right an hour ago, so one is minted.
    """
    try:
        client.sign_in()
    except AAMError as error:
        return False, f"Failed at 1 of 2, the token. {explain(error, Step.TOKEN)}"
    try:
        user = client.users.self()
    except AAMError as error:
        return False, f"Failed at 2 of 2, the first call with a good token. {explain(error, Step.FIRST_CALL)}"
    return True, _describe(user)


def explain(error: AAMError, step: Step) -> str:
    """The error's message, with ``step`` to repeat unless it names one itself, or no server was reached."""
    said = _in_one_line(error)
    said_all = POINTER.search(said) or not reached_a_server(error)
    return said if said_all else f"{said} {step.pointer}"


def _in_one_line(error: AAMError) -> str:
    """Airflow's page drops line breaks."""
    if not isinstance(error, AAMConfigError) or not error.problems:
        return error.message
    head = error.message.partition("\n")[0]
    return f"{head} {'; '.join(error.problems)}."


def reached_a_server(error: AAMError) -> bool:
    """Whether there is anything to repeat in the setup; else the message says what to check."""
    return not any(isinstance(each, AAMNoAnswer) and each.fate is Fate.NOT_DONE for each in (error, error.__cause__))


def _describe(user: Mapping[str, Any]) -> str:
    connected = f"Connected as {name_of(user)} (partner id {user.get('pid', 'unknown')})."
    if user.get("groups") != [] or is_admin(user):
        return connected
    # AAM does not tell whether an account uses role-based access control, so this cannot be called a failure.
    return (
        f"{connected} It is in no group: if your company uses role-based access control, lists will be empty or "
        f"refused until an administrator adds it to one. {Step.TECHNICAL_USER.pointer}"
    )
