"""Reading, writing and limits, resource by resource. Only lists and limits are asked for: nothing can change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from airflow_provider_aam.account.limits import LIMITS, NO_LIMITS
from airflow_provider_aam.api.errors import AAMForbidden, AAMNotFound
from airflow_provider_aam.api.guide import Step
from airflow_provider_aam.api.limits import LimitUse, parse_limits
from airflow_provider_aam.api.resources import RESOURCES, Verb
from airflow_provider_aam.cli.checkup.result import StepVerdict, green, red, skipped, yellow

if TYPE_CHECKING:
    from airflow_provider_aam.api.paging import Page
    from airflow_provider_aam.cli.checkup.visit import Visit

CORE = frozenset({"segments", "traits", "segment_folders", "trait_folders", "data_sources"})
"""What a technical account is for. The other lists may be closed to it (users, groups) or not bought (data feeds)."""
NEARLY_FULL = 0.9
_ASK_ADOBE = "Delete unused objects, or ask Adobe for a higher limit."


def readable() -> list[str]:
    """The lists that can be asked for without the id of another object."""
    return [name for name, each in RESOURCES.items() if Verb.LIST in each.verbs and "{" not in each.path]


def writable() -> list[str]:
    """The lists that can say for which objects the user has a permission."""
    asked = {"permissions", "includePermissions"}
    return [
        name for name in readable() if Verb.UPDATE in RESOURCES[name].verbs and asked <= RESOURCES[name].list_params
    ]


def limited() -> list[str]:
    return [name for name in readable() if Verb.LIMITS in RESOURCES[name].verbs or _documented(name) is not None]


def _documented(name: str) -> int | None:
    """For what AAM has no response, or none that is understood."""
    return LIMITS.get(name, NO_LIMITS).most.get(None)


def check_reading(visit: Visit, name: str) -> StepVerdict:
    """The first page of the list, as small as it goes. Raises ``AAMError``, but for a closed list outside of CORE."""
    try:
        page = visit.pages[name] = _first_page(visit, name)
    except (AAMForbidden, AAMNotFound) as refusal:
        visit.refused.add(name)
        if name in CORE:
            raise
        said = f"({refusal.status} {refusal.code or ''}".rstrip() + ")"
        if isinstance(refusal, AAMNotFound):
            return yellow(f"AAM does not have this list {said}", "Ignore this unless you pull it; if so, ask Adobe.")
        fix = f"Ignore this unless you pull it; if so: {Step.TECHNICAL_USER.pointer}"
        return yellow(f"closed to this user {said}", fix)
    count = _count(page)
    return green(f"{count:,} there" if count else "none there")


def check_writing(visit: Visit, name: str) -> StepVerdict:
    """Asks for the objects that the user may change, and changes none; that the filter does so is inferred.

    For data sources, those in which it may create traits. Raises ``AAMError``.
    """
    known = visit.pages.get(name)
    if known is None or not known.rows:
        return skipped("there is none to ask about")
    filters: dict[str, Any] = {"permissions": "WRITE", "includePermissions": True}
    what = f"may change {name}"
    if name == "data_sources":
        filters |= {"permissions": "CREATE", "objectType": "trait"}
        what = "may create traits in data sources"
    page = _first_page(visit, name, **filters)
    may = [row for row in map(msgspec.json.decode, page.rows) if _grants(row, filters["permissions"])]
    if may:
        return green(f"the user {what}")
    return yellow(f"nothing says that the user {what}: pushes may be refused", Step.TECHNICAL_USER)


def check_limit(visit: Visit, name: str) -> StepVerdict:
    """What AAM says of its limits, in a shape that is understood; else the documented maximum and what was counted."""
    uses: list[LimitUse] = []
    if Verb.LIMITS in RESOURCES[name].verbs:
        try:
            uses = parse_limits(visit.client.collection(name).limits()) or []
        except AAMNotFound:
            uses = []
    most = _documented(name)
    if not uses and most is not None and name in visit.pages:
        uses = [LimitUse(type="documented limit", limit=most, count=_count(visit.pages[name]))]
    if not uses and name in visit.refused:
        return skipped("its list is closed to this user")
    if not uses:
        apart = LIMITS.get(name, NO_LIMITS)
        documented = ", ".join(f"{most:,} with {apart.by} {value}" for value, most in apart.most.items())
        return skipped(f"AAM's response is not understood; Adobe documents at most {documented or 'none'}")
    text = ", ".join(f"{use.type} {use.count:,} of {use.limit:,}" for use in uses)
    fullest = max(use.count / use.limit if use.limit else 1.0 for use in uses)
    if fullest >= 1:
        return red(f"full: {text}", _ASK_ADOBE)
    return yellow(f"nearly full: {text}", _ASK_ADOBE) if fullest >= NEARLY_FULL else green(text)


def _first_page(visit: Visit, name: str, **filters: Any) -> Page:
    return next(iter(visit.client.collection(name).iter_pages(filters, page_size=1, max_concurrency=1)))


def _count(page: Page) -> int:
    return len(page.rows) if page.total is None else page.total


def _grants(row: Any, permission: str) -> bool:
    """An object without ``permissions`` has passed AAM's filter, which is all that there is to go by."""
    granted = row.get("permissions") if isinstance(row, dict) else None
    return granted is None or permission in granted
