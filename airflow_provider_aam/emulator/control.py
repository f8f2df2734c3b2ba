"""The emulator as a test sees it: reset, seed, script trouble, ask what happened.

`EmulatorControl` speaks to an emulator anywhere on this machine; `Emulator` is the one that `running_emulator` yields.
Importing this module costs nothing: pytest loads it for every user of the package.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, overload

if TYPE_CHECKING:
    from airflow_provider_aam.emulator.credentials import Credentials

Seed = Literal["empty", "account"]
TIMEOUT_S = 60


class EmulatorControl:
    """The control plane of the emulator at `url`. Every call is one request; bad arguments raise `ValueError`."""

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")

    # --- credentials -----------------------------------------------------------------------------------------------

    @cached_property
    def credentials(self) -> Credentials:
        """The credential that the emulator accepts, for each way of authentication."""
        from airflow_provider_aam.emulator.credentials import Credentials

        values = self._get("credentials")
        return Credentials(**values | {"scopes": tuple(values["scopes"])})

    def connection(self, auth: str, **extra: Any) -> dict[str, Any]:
        """Return an Airflow Connection to this emulator; `extra` is added to its extra field.

        `auth` is `oauth_server_to_server`, `jwt` or `legacy_oauth`.
        """
        from airflow_provider_aam.emulator.credentials import connection

        return connection(self.credentials, self.url, auth, extra)

    def connection_json(self, auth: str, **extra: Any) -> str:
        """Return the same as JSON: the value of an `AIRFLOW_CONN_…` variable."""
        return json.dumps(self.connection(auth, **extra))

    # --- the account -----------------------------------------------------------------------------------------------

    def reset(self, seed: Seed = "empty") -> None:
        """Start again: objects, ids, tokens, settings, clock, trouble and statistics."""
        self._post("reset", {"seed": seed})

    def seed(self, **counts: int) -> None:
        """Add synthetic objects, e.g. `segments=200, mappings=50`, the same every time. Limits do not apply.

        What they need and the account has none of is added too: a data source, ten traits, a segment, a destination.
        """
        self._post("seed", counts)

    @overload
    def add(self, collection: str, objects: Mapping[str, Any]) -> dict[str, Any]: ...
    @overload
    def add(self, collection: str, objects: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]: ...
    def add(self, collection: str, objects: Any) -> Any:
        """Store an object, or several, past every rule; return as stored. Absent fields are filled in."""
        one = isinstance(objects, Mapping)
        stored = self._post("objects", {"collection": collection, "objects": [objects] if one else list(objects)})
        return stored[0] if one else stored

    def objects(self, collection: str) -> list[dict[str, Any]]:
        """Return all stored objects of a collection, e.g. `traits`; docs/emulator.md names all of them."""
        found: list[dict[str, Any]] = self._get(f"objects/{collection}")
        return found

    def set_metrics(self, sid: int, metrics: Mapping[str, int]) -> None:
        """Fix figures of a trait (`uniques30Day`, `count1Day`, …) or segment (`instantUniques…`, `totalUniques…`).

        `includeMetrics`, reports and estimates show them; other figures stay as they were.
        """
        self._post("metrics", {"sid": sid, "metrics": dict(metrics)})

    # --- behaviour -------------------------------------------------------------------------------------------------

    def watch(self, url: str, **options: Any) -> None:
        """Take inbound files from a folder or `s3://bucket/prefix`, until the next reset, as AAM does.

        They are picked up twice a day by the emulator's clock: `advance` moves it. `options` are those of the fsspec
        filesystem, e.g. `endpoint_url` for s3; docs/emulator.md says what becomes of a file.
        """
        self._post("watch", {"url": url, "options": options})

    @property
    def inbound_files(self) -> list[dict[str, Any]]:
        """The inbound files seen since `watch`: `path`, `name`, `status` and, if `rejected`, the `reason`."""
        found: list[dict[str, Any]] = self._get("inbound")["files"]
        return found

    def deliver(self, url: str, *, destination: int, **batch: Any) -> dict[str, Any]:
        """Send a batch of outbound files to a folder or `s3://bucket/prefix`, file by file as the clock goes on.

        `batch`: `mode` (`iter`, `full`), `rows`, `splits`, `info` (`first`, `last`, `none`), `reverse`, `late_s`,
        `every_s`, `success`, and `options` of the filesystem; docs/emulator.md says what each does. Returns the
        `batch` that all names begin with, and the `files` in the order in which they appear.
        """
        sent: dict[str, Any] = self._post("deliver", {"url": url, "destination": destination, **batch})
        return sent

    def deliver_hour(self, url: str, **hour: Any) -> dict[str, Any]:
        """Send an hour of a Customer Data Feed to a folder or `s3://bucket/prefix`, file by file as the clock goes on.

        `hour`: `hours_ago`, `pid`, `files`, `rows`, `first` (for an hour in pieces), `lands_h`, `info` (`first`,
        `last`, `none`), `reverse`, `late_s`, `every_s`, and `options` of the filesystem; docs/emulator.md says what
        each does. Returns the `hour` and the `files` in the order in which they appear.
        """
        sent: dict[str, Any] = self._post("deliver-hour", {"url": url, **hour})
        return sent

    def advance(self, seconds: float) -> None:
        """Move the emulator's clock; tokens and JWTs expire by it, `createTime` and `updateTime` show it.

        Inbound files that are due by then are picked up and processed when it returns, and outbound files are there.
        """
        self._post("advance", {"seconds": seconds})

    def expire_tokens(self) -> None:
        """Make every token minted so far an expired one."""
        self._post("expire-tokens")

    def configure(self, **settings: Any) -> None:
        """Change settings: the fields of `airflow_provider_aam.emulator.settings.Settings`. `limits` is merged."""
        self._post("configure", settings)

    def add_to_group(self) -> None:
        """Do what an AAM administrator does after the technical account's first `users/self`: put it into a group."""
        self._post("add-to-group")

    def trouble(self, route: str, kind: str, times: int | None = 1, skip: int = 0, **details: Any) -> None:
        """Script trouble for the next `times` requests of a route, after `skip` of them; `times=None`: for ever.

        `route` is a method and a template or a path, with `*` for anything: `GET /v1/traits/{sid}`, `* /v1/traits*`.
        The kinds and their details are in docs/emulator.md.
        """
        self._post("trouble", {"route": route, "kind": kind, "times": times, "skip": skip, "details": details})

    def clear_trouble(self) -> None:
        """Forget all scripted trouble."""
        self._post("clear-trouble")

    @property
    def streamed(self) -> list[dict[str, Any]]:
        """What `/stream` was sent since the last reset, an entry per operation in the order of taking them in.

        `request` counts requests from 1; `codes` are those of an operation that was not taken in.
        """
        found: list[dict[str, Any]] = self._get("streamed")
        return found

    # --- what happened ---------------------------------------------------------------------------------------------

    @property
    def requests(self) -> list[dict[str, Any]]:
        """The requests since the last reset or `clear_stats`, in order of arrival; the last 20,000."""
        found: list[dict[str, Any]] = self._get("stats?requests=true")["requests"]
        return found

    def count(self, route: str | None = None) -> int:
        """Return how many requests there were, of one route or in all."""
        stats = self._get("stats")
        number: int = stats["total"] if route is None else stats["counts"].get(route, 0)
        return number

    @property
    def max_in_flight(self) -> int:
        """The greatest number of requests that were being handled at the same time."""
        number: int = self._get("stats")["max_in_flight"]
        return number

    def clear_stats(self) -> None:
        """Start counting again."""
        self._post("clear-stats")

    # --- wire ------------------------------------------------------------------------------------------------------

    def _get(self, path: str) -> Any:
        return self._ask("GET", path, None)

    def _post(self, path: str, body: object = None) -> Any:
        return self._ask("POST", path, json.dumps({} if body is None else body).encode())

    def _ask(self, method: str, path: str, body: bytes | None) -> Any:
        """Send one request on a connection of its own; proxy settings of the environment are not heeded."""
        from contextlib import closing
        from http.client import HTTPConnection
        from urllib.parse import urlsplit

        with closing(HTTPConnection(urlsplit(self.url).netloc, timeout=TIMEOUT_S)) as connection:
            connection.request(method, f"/_emulator/{path}", body)
            response = connection.getresponse()
            answer = json.loads(response.read())
        if response.status != 200:
            raise ValueError(answer.get("error", answer))
        return answer


class Emulator(EmulatorControl):
    """An emulator that runs in this process. It serves as API host, IMS host and legacy OAuth host at `url`."""
