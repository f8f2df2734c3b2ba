"""Which ids a data source takes. Source: Adobe's list of global data sources and their ID formats."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from airflow_provider_aam.api.errors import AAMArgumentError
from airflow_provider_aam.api.numbers import truth_of, whole_number
from airflow_provider_aam.members.grammar.codes import Code, Fault

_LOWER_UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_UPPER_UUID = r"[0-9A-F]{8}-[0-9A-F]{4}-[0-9A-F]{4}-[0-9A-F]{4}-[0-9A-F]{12}"
ALL_ZERO = r"[0-]+"
"""Advertising ids of people who limit ad tracking: all of them have it. [inferred: drop them]"""
EMAIL = r"[^@\s]+@[^@\s]+\.[^@\s]+"


@dataclass(frozen=True, kw_only=True)
class IdFormat:
    """``pattern`` must match the whole id, ``never`` nothing in it; Python and RE2 read both alike.

    Of ``device`` ids, zeros alone are refused.
    """

    name: str
    expected: str
    pattern: str
    never: str | None = None
    device: bool = False

    def fault(self, user: str) -> Fault | None:
        """Why AAM would not take ``user`` as an id of this format; ``None`` when it would."""
        if re.fullmatch(EMAIL, user):
            return Fault(Code.PII, f"“{user}” is an e-mail address")
        bad = not re.fullmatch(self.pattern, user) or (self.never is not None and re.search(self.never, user))
        if bad or (self.device and re.fullmatch(ALL_ZERO, user)):
            return Fault(Code.BAD_ID, f"“{user}” is not a {self.name}: expected {self.expected}")
        return None


def _device(name: str, expected: str, pattern: str) -> IdFormat:
    return IdFormat(name=name, expected=expected, pattern=pattern, device=True)


_LOWER = "8-4-4-4-12 hexadecimal digits in lower case"
AAM_UUID = IdFormat(name="AAM UUID", expected="38 digits", pattern=r"[0-9]{38}")
ECID = IdFormat(name="Experience Cloud ID", expected="38 digits", pattern=r"[0-9]{38}")
CUSTOMER_ID = IdFormat(
    name="customer ID",
    expected="no colon, no %3A, no control character, no space at either end",
    pattern=r"[^\x00-\x1f\x7f:]+",
    never="%3[aA]|^ | $|\ufeff",
)
HASHED_EMAIL = IdFormat(
    name="hashed e-mail", expected="SHA-256 as 64 hexadecimal digits in lower case", pattern=r"[0-9a-f]{64}"
)

OWN_FORMATS = {"customer": CUSTOMER_ID, "aam": AAM_UUID, "ecid": ECID}
"""What a data source of one's own can hold, by the words of its *Inbound* setting."""

GLOBAL_SOURCES = {
    0: AAM_UUID,
    20914: _device("GAID (Android)", _LOWER, _LOWER_UUID),
    20915: _device("IDFA (iOS)", "8-4-4-4-12 hexadecimal digits in upper case", _UPPER_UUID),
    121963: _device("Roku ID (RIDA)", _LOWER, _LOWER_UUID),
    389146: _device("Microsoft ID (MAID)", "letters and digits", r"[0-9A-Za-z]+"),
    488258: _device("Amazon Fire TV ID", _LOWER, _LOWER_UUID),
    963906: _device("Samsung ID (TIFA)", "letters, digits and hyphens", r"[0-9A-Za-z-]+"),
    1171485: _device("LG ID (LGUDID)", _LOWER, _LOWER_UUID),
    1171489: _device("Vizio ID (IFA)", "letters and digits", r"[0-9A-Za-z]+"),
}
"""Data sources that every account shares, and 0, AAM's own ids. Traits belong to a target data source instead."""


def id_format_of(data_source: Mapping[str, Any]) -> IdFormat:
    """The format of the ids of ``data_source``, a row of ``client.data_sources``.

    Read from its *Inbound* setting (*Customer ID*, *Audience Manager ID*, *Experience Cloud ID*) [inferred: that
    ``useAudienceManagerVisitorID`` and ``marketingCloudVisitorIdVersion`` are this setting].
    """
    number = whole_number(data_source["dataSourceId"])
    if number in GLOBAL_SOURCES:
        return GLOBAL_SOURCES[number]
    if _is_set(data_source.get("useAudienceManagerVisitorID")):
        return AAM_UUID
    return ECID if _is_set(data_source.get("marketingCloudVisitorIdVersion")) else CUSTOMER_ID


def _is_set(setting: object) -> bool:
    """``"0"`` and ``"false"`` are not: AAM may write numbers and booleans as text."""
    return bool(setting) and whole_number(setting) != 0 and truth_of(setting) is not False


def hash_email(address: str) -> str:
    """SHA-256 of the trimmed, lower-case ``address``, 64 hexadecimal digits, as people-based destinations expect it.

    Raises :class:`AAMArgumentError` for what is not an e-mail address.
    """
    clean = address.strip().lower()
    if not re.fullmatch(EMAIL, clean):
        raise AAMArgumentError(
            "hash_email expects an e-mail address, found something else (not shown: it may be personal data)."
        )
    return hashlib.sha256(clean.encode()).hexdigest()
