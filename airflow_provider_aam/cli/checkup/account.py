"""With a good token: what Adobe's gateway and AAM say to it. One request, whose response settles several steps."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from airflow_provider_aam.api.config import GATEWAY_HOSTS, LEGACY_HOSTS
from airflow_provider_aam.api.credentials import LegacyCredential
from airflow_provider_aam.api.errors import AAMApiKeyRejected, AAMError, AAMForbidden, AAMNoProductProfile
from airflow_provider_aam.api.guide import Step
from airflow_provider_aam.api.users import is_admin, name_of
from airflow_provider_aam.cli.checkup.result import StepVerdict, green, red, skipped, yellow

if TYPE_CHECKING:
    from airflow_provider_aam.cli.checkup.visit import Visit

_GATEWAYS = {urlsplit(url).hostname for url in GATEWAY_HOSTS.values()}
_DIRECT = {urlsplit(url).hostname for url in LEGACY_HOSTS.values()}
# Lists that role-based access control empties; folder trees keep their root, other lists belong to everybody.
_GUARDED = ("segments", "traits", "data_sources")


def check_host(visit: Visit) -> StepVerdict:
    """Asks ``users/self``, and whether host, token and headers belong together. Raises what is wrong with the host."""
    session = visit.session
    host = urlsplit(session.base_url).hostname
    legacy = isinstance(session.sender.credential, LegacyCredential)
    if legacy and host in _GATEWAYS:
        text = f"{host} does not know tokens of legacy_oauth"
        return red(text, f"Leave the Connection's host empty, or set it to {LEGACY_HOSTS['production']}.")
    try:
        visit.user = visit.client.users.self()
    except AAMForbidden as refusal:
        visit.refusal = refusal
    except AAMError as error:
        raise _with_host(error, host) from error
    if host in _GATEWAYS and not session.sender.credential.org_id:
        return yellow(f"{host} without the header x-gw-ims-org-id", "Put the organization's id into extra['org_id'].")
    if legacy:
        return green(f"{host} with a token of its own")
    sent = "x-api-key" + (" and x-gw-ims-org-id" if session.sender.credential.org_id else "")
    return green(f"{host} takes the token; {sent} sent")


def check_api_in_project(visit: Visit) -> StepVerdict:
    return _check_gateway(visit, AAMApiKeyRejected, "the client id's project has the Audience Manager API")


def check_product_profile(visit: Visit) -> StepVerdict:
    return _check_gateway(visit, AAMNoProductProfile, "the credential has one")


def check_user(visit: Visit) -> StepVerdict:
    if visit.refusal is not None:
        raise visit.refusal
    user = visit.user or {}
    return green(f"{name_of(user)} (partner id {user.get('pid', 'unknown')})")


def check_group(visit: Visit) -> StepVerdict:
    """AAM does not tell whether an account uses role-based access control; empty lists are how it shows."""
    user = visit.user or {}
    groups = user.get("groups")
    blocked = all(name in visit.refused or (name in visit.pages and not visit.pages[name].rows) for name in _GUARDED)
    if is_admin(user):
        return green("the user is an administrator")
    if not blocked:
        return green(f"{_count(groups)}; lists hold objects")
    seen = "segments, traits and data sources are all empty or refused"
    if groups == []:
        return red(f"the user is in no group, and {seen}", Step.TECHNICAL_USER)
    return yellow(
        f"{_count(groups)}, but {seen}: an empty account, or a group without access to anything", Step.TECHNICAL_USER
    )


def _check_gateway(visit: Visit, kind: type[AAMError], text: str) -> StepVerdict:
    if isinstance(visit.refusal, kind):
        raise visit.refusal
    if isinstance(visit.session.sender.credential, LegacyCredential):
        return skipped("legacy_oauth does without")
    if visit.refusal is not None and urlsplit(visit.session.base_url).hostname in _DIRECT:
        return skipped("this host does not tell; see the next steps")
    return green(text)


def _with_host(error: AAMError, host: str | None) -> AAMError:
    return error if host and host in error.message else error.with_text(f"The host is {host}.")


def _count(groups: object) -> str:
    if not isinstance(groups, list):
        return "AAM does not tell the user's groups"
    return "the user is in no group" if not groups else f"the user is in {len(groups)} group{'s'[: len(groups) > 1]}"
