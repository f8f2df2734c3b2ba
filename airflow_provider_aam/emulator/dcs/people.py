"""The ids of a request, each checked by itself: the good ones count, whatever the others are."""

from __future__ import annotations

from collections import Counter
from itertools import chain
from typing import TYPE_CHECKING

from airflow_provider_aam.emulator.inbound.ids import GLOBAL_SOURCES, UUIDS, ids_of

if TYPE_CHECKING:
    from airflow_provider_aam.emulator.core.state import State, User
    from airflow_provider_aam.emulator.dcs.keys import Keys

BAD_ECID, BAD_UUID, NO_GOOD_ID, OPTED_OUT = 101, 102, 104, 171
BAD_ID, TOO_MANY, NOT_YOURS, TOO_MANY_OF_ONE, BAD_DEVICE = 300, 301, 302, 310, 312
MOST, MOST_OF_ONE = 10, 3
SEPARATOR = "\x01"
ECID = -1
"""In place of the data source of Experience Cloud IDs."""
MESSAGES = {
    1: "No configuration for this hostname",
    2: "Invalid d_orgid",
    100: "No Host header",
    BAD_ECID: "Invalid Experience Cloud ID",
    BAD_UUID: "Invalid AAM ID",
    NO_GOOD_ID: "All customer IDs are invalid",
    OPTED_OUT: "Opt-out tag encountered for the ID",
    BAD_ID: "Invalid customer ID",
    TOO_MANY: "More than 10 customer IDs",
    NOT_YOURS: "Unauthorized customer ID",
    303: "Customer ID is on the denylist",
    TOO_MANY_OF_ONE: "More than 3 customer IDs of one namespace",
    311: "Invalid parameter encoding",
    BAD_DEVICE: "Invalid global device ID",
}
"""In the documents' words, shortened."""


def find_people(state: State, keys: Keys) -> tuple[list[User], list[int]]:
    """Return whom it is about, and the codes of what is wrong. Without any id nobody is meant (inferred)."""
    declared = [_declared(state, value, by_code=False) for value in keys.get("d_cid", [])]
    declared += [_declared(state, value, by_code=True) for value in keys.get("d_cid_ic", [])]
    own = [_of_adobe(0, value, BAD_UUID) for value in keys.get("d_uuid", [])]
    own += [_of_adobe(ECID, value, BAD_ECID) for value in keys.get("d_mid", [])]
    if len(declared) > MOST:
        return [], [TOO_MANY]
    if any(count > MOST_OF_ONE for count in Counter(each[0] for each in declared if isinstance(each, tuple)).values()):
        return [], [TOO_MANY_OF_ONE]
    codes = [each for each in (*own, *declared) if isinstance(each, int)]
    if declared and all(isinstance(each, int) for each in declared):
        codes.append(NO_GOOD_ID)
    people = [each for each in (*own, *declared) if isinstance(each, tuple)]
    if any(name in state.settings.opted_out for _, name in people):
        return [], [OPTED_OUT]
    return people, codes


def _of_adobe(source: int, value: str, code: int) -> User | int:
    return (source, value) if UUIDS.take(value) else code


def _declared(state: State, value: str, *, by_code: bool) -> User | int:
    """Return who it is, or the code of what is wrong with it."""
    given, separator, user = value.partition(SEPARATOR)
    rows = state.collections["data_sources"].rows
    if not separator:
        return BAD_ID
    if by_code:
        own = (key for key, row in rows.items() if row["integrationCode"] == given)
        devices = (key for key in GLOBAL_SOURCES if key and given == f"DSID_{key}")
        source = next(chain(own, devices), None)
    else:
        source = int(given) if given.isdecimal() else None
    ids = None if source is None else ids_of(source, rows.get(source))
    if ids is None or source is None:
        return NOT_YOURS
    if user != user.strip() or not ids.take(user):
        return BAD_DEVICE if source in GLOBAL_SOURCES else BAD_ID
    return source, user
