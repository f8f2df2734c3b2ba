"""Where lists and objects are in AAM's own UI.

Adobe documents none of these addresses [inferred: from links in Adobe's own material and the UI's scripts of 2016 to
2018]. Whoever knows better ones hands them over; there is no address of a single destination, model or data source.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote, urljoin, urlsplit

from airflow_provider_aam.api.config import GATEWAY_HOSTS, LEGACY_HOSTS

UI_HOSTS = {"production": "https://bank.demdex.com/portal/", "beta": "https://bank-beta.demdex.com/portal/"}
ACCOUNT = "account"
"""The UI's first page."""

_TRAITS, _SEGMENTS = "Traits/Traits.ddx#show/list", "Segments/SegmentBuilder.ddx#list"
_DESTINATIONS = "Segments/ListDestinations.ddx"
PAGES: Mapping[str, str] = {
    ACCOUNT: "",
    "traits": _TRAITS,
    "traits/{id}": "Traits/Traits.ddx#view/{id}",
    "trait_folders": _TRAITS,
    "segments": _SEGMENTS,
    "segments/{id}": "Segments/SegmentBuilder.ddx#view/{id}",
    "segment_folders": _SEGMENTS,
    "data_sources": "Segments/DatasourceManagement.ddx#datasources/list",
    "destinations": _DESTINATIONS,
    "mappings": _DESTINATIONS,
    "models": "Segments/Models.ddx",
    "derived_signals": "Segments/ManageDerivedSignal.ddx",
}
"""By a list's name, or that and ``/{id}`` for one of its objects; below the UI's host."""


def address_in_aam_ui(
    base_url: str, resource: str, object_id: object = None, *, other: Mapping[str, str]
) -> str | None:
    """The page of an object, else of its list; ``None`` where the host of the API or the page is not known.

    ``other`` has pages in place of :data:`PAGES`: whole addresses, or the part below the host; an empty one is none.
    """
    pages = {**PAGES, **other}
    of_object = pages.get(f"{resource}/{{id}}") if object_id is not None else None
    page = of_object or pages.get(resource)
    if page is None or (page == "" and resource in other):
        return None
    address = urljoin(_ui_host(base_url) or "", page.replace("{id}", quote(str(object_id), safe="")))
    return address if urlsplit(address).scheme in ("http", "https") else None


def _ui_host(base_url: str) -> str | None:
    """``None`` for hosts that are not Adobe's: what UI belongs to them is not known."""
    host = urlsplit(base_url).hostname
    known = ((name, url) for hosts in (GATEWAY_HOSTS, LEGACY_HOSTS) for name, url in hosts.items())
    return next((UI_HOSTS[name] for name, url in known if urlsplit(url).hostname == host), None)
