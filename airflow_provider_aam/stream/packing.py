"""Operations into requests: full ones, and never two at once that are about the same user. No input, no output."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

from airflow_provider_aam.stream.operations import Operation

COMMA = 1


class Packer:
    """``room`` is how many bytes of operations, with commas between them, a request takes; all of one user, if
    ``by_user``.

    Operations of one user stay in their order: each goes into the request of the one before it, or into a later one
    that is not taken until that has been answered. Requests are as full as that allows; those of one user hold what
    stood next to each other in the source, or has waited meanwhile.
    """

    def __init__(self, room: int, *, by_user: bool = False) -> None:
        self._room = room
        self._by_user = by_user
        self._waiting: dict[str, _Queue] = {}
        self._ready: deque[str] = deque()
        """Users with waiting operations and none under way, in the order of coming."""
        self._under_way: set[str] = set()
        self._ready_bytes = 0
        self.waiting_bytes = 0

    @property
    def has_full(self) -> bool:
        """Whether :meth:`take` has a request that no later operation could join."""
        return self._ready_bytes - COMMA > self._room or (self._by_user and len(self._ready) > 1)

    def put(self, operation: Operation) -> None:
        """At most ``room`` bytes long."""
        user, size = operation.user, len(operation.wire) + COMMA
        blocked = user in self._under_way
        queue = self._waiting.get(user)
        if queue is None:
            queue = self._waiting[user] = _Queue()
            if not blocked:
                self._ready.append(user)
        queue.operations.append(operation)
        queue.bytes += size
        self.waiting_bytes += size
        if not blocked:
            self._ready_bytes += size

    def take(self, *, last: bool = False) -> list[Operation]:
        """The operations of the next request; none where more are to come that would fill it.

        ``last``: nothing will be put any more, so only those whose users are under way may yet come.
        """
        everything = last and (self._by_user or self._ready_bytes == self.waiting_bytes)
        return self._fill() if self.has_full or everything else []

    def answered(self, operations: Sequence[Operation]) -> None:
        """The request of ``operations`` is over: later ones of their users may go."""
        for user in dict.fromkeys(operation.user for operation in operations):
            self._under_way.discard(user)
            if user in self._waiting:
                self._ready.append(user)
                self._ready_bytes += self._waiting[user].bytes

    def drop(self, user: str) -> Sequence[Operation]:
        """What waits of ``user``, who is under way; it will not be sent."""
        dropped = self._waiting.pop(user, _Queue())
        self.waiting_bytes -= dropped.bytes
        return dropped.operations

    def _fill(self) -> list[Operation]:
        taken: list[Operation] = []
        left = self._room + COMMA
        while self._ready:
            user = self._ready[0]
            queue = self._waiting[user]
            of_user, size = queue.take(left)
            if not of_user:
                break
            taken += of_user
            left -= size
            self.waiting_bytes -= size
            self._ready_bytes -= size + queue.bytes
            self._ready.popleft()
            self._under_way.add(user)
            if not queue.operations:
                del self._waiting[user]
            if queue.operations or self._by_user:
                break
        return taken


@dataclass(slots=True)
class _Queue:
    """What waits of one user. ``bytes`` with a comma each."""

    operations: deque[Operation] = field(default_factory=deque)
    bytes: int = 0

    def take(self, left: int) -> tuple[list[Operation], int]:
        """The first ones that go into ``left`` bytes, and how many bytes they are."""
        taken, size = [], 0
        while self.operations and size + (more := len(self.operations[0].wire) + COMMA) <= left:
            taken.append(self.operations.popleft())
            size += more
        self.bytes -= size
        return taken, size
