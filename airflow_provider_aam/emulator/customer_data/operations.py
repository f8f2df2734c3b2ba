"""One operation of a stream: what is wrong with it, or what it does to the members of traits.

Signals are read and change nothing: which traits they mean is inbound files' business here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow_provider_aam.emulator.aam.traits.members import join, leave
from airflow_provider_aam.emulator.inbound.ids import GLOBAL_SOURCES, ids_of

if TYPE_CHECKING:
    from airflow_provider_aam.emulator.core.state import State, User

BAD_UUID, BAD_IDS, BAD_ID, NOT_YOURS, BAD_ENCODING, BAD_DEVICE, OPTED_OUT = 102, 104, 300, 302, 311, 312, 171
MESSAGES = {
    0: "Unspecified error",
    BAD_UUID: "Invalid AAM ID",
    BAD_IDS: "All customer IDs are invalid",
    OPTED_OUT: "Opt-out tag encountered for the ID",
    BAD_ID: "Invalid customer ID",
    NOT_YOURS: "Unauthorized customer ID",
    303: "Customer ID is on the denylist",
    BAD_ENCODING: "Invalid parameter encoding",
    BAD_DEVICE: "Invalid global device ID",
}
"""In the documents' words, shortened."""
OPERATIONS = ("APPEND", "OVERWRITE", "DELETE")


def take(state: State, operation: Any, now_ms: int) -> list[int]:
    """Do what an operation says, or return the codes of what is wrong with it."""
    if not isinstance(operation, dict):
        return [BAD_ENCODING]
    found = [_user(state, each) for each in operation.get("identities") or [{}]]
    if codes := [each for each in found if isinstance(each, int)]:
        return codes
    kind = operation.get("operationType", "APPEND")
    targets = operation.get("targetDataSource") or []
    if kind not in OPERATIONS or (kind == "OVERWRITE" and len(targets) != 1):
        return [BAD_ENCODING]
    users = [each for each in found if not isinstance(each, int)]
    if any(name in state.settings.opted_out for _, name in users):
        return [OPTED_OUT]
    sids = (operation.get("traitInput") or {}).get("traitIds") or []
    for user in users:
        _change(state, user, kind, sids, targets, now_ms)
    return []


def _change(state: State, user: User, kind: str, sids: list[int], targets: list[int], now_ms: int) -> None:
    rows = state.collections["traits"].rows
    meant = [sid for sid in sids if sid in rows and (not targets or rows[sid]["dataSourceId"] in targets)]
    if kind == "DELETE":
        leave(state, user, meant)
        return
    if kind == "OVERWRITE":
        leave(state, user, [sid for sid, row in rows.items() if row["dataSourceId"] in targets])
    join(state, user, meant, now_ms)


def _user(state: State, identity: dict[str, Any]) -> User | int:
    """Who it is, or the code of what is wrong with the identity."""
    collection = state.collections["data_sources"]
    source, value = identity.get("dataSourceId"), identity.get("value")
    code = identity.get("integrationCode") or identity.get("namespaceCode")  # that both are the same is inferred
    if source is None:
        source = next((key for key, row in collection.rows.items() if code and row["integrationCode"] == code), None)
    ids = None if source is None else ids_of(source, collection.rows.get(source))
    if ids is None or source is None:
        return NOT_YOURS
    if not isinstance(value, str) or value != value.strip() or not ids.take(value):
        return BAD_UUID if source == 0 else BAD_DEVICE if source in GLOBAL_SOURCES else BAD_ID
    return source, value
