"""`/event`: who it is about, what is wrong with it, and the traits that they have then."""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING, Any

from airflow_provider_aam.emulator.aam.traits.members import join
from airflow_provider_aam.emulator.core.call import Reply, json_reply
from airflow_provider_aam.emulator.core.refusals import Refusal
from airflow_provider_aam.emulator.core.visitors import hostname
from airflow_provider_aam.emulator.dcs.keys import BadEncoding, read_keys
from airflow_provider_aam.emulator.dcs.people import MESSAGES, find_people

if TYPE_CHECKING:
    from airflow_provider_aam.emulator.core.call import Call
    from airflow_provider_aam.emulator.dcs.keys import Keys

LONGEST_QUERY, LARGEST_BODY = 8_000, 32_000
"""8K and 32K, read as the smaller of what they may mean. That 414 and 413 answer more is inferred."""
REGION = 7
NO_ALIAS, BAD_ORG, NO_HOST, BAD_ENCODING = 1, 2, 100, 311
_REGIONS = {"apse", "sae", "irl1", "use", "apse2", "usw2", "tyo3", "ind1", "dcs-beta"}
_PIXEL = base64.b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")


def take_event(call: Call) -> Reply:
    """Take in what can be; whatever is wrong is said with status 200 [doc]."""
    if len(call.query_string) > LONGEST_QUERY:
        raise Refusal(414, {"message": "URI Too Long"})
    if len(call.body) > LARGEST_BODY:
        raise Refusal(413, {"message": "Payload Too Large"})
    try:
        keys = read_keys(call)
    except BadEncoding:
        return _said(call, {"d_rtbd": ["json"]}, [BAD_ENCODING], None)
    codes = _scripted(call) or _about_account(call, keys)
    if codes:
        _note(call, keys, codes, done=False)
        return _said(call, keys, codes, None)
    people, codes = find_people(call.state, keys)
    traits = _traits(call, keys)
    for user in people:
        join(call.state, user, traits, call.state.clock.now_ms())
    _note(call, keys, codes, done=bool(people))
    return _said(call, keys, codes, _uuid(people[0]) if people else None)


def _about_account(call: Call, keys: Keys) -> list[int]:
    if "host" not in call.headers:
        return [NO_HOST]
    alias, _, domain = hostname(call.headers["host"]).partition(".")
    if domain != "demdex.net" or alias in _REGIONS:
        return [NO_ALIAS]
    organization = keys.get("d_orgid", [call.state.credentials.org_id])[-1]
    return [] if organization == call.state.credentials.org_id else [BAD_ORG]


def _scripted(call: Call) -> list[int]:
    """Trouble of the kind `failed_operations`: the code of this request."""
    trouble = call.trouble
    return [int(trouble.details["code"])] if trouble is not None and trouble.kind == "failed_operations" else []


def _traits(call: Call, keys: Keys) -> list[int]:
    rows = call.state.collections["traits"].rows
    sids, sources = _numbers(keys, "d_sid"), _numbers(keys, "d_tdpid")
    return [sid for sid in sids if sid in rows and (not sources or rows[sid]["dataSourceId"] in sources)]


def _numbers(keys: Keys, name: str) -> list[int]:
    return [int(part) for value in keys.get(name, []) for part in value.split(",") if part.isdecimal()]


def _uuid(user: tuple[int, str]) -> str:
    if user[0] == 0:
        return user[1]
    return str(int.from_bytes(hashlib.sha256(repr(user).encode()).digest()[:16], "big")).zfill(38)[:38]


def _note(call: Call, keys: Keys, codes: list[int], *, done: bool) -> None:
    streamed = call.state.streamed
    streamed.append((streamed[-1][0] + 1 if streamed else 1, codes, done, dict(keys)))


def _said(call: Call, keys: Keys, codes: list[int], uuid: str | None) -> Reply:
    if keys.get("d_rtbd") != ["json"]:
        reply = Reply(body=_PIXEL, media_type="image/gif")
    else:
        body: dict[str, Any] = {"stuff": [], "uuid": uuid} if uuid else {}
        if codes:
            body["errors"] = [{"code": code, "msg": MESSAGES.get(code, "scripted")} for code in codes]
        transaction = call.state.streamed[-1][0] if call.state.streamed else 0
        reply = json_reply(body | {"dcs_region": REGION, "tid": f"t-{transaction}"})
    if codes:
        reply.headers["X-Error"] = ",".join(map(str, codes))
    return reply
