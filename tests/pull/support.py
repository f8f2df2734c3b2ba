"""What tests of the pull share: a clock that only sleeping moves, and ways to read what was written."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from airflow_provider_aam.api import AAMClient, AAMConfig
from airflow_provider_aam.api.collection import Collection
from airflow_provider_aam.emulator import Emulator

LIST = "GET /v1/segments"


def read_jsonl(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n")[:-1]]


def listed(emulator: Emulator, collection: str = "segments") -> list[dict[str, Any]]:
    """What is stored, in the order of a pull."""
    id_field = {"segments": "sid", "traits": "sid", "data_sources": "dataSourceId"}.get(collection, "folderId")
    return sorted(emulator.objects(collection), key=lambda row: row[id_field])


def everything_in(folder: Path) -> set[str]:
    return {path.name for path in folder.rglob("*")}


class OtherAAM:
    """An AAM of our own making, for what the emulator does not do: ``answer(query)`` gives the body of every GET."""

    def __init__(self, answer: Callable[[dict[str, str]], bytes]) -> None:
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                self.rfile.read(int(self.headers["Content-Length"]))
                self.reply(b'{"access_token": "token", "expires_in": 3600}')

            def do_GET(self) -> None:
                self.reply(answer(dict(parse_qsl(urlsplit(self.path).query))))

            def reply(self, body: bytes) -> None:
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self.client = AAMClient.from_config(
            AAMConfig.from_connection(
                login="id",
                password="secret",
                host=f"http://127.0.0.1:{self._server.server_port}",
                extra={"ims_url": f"http://127.0.0.1:{self._server.server_port}"},
            )
        )

    def __enter__(self) -> Collection:
        self._thread.start()
        return self.client.segments

    def __exit__(self, *_: object) -> None:
        self.client.close()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)
