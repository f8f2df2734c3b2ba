"""From the Connection to a token."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from airflow_provider_aam.api.credentials import JwtCredential, LegacyCredential
from airflow_provider_aam.api.guide import Step
from airflow_provider_aam.api.moments import in_words, parse_http_date
from airflow_provider_aam.api.transport import Request
from airflow_provider_aam.cli.checkup.result import StepVerdict, green, red, red_of_text, skipped, yellow
from airflow_provider_aam.compat import AirflowNotFoundException

if TYPE_CHECKING:
    from airflow_provider_aam.cli.checkup.visit import Visit

SMALL_SKEW = timedelta(seconds=30)
TOLD_SKEW = timedelta(seconds=5)
"""Busy servers write the header from a clock that they look at once in some seconds."""
_CLOCK = "Set this machine's clock, best by NTP."


def check_found(visit: Visit) -> StepVerdict:
    conn_id = visit.hook.aam_conn_id
    try:
        visit.hook.get_connection(conn_id)
    except AirflowNotFoundException:
        return _missing(visit)
    return green(f"Connection {conn_id!r}")


def _missing(visit: Visit) -> StepVerdict:
    """In the hook's words, which know the difference between a variable that is not there and one that is not JSON."""
    try:
        visit.hook.get_conn()
    except AirflowNotFoundException as missing:
        return red_of_text(str(missing), Step.CONNECTION)
    raise RuntimeError("Airflow found the Connection at its second look only")


def check_fields(visit: Visit) -> StepVerdict:
    """Raises ``AAMConfigError`` with every problem."""
    session = visit.session
    auth = _auth(visit)
    notes = [exposure.partition(". ")[::2] for exposure in visit.hook.read_config().exposures()]
    if isinstance(session.sender.credential, JwtCredential):
        from airflow_provider_aam.api.refusals import migration

        notes.append((f"{auth}. It works for as long as Adobe accepts it", migration()))
    if notes:
        return yellow("; ".join(said for said, _ in notes), " ".join({fix: None for _, fix in notes}))
    return green(f"{auth}, API {session.base_url}, tokens from {session.sender.token_url}")


def check_private_key(visit: Visit) -> StepVerdict:
    """Raises ``AAMKeyRejected``."""
    credential = visit.session.sender.credential
    if not isinstance(credential, JwtCredential):
        return skipped("this kind of credential has none")
    from airflow_provider_aam.api.assertion import load_private_key

    return green(f"RSA key of {load_private_key(credential).key_size} bits")


def check_clock(visit: Visit) -> StepVerdict:
    """Compares this clock with the ``Date`` header of whatever the token host returns. Raises ``AAMNoAnswer``."""
    from airflow_provider_aam.api.assertion import LIFETIME

    session = visit.session
    url = session.sender.token_url + "/"
    sent_at = visit.now()
    headers = {"User-Agent": session.sender.user_agent}
    answer = session.sender.transport.send(Request(method="GET", url=url, path="/", headers=headers))
    there = parse_http_date(answer.headers.get("Date"))
    if there is None:
        return yellow(f"{session.sender.token_url} responds, but without a time to compare with", _CLOCK)
    skew = _skew(there, sent_at, visit.now())
    seconds = abs(skew.total_seconds())
    direction = "ahead of" if skew > timedelta(0) else "behind"
    text = f"this clock is {in_words(seconds)} {direction} {session.sender.token_url}"
    if abs(skew) <= SMALL_SKEW:
        return green(
            f"{session.sender.token_url} responds; {text}"
            if abs(skew) >= TOLD_SKEW
            else f"{session.sender.token_url} responds; clocks agree"
        )
    if isinstance(session.sender.credential, JwtCredential) and abs(skew) >= LIFETIME:
        return red(f"{text}: a JWT is valid for {in_words(LIFETIME)} only", _CLOCK)
    return yellow(text, _CLOCK)


def _skew(there: datetime, sent_at: datetime, answered_at: datetime) -> timedelta:
    """How far this clock is ahead for sure: the answer was written at some time between the two."""
    return min(max(there, sent_at), answered_at) - there


def check_token(visit: Visit) -> StepVerdict:
    """A new token; one from the process's cache would prove what was right an hour ago. Raises ``AAMError``."""
    token = visit.client.sign_in()
    return green(f"a new token ({_auth(visit)}), valid for {in_words(token.lifetime)}")


def _auth(visit: Visit) -> str:
    match visit.session.sender.credential:
        case JwtCredential():
            return "jwt (service account)"
        case LegacyCredential():
            return "legacy_oauth"
        case _:
            return "oauth_server_to_server"
