"""One request until each of its operations has come to an end."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from airflow_provider_aam.api.errors import AAMError
from airflow_provider_aam.api.retry import pause_after
from airflow_provider_aam.api.stream import Fault, Reply
from airflow_provider_aam.stream.codes import Verdict, gravest, verdict_on
from airflow_provider_aam.stream.operations import Operation, Rejected

Send = Callable[[Sequence[Operation]], Reply]
_NOT_DONE = Fault(0, "the request was refused because of other operations")


@dataclass
class Delivered:
    """``skipped`` are codes, one per operation. ``barred``: users of whom nothing is to be sent any more.

    ``failure`` ended it; ``unsure``: AAM may have accepted more than what was ``sent``.
    """

    sent: int = 0
    skipped: list[int | str] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)
    barred: set[str] = field(default_factory=set)
    requests: int = 0
    bytes: int = 0
    failure: AAMError | None = None
    unsure: bool = False


def deliver(
    operations: Sequence[Operation], send: Send, *, max_attempts: int, pause: Callable[[float], None]
) -> Delivered:
    """Send ``operations``, and those again that AAM failed at.

    With an operation all later ones of its user are sent again, so that AAM has them in their order in the end. The
    failure is :class:`AAMForbidden` where AAM says that none will do, else what sending raises.
    """
    done = Delivered()
    left = operations
    for attempt in range(1, max_attempts + 1):
        try:
            reply = send(left)
        except AAMError as error:
            done.failure = error
            done.unsure = error.retryable or attempt > 1
            break
        done.requests += 1
        done.bytes += sum([len(each.wire) for each in left])
        if not reply.faults and not reply.refused:
            done.sent += len(left)
            break
        again = _settle(left, reply, done, last=attempt == max_attempts)
        if done.failure or not again:
            done.unsure = bool(again)
            break
        if any(verdict_on(gravest(faults).code) is Verdict.RETRY for faults in reply.faults.values()):
            pause(pause_after(attempt))
        left = again
    return done


def _settle(operations: Sequence[Operation], reply: Reply, done: Delivered, *, last: bool) -> Sequence[Operation]:
    """Note in ``done`` what has come to an end; the others."""
    again: list[Operation] = []
    behind: set[str] = set()
    for index, operation in enumerate(operations):
        faults = reply.faults.get(index)
        fault = gravest(faults) if faults else _NOT_DONE if reply.refused else None
        if fault is None:
            if operation.user in behind and not last:
                again.append(operation)
            else:
                done.sent += 1
        elif operation.user in done.barred:
            done.rejected.append(_rejected(operation, fault, reply))
        elif verdict_on(fault.code) is Verdict.RETRY and not last:
            again.append(operation)
            behind.add(operation.user)
        else:
            _end(operation, fault, reply, done)
    return again


def _end(operation: Operation, fault: Fault, reply: Reply, done: Delivered) -> None:
    match verdict_on(fault.code):
        case Verdict.STOP:
            done.failure = done.failure or reply.refusal(fault, operation.place)
        case Verdict.SKIP:
            done.skipped.append(fault.code)
        case verdict:
            if verdict is Verdict.BAR:
                done.barred.add(operation.user)
            done.rejected.append(_rejected(operation, fault, reply))


def _rejected(operation: Operation, fault: Fault, reply: Reply) -> Rejected:
    return Rejected(
        place=operation.place,
        row=operation.given,
        code=str(fault.code),
        reason=fault.message,
        transaction_id=reply.transaction_id,
        passing=verdict_on(fault.code) is Verdict.RETRY,
    )
