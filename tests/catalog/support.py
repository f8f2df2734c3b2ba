"""What tests of the push share: rows that are right, and short ways to run and to look."""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

from fakes import FakeTime

from airflow_provider_aam.api import AAMClient, AAMConfig
from airflow_provider_aam.catalog.problems import Problem, refuse
from airflow_provider_aam.catalog.reading import source as sources
from airflow_provider_aam.catalog.reading.rows import SourceRow
from airflow_provider_aam.catalog.reading.source import rows_from_list

POST = "POST /v1/traits"
LIST = "GET /v1/traits"
GET = "GET /v1/traits/{sid}"
PUT = "PUT /v1/traits/{sid}"
DELETE = "DELETE /v1/traits/{sid}"
POST_FOLDER = "POST /v1/folders/traits"
LIST_FOLDERS = "GET /v1/folders/traits"
WRITES = (POST, PUT, DELETE, POST_FOLDER)


def trait(number: int = 1, **more: Any) -> dict[str, Any]:
    """A row that is right; ``None`` takes a column away."""
    row = {
        "name": f"Trait {number}",
        "traitType": "RULE_BASED_TRAIT",
        "dataSource": "web",
        "folder": "/",
        "integrationCode": f"t{number}",
        "traitRule": f'c_page == "{number}"',
    }
    return {name: value for name, value in (row | more).items() if value is not None}


def traits(count: int, **more: Any) -> list[dict[str, Any]]:
    return [trait(number, **more) for number in range(1, count + 1)]


def rows_of(items: Any) -> list[SourceRow]:
    return rows_from_list(items)


def read_source(path: Path, *, key: str) -> list[SourceRow]:
    """Every row of a file of one kind. Raises :class:`AAMSourceError` with every problem."""
    problems: list[Problem] = []
    rows = sources.rows_of(sources.read_tables(path, [key], problems), key, str(path), problems)
    refuse(str(path), problems)
    return rows


def texts(findings: list[Problem]) -> list[str]:
    return [str(finding) for finding in findings]


def outcomes_of(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def codes(emulator: Any) -> list[str]:
    """Integration codes of all traits, in order; a code that is there twice is listed twice."""
    return sorted(row["integrationCode"] for row in emulator.objects("traits"))


def writes(emulator: Any) -> int:
    return sum(emulator.count(route) for route in WRITES)


def only(emulator: Any, collection: str, **wanted: Any) -> dict[str, Any]:
    """The one object with these values."""
    rows = emulator.objects(collection)
    (found,) = [row for row in rows if all(row.get(name) == value for name, value in wanted.items())]
    return found


class OtherAAM:
    """An AAM of our own making, for what the emulator does not do: ``answer(method, path, query, body)`` → JSON value.

    ``None`` is 404, a tuple (status, value) any other. Holds what it was asked.
    """

    def __init__(self, answer: Callable[[str, str, dict[str, str], Any], Any]) -> None:
        other = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle_any(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                body = self.rfile.read(length)
                url = urlsplit(self.path)
                if url.path.startswith("/ims"):
                    return self.reply(200, {"access_token": "token", "expires_in": 3600})
                if url.path.startswith("/v1/users/self"):
                    return self.reply(200, {"uid": 1, "pid": 1099})
                other.asked[f"{self.command} {url.path.rstrip('/')}"] += 1
                value = answer(self.command, url.path.rstrip("/"), dict(parse_qsl(url.query)), json.loads(body or "0"))
                status, value = value if isinstance(value, tuple) else (404 if value is None else 200, value)
                return self.reply(status, value)

            do_GET = do_POST = do_PUT = do_DELETE = handle_any  # noqa: N815

            def reply(self, status: int, value: Any) -> None:
                body = json.dumps(value if value is not None else {"code": "NOT_FOUND", "message": "none"}).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                pass

        self.asked: Counter[str] = Counter()
        self.time = FakeTime()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        address = f"http://127.0.0.1:{self._server.server_port}"
        config = AAMConfig.from_connection(login="id", password="secret", host=address, extra={"ims_url": address})
        self.client = AAMClient.from_config(config, sleep=self.time.sleep, monotonic=self.time.monotonic)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.client.close()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)


class TinyAAM:
    """State behind `OtherAAM`: one data source, no folders, traits in a dict; the callables change what AAM does."""

    def __init__(self) -> None:
        self.traits: dict[int, dict[str, Any]] = {}
        self.listed: Callable[[dict[str, Any]], dict[str, Any]] = lambda row: row
        self.shown: Callable[[dict[str, Any]], dict[str, Any]] = lambda row: row
        self.stored: Callable[[dict[str, Any]], dict[str, Any]] = lambda row: row
        self.put: Callable[[dict[str, Any], dict[str, Any]], dict[str, Any]] = lambda _, new: new
        self.folders: list[dict[str, Any]] = []
        self.post_answer: tuple[int, Any] | None = None
        self.late: list[dict[str, Any]] | None = None
        """Where creates wait until the test stores them; ``None``: they are stored at once."""

    def __call__(self, method: str, path: str, query: dict[str, str], body: Any) -> Any:  # noqa: PLR0911
        if path == "/v1/datasources":
            return [{"dataSourceId": 7, "name": "Web", "integrationCode": "web"}]
        if path == "/v1/folders/traits":
            return [{"folderId": 0, "name": "All Traits", "subFolders": self.folders}]
        if path == "/v1/traits" and method == "GET":
            rows = [self.listed(row) for row in self.traits.values()]
            return {"total": len(rows), "page": 0, "pageSize": int(query["pageSize"]), "list": rows}
        if path == "/v1/traits":
            return self.create(body)
        key = path.rpartition("/")[2]
        found = [sid for sid, row in self.traits.items() if key in (str(sid), f"ic:{row.get('integrationCode')}")]
        if not found:
            return None
        sid = found[0]
        if method == "PUT":
            self.traits[sid] = self.put(self.traits[sid], body)
        if method == "DELETE":
            return 200, self.traits.pop(sid)
        return self.shown(self.traits[sid])

    def create(self, body: dict[str, Any]) -> Any:
        sid = 100 + len(self.traits)
        row = self.stored({"sid": sid, **body})
        if self.late is None:
            self.traits[sid] = row
        else:
            self.late.append(row)
        return self.post_answer or (201, self.shown(row))
