"""Who is served: programs and pages of this machine, and no page of another site that a browser here has open."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Mapping

HOSTS = {
    "api.demdex.com": "demdex",
    "api-beta.demdex.com": "demdex",
    "aam.adobe.io": "gateway",
    "aam-beta.adobe.io": "gateway",
}


def why_refused(headers: Mapping[str, str]) -> str | None:
    """Return what is foreign about a request, None for one of this machine.

    A name of another site that leads here (DNS rebinding) shows in Host, a page of another site in Origin. Browsers
    always send Host.
    """
    host, origin = headers.get("host", ""), headers.get("origin")
    if "host" in headers and not _is_ours(hostname(host)):
        return "Host: expected a loopback address, localhost or a host name of Adobe's API"
    if origin is not None and origin.partition("://")[2].casefold() != host.casefold():
        return "Origin: requests of pages from elsewhere are refused"
    return None


def hostname(host_header: str) -> str:
    """Return the name or address in a Host header, without its port; empty when it is malformed."""
    try:
        return urlsplit(f"//{host_header}").hostname or ""
    except ValueError:
        return ""


def _is_ours(name: str) -> bool:
    if name in HOSTS or name == "localhost" or name.endswith((".localhost", ".demdex.net")):
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False
