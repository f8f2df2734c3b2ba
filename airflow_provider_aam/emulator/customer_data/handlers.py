"""The requests of the Customer Data API, and what they get back."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from airflow_provider_aam.emulator.core.call import Reply, json_reply
from airflow_provider_aam.emulator.core.refusals import bad_request, gateway, not_found
from airflow_provider_aam.emulator.customer_data.operations import MESSAGES, take

if TYPE_CHECKING:
    from airflow_provider_aam.emulator.core.call import Call

LARGEST_BODY = 100_000
"""100K, read as the smaller of what that may mean."""
_STREAM_ID = re.compile(r"[a-zA-Z0-9.,+\-$_*!()]+")


def take_operations(call: Call) -> Reply:
    """Take in what can be, one operation after the other, and say what is wrong with each of the others."""
    _require_organization(call)
    if not _STREAM_ID.fullmatch(call.params["streamId"]):
        raise bad_request(["streamId: must match " + _STREAM_ID.pattern])
    if len(call.body) > LARGEST_BODY:
        raise bad_request([f"body: {len(call.body)} bytes are more than 100K"])
    body = call.json_object()
    operations = body.get("ops")
    if not isinstance(operations, list) or not operations:
        raise bad_request(["ops: must be a list of operations"])
    state, now_ms = call.state, call.state.clock.now_ms()
    number = state.streamed[-1][0] + 1 if state.streamed else 1
    script = _Script(call)
    errors = []
    for index, operation in enumerate(operations, start=1):
        codes = script.codes(index) or ([] if script.refuses else take(state, operation, now_ms))
        state.streamed.append((number, codes, not (codes or script.refuses), operation))
        if codes:
            details = [{"errorCode": code, "message": MESSAGES.get(code, "scripted")} for code in codes]
            errors.append({"operationIndex": index, "details": details})
    status = script.status or ("PARTIAL_SUCCESS" if errors else "SUCCESS")
    reply = json_reply(
        {"transactionId": f"t-{number}", "tracingId": body.get("tracing_id"), "status": status, "errors": errors}
    )
    reply.status = {"BAD_REQUEST": 400, "INTERNAL_ERROR": 500, "UNAUTHORIZED": 401}.get(status, 200)
    return reply


def get_profile(call: Call) -> Reply:
    """Return the traits that someone has, or 404."""
    _require_organization(call)
    user = (call.params["dataSourceId"], call.params["id"])
    traits = sorted(sid for sid, members in call.state.members.items() if user in members)
    if not traits:
        raise not_found("Profile", call.params["id"])
    identity: dict[str, Any] = {"dataSourceId": user[0], "value": user[1]}
    return json_reply({"identities": [identity], "traits": [{"traitId": sid} for sid in traits], "segments": []})


class _Script:
    """Trouble of the kind `failed_operations`: every so many-th fails; `BAD_REQUEST` as status takes in no other."""

    def __init__(self, call: Call) -> None:
        trouble = call.trouble
        self._details = trouble.details if trouble is not None and trouble.kind == "failed_operations" else {}
        self.status = self._details.get("status")
        self.refuses = self.status == "BAD_REQUEST"

    def codes(self, index: int) -> list[int]:
        due = self._details and index % int(self._details.get("every", 1)) == 0
        return [int(self._details["code"])] if due else []


def _require_organization(call: Call) -> None:
    """403 without the header [doc: it is required]; the response is inferred."""
    if not call.headers.get("x-gw-ims-org-id"):
        raise gateway(403, "403027", "Organization is required")
