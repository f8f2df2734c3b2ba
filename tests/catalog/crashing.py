"""A process that applies a plan and is killed at a chosen write, and the proxy that chooses."""

from __future__ import annotations

import multiprocessing
import os
import signal
import socket
import struct
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPResponse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from fakes import FakeTime

Trouble = Literal["kill before", "kill after", "reset before", "reset after"]
"""What happens instead of an answer, before the write reaches AAM or after AAM has done it."""

WRITES = ("POST", "PUT", "DELETE")
PATIENCE_S = 30
_RESET = struct.pack("ii", 1, 0)


class Proxy(ThreadingHTTPServer):
    """Stands before the emulator, counts the writes to AAM from 1, and makes the trouble that is due at each."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, emulator_url: str) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.upstream = urlsplit(emulator_url).netloc
        self.url = f"http://127.0.0.1:{self.server_port}"
        self._changed = threading.Condition()
        self._under_way = 0
        self.forget()

    def forget(self) -> None:
        """From now on nothing goes wrong, and writes are counted anew."""
        self.troubles: Mapping[int, Trouble] = {}
        self.writes = 0
        self.victim: int | None = None

    def trouble_of(self, method: str, path: str) -> Trouble | None:
        """Counts the request if it is a write to AAM."""
        if method not in WRITES or not path.startswith("/v1/"):
            return None
        with self._changed:
            self.writes += 1
            return self.troubles.get(self.writes)

    @contextmanager
    def counted(self) -> Iterator[None]:
        """A request is under way until the block ends."""
        with self._changed:
            self._under_way += 1
        try:
            yield
        finally:
            with self._changed:
                self._under_way -= 1
                self._changed.notify_all()

    def wait_until_quiet(self) -> None:
        """What a dead process had sent is done or dropped."""
        with self._changed:
            assert self._changed.wait_for(lambda: self._under_way == 0, PATIENCE_S)

    def kill(self) -> None:
        """The process that is being watched, as soon as it is known which: no cleaning up, no last words."""
        with self._changed:
            assert self._changed.wait_for(lambda: self.victim is not None, PATIENCE_S)
        os.kill(self.victim or 0, signal.SIGKILL)

    def watch(self, process_id: int | None) -> None:
        """This is the process to kill."""
        with self._changed:
            self.victim = process_id
            self._changed.notify_all()


class _Handler(BaseHTTPRequestHandler):
    server: Proxy
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1

    def setup(self) -> None:
        super().setup()
        self._upstream = HTTPConnection(self.server.upstream, timeout=PATIENCE_S)

    def finish(self) -> None:
        self._upstream.close()
        super().finish()

    def handle(self) -> None:
        try:
            super().handle()
        except ConnectionError:
            self.close_connection = True  # the process is dead

    def handle_any(self) -> None:
        with self.server.counted():
            length = int(self.headers.get("Content-Length") or 0)
            body = self.rfile.read(length)
            if len(body) < length:
                return self._reset()  # the process died while it sent
            trouble = self.server.trouble_of(self.command, self.path)
            if trouble is not None and trouble.startswith("kill before"):
                self.server.kill()
            if trouble is not None and trouble.endswith("before"):
                return self._reset()
            self._upstream.request(self.command, self.path, body or None, dict(self.headers))
            response = self._upstream.getresponse()
            content = response.read()
            if trouble == "kill after":
                self.server.kill()
            if trouble is not None:
                return self._reset()
        return self._answer(response, content)

    do_GET = do_POST = do_PUT = do_DELETE = handle_any  # noqa: N815

    def _reset(self) -> None:
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        self.close_connection = True

    def _answer(self, response: HTTPResponse, content: bytes) -> None:
        self.send_response_only(response.status)
        for name, value in response.getheaders():
            if name.lower() not in ("content-length", "transfer-encoding", "connection"):
                self.send_header(name, value)
        if response.status != 204:
            self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


@contextmanager
def running_proxy(emulator_url: str) -> Iterator[Proxy]:
    """Serves until the block ends."""
    proxy = Proxy(emulator_url)
    thread = threading.Thread(target=proxy.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield proxy
    finally:
        proxy.shutdown()
        thread.join(PATIENCE_S)
        proxy.server_close()


def connect(connection: Mapping[str, Any]) -> Any:
    """A client that waits for nothing."""
    from airflow_provider_aam.api import AAMClient, AAMConfig

    config = AAMConfig.from_connection(**connection)
    time = FakeTime()
    return AAMClient.from_config(config, sleep=time.sleep, monotonic=time.monotonic)


def apply_file(connection: Mapping[str, Any], plan: Path, threads: int) -> None:
    """Apply the saved plan."""
    from airflow_provider_aam.catalog.applying.push import apply_saved
    from airflow_provider_aam.catalog.plan.plan import Plan

    with connect(connection) as client:
        apply_saved(client, Plan.from_json(plan.read_bytes()), max_concurrency=threads)


def push_files(connection: Mapping[str, Any], directory: Path, threads: int) -> None:
    """Plan the catalog, pruning included, and apply the plan."""
    from airflow_provider_aam.catalog.applying.push import push
    from catalog.accounts import options, rows

    catalog = rows(directory)
    with connect(connection) as client:
        push(client, catalog, options(catalog), source="B", max_concurrency=threads)


_processes = multiprocessing.get_context("forkserver")
"""A server that has imported everything forks the children: a process costs as little as a thread."""
_processes.set_forkserver_preload(
    [
        "airflow_provider_aam.api.client",
        "airflow_provider_aam.catalog.reading.documents",
        "airflow_provider_aam.catalog.applying.push",
    ]
)


def run_until_killed(proxy: Proxy, troubles: Mapping[int, Trouble], work: Any, *args: Any) -> int:
    """Do the work in a process of its own under these troubles, by number of the write. Returns its exit code."""
    proxy.forget()
    proxy.troubles = troubles
    process = _processes.Process(target=work, args=args)
    process.start()
    proxy.watch(process.pid)
    process.join(PATIENCE_S)
    assert process.exitcode is not None
    proxy.wait_until_quiet()
    return process.exitcode
