"""Operations into requests: full ones, and never two at once that are about the same user. No input, no output."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Sequence

from airflow_provider_aam.stream.operations import Operation

COMMA = 1


class Packer:
    """``room`` is how many bytes of operations, with commas between them, a request takes; all of one user, if
    ``by_user``.

    Operations of one user stay in their order: each goes into the request of the one before it, or into a later one
    that is not made until that has been answered. Requests are as full as that allows; those of one user hold what
    stood next to each other in the source, or has waited meanwhile.
    """

    def __init__(self, room: int, *, by_user: bool = False) -> None:
        self._room = room + COMMA
        self._by_user = by_user
        self._open: list[Operation] = []
        """The request that is being filled."""
        self._left = self._room
        self._full: deque[list[Operation]] = deque()
        self._busy: set[str] = set()
        """Users of requests that are full or under way."""
        self._behind: defaultdict[str, list[Operation]] = defaultdict(list)
        """What comes after those, by user."""
        self.waiting_bytes = 0
        """Of operations that are not in a full request."""

    @property
    def has_full(self) -> bool:
        return bool(self._full)

    def put(self, operations: Sequence[Operation]) -> None:
        """Each at most ``room`` bytes long."""
        self.waiting_bytes += _size(operations)
        self._fill(operations)

    def take(self, *, last: bool = False) -> list[Operation]:
        """The operations of the next request; none where more are to come that would fill it.

        ``last``: nothing will be put any more, so only those whose users are busy may yet come.
        """
        if last and not self._full and self._open and (self._by_user or not self._behind):
            self._close()
        return self._full.popleft() if self._full else []

    def answered(self, operations: Sequence[Operation]) -> None:
        """The request of ``operations`` is over: later ones of their users may go."""
        users = dict.fromkeys([operation.user for operation in operations])
        self._busy.difference_update(users)
        for user in users:
            if user in self._behind:
                self._fill(self._behind.pop(user))

    def drop(self, user: str) -> Sequence[Operation]:
        """What waits of ``user``, who is under way; it will not be sent."""
        dropped = self._behind.pop(user, [])
        self.waiting_bytes -= _size(dropped)
        return dropped

    def _fill(self, operations: Sequence[Operation]) -> None:
        for operation in operations:
            user, size = operation.user, len(operation.wire) + COMMA
            if (size > self._left or self._by_user) and user not in self._busy:
                self._make_room(user, size)
            if user in self._busy:
                self._behind[user].append(operation)
            else:
                self._open.append(operation)
                self._left -= size

    def _make_room(self, user: str, size: int) -> None:
        """Close the open request if the operation cannot join it; its user may be in it, and is busy then."""
        if size > self._left or (self._open and self._open[0].user != user):
            self._close()

    def _close(self) -> None:
        self._full.append(self._open)
        self._busy.update([operation.user for operation in self._open])
        self.waiting_bytes -= self._room - self._left
        self._open, self._left = [], self._room


def _size(operations: Sequence[Operation]) -> int:
    return sum([len(operation.wire) for operation in operations]) + COMMA * len(operations)
