"""What was asked of the emulator: the requests in order, how many of each, how many at once."""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import asdict, dataclass, field
from typing import Any

KEPT_REQUESTS = 20_000
KEPT_HEADERS = ("user-agent", "x-api-key", "x-gw-ims-org-id", "aam-disable-escaping-html", "content-type")


@dataclass
class RecordedRequest:
    """One request. `status` stays `None` when no answer was sent; `route` is `None` for an unknown path."""

    method: str
    path: str
    query: dict[str, list[str]]
    headers: dict[str, str]
    connection: int
    status: int | None = None
    route: str | None = None
    token_kind: str | None = None


@dataclass
class Stats:
    """Counters since the last reset or `clear_stats`."""

    requests: deque[RecordedRequest] = field(default_factory=lambda: deque(maxlen=KEPT_REQUESTS))
    counts: Counter[str] = field(default_factory=Counter)
    total: int = 0
    in_flight: int = 0
    max_in_flight: int = 0

    def entered(self, request: RecordedRequest) -> None:
        """A request has arrived."""
        self.requests.append(request)
        self.total += 1
        self.in_flight += 1
        self.max_in_flight = max(self.max_in_flight, self.in_flight)

    def routed(self, request: RecordedRequest, route: str) -> None:
        """It is now known which route it asks for."""
        request.route = route
        self.counts[route] += 1

    def left(self) -> None:
        """A request is over."""
        self.in_flight -= 1

    def as_json(self, *, requests: bool) -> dict[str, Any]:
        """Return the counters, with the recorded requests if asked for."""
        body: dict[str, Any] = {
            "total": self.total,
            "counts": dict(self.counts),
            "max_in_flight": self.max_in_flight,
        }
        if requests:
            body["requests"] = [asdict(each) for each in self.requests]
        return body
