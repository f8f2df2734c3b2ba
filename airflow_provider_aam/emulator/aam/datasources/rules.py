"""What must hold of a data source, and which ones a list shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_provider_aam.emulator.core.refusals import bad_request, conflict
from airflow_provider_aam.emulator.core.state import PID

if TYPE_CHECKING:
    from airflow_provider_aam.emulator.core.call import Call
    from airflow_provider_aam.emulator.core.collection import Row
    from airflow_provider_aam.emulator.core.listing import Condition
    from airflow_provider_aam.emulator.core.state import State


def problems(state: State, values: Row, key: int | None) -> list[str]:  # noqa: ARG001
    """Nothing can be wrong; a cross-device source never uses Audience Manager's visitor id [client: the AAM UI]."""
    if values.get("idType") == "CROSS_DEVICE":
        values["useAudienceManagerVisitorID"] = False
    return []


def in_use(state: State, row: Row) -> None:
    """409 while traits or segments belong to it. What AAM does then is not documented; this is our choice."""
    source = row["dataSourceId"]
    for name in ("traits", "segments"):
        owned = sum(each["dataSourceId"] == source for each in state.collections[name].rows.values())
        if owned:
            raise conflict(f"Data source {source} cannot be deleted: {owned} {name} belong to it.")


def keep(call: Call) -> list[Condition]:
    """Refuse an unknown `objectType`; leave out other partners' data sources unless they are asked for."""
    if call.text("objectType").casefold() not in ("", "segment", "trait"):
        raise bad_request(["objectType: must be segment or trait"], "Invalid request parameter")
    return [] if call.flag("includeThirdParty") else [lambda row: row["pid"] == PID]
