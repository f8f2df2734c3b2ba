"""Which ids a data source takes, and in which column of the status report a wrong one is counted."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from airflow_provider_aam.emulator.core.collection import Row

_HEX = "{d}{{8}}-{d}{{4}}-{d}{{4}}-{d}{{4}}-{d}{{12}}"
_LOWER, _UPPER = _HEX.format(d="[0-9a-f]"), _HEX.format(d="[0-9A-F]")


@dataclass(frozen=True)
class Ids:
    """`category` is that of the report."""

    pattern: str
    category: str

    def take(self, text: str) -> bool:
        """Whether this is such an id."""
        return re.fullmatch(self.pattern, text) is not None


UUIDS = Ids("[0-9]{38}", "invalidAamId")
CUSTOMER_IDS = Ids(r"(?!.*%3[aA])[^:\x00-\x1f]+", "formatErrors")  # the category is inferred
GLOBAL_SOURCES = {
    0: UUIDS,
    20914: Ids(_LOWER, "invalidDeviceId"),
    20915: Ids(_UPPER, "invalidDeviceId"),
    121963: Ids(_LOWER, "invalidDeviceId"),
    389146: Ids("[0-9A-Za-z]+", "invalidDeviceId"),
    488258: Ids(_LOWER, "invalidDeviceId"),
    963906: Ids("[0-9A-Za-z-]+", "invalidDeviceId"),
    1171485: Ids(_LOWER, "invalidDeviceId"),
    1171489: Ids("[0-9A-Za-z]+", "invalidDeviceId"),
}
"""0 is AAM itself, the others are shared by all accounts [doc: "Global data sources"]."""


def ids_of(source: int, row: Row | None) -> Ids | None:
    """Return the ids of a data source, by its *Inbound* setting (which fields it is: inferred); `None`: unknown."""
    if source in GLOBAL_SOURCES:
        return GLOBAL_SOURCES[source]
    if row is None:
        return None
    visitor = row["useAudienceManagerVisitorID"] or row["marketingCloudVisitorIdVersion"]
    return UUIDS if visitor else CUSTOMER_IDS
