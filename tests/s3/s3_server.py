"""A server that plays S3 (moto's), reached through a proxy that can be told to play an S3 in trouble."""

from __future__ import annotations

import re
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socket import SO_LINGER, SOL_SOCKET
from typing import Any, Literal
from urllib.parse import unquote

import requests

BUCKET = "lake"
Kind = Literal["slow_down", "forbidden", "reset", "reset_after"]
_ERROR = "<?xml version='1.0'?><Error><Code>{code}</Code><Message>{code}, by the test</Message></Error>"
_ANSWERS = {"slow_down": (503, "SlowDown"), "forbidden": (403, "AccessDenied")}
_OF_ONE_HOP = {"connection", "keep-alive", "transfer-encoding", "content-length"}


@dataclass
class Trouble:
    """For the next ``times`` requests that look like ``route``, after ``skip`` of them."""

    route: str
    kind: Kind
    times: int
    skip: int = 0


@dataclass
class S3:
    """``url`` is the proxy's, ``moto_url`` the server's behind it, where tests look at what has arrived."""

    url: str
    moto_url: str
    troubles: list[Trouble] = field(default_factory=list)
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    """``PUT /lake/key?uploadId=…`` and the headers of each request."""

    def __post_init__(self) -> None:
        self._one_at_a_time = threading.Lock()

    def trouble(self, route: str, kind: Kind, times: int = 10_000, skip: int = 0) -> None:
        """``route`` is a regular expression of a method, path and query."""
        self.troubles.append(Trouble(route, kind, times, skip))

    def take(self, route: str) -> Kind | None:
        with self._one_at_a_time:
            for each in self.troubles:
                if each.times and re.match(each.route, route):
                    if each.skip:
                        each.skip -= 1
                        continue
                    each.times -= 1
                    return each.kind
        return None

    def reset(self) -> None:
        self._ask("POST", "moto-api/reset")
        self.troubles.clear()
        self.asked.clear()
        self._ask("PUT", BUCKET)

    def keys(self, prefix: str = "") -> list[str]:
        return re.findall("<Key>(.*?)</Key>", self._ask("GET", f"{BUCKET}?list-type=2&prefix={prefix}").text)

    def buckets(self) -> list[str]:
        return re.findall("<Name>(.*?)</Name>", self._ask("GET", "").text)

    def get(self, key: str) -> requests.Response:
        return self._ask("GET", f"{BUCKET}/{key}")

    def content(self, key: str) -> bytes:
        return self.get(key).content

    def put(self, key: str, content: bytes) -> None:
        self._ask("PUT", f"{BUCKET}/{key}", content)

    def grants(self, key: str) -> str:
        return self._ask("GET", f"{BUCKET}/{key}?acl").text

    def unfinished(self) -> list[str]:
        """Keys of multipart uploads that were begun and neither completed nor aborted."""
        return re.findall("<Key>(.*?)</Key>", self._ask("GET", f"{BUCKET}?uploads").text)

    def _ask(self, method: str, path: str, content: bytes | None = None) -> requests.Response:
        answer = requests.request(method, f"{self.moto_url}/{path}", data=content, headers=_SIGNED, timeout=30)
        assert answer.ok, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer


_SIGNED = {"Authorization": "AWS4-HMAC-SHA256 Credential=x/20260101/us-east-1/s3/aws4_request"}


@contextmanager
def running_s3() -> Iterator[S3]:
    from moto.server import ThreadedMotoServer

    moto = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    moto.start()
    host, port = moto.get_host_and_port()
    proxy = ThreadingHTTPServer(("127.0.0.1", 0), _Proxy)
    s3 = S3(f"http://127.0.0.1:{proxy.server_address[1]}", f"http://{host}:{port}")
    proxy.s3 = s3  # type: ignore[attr-defined]
    threading.Thread(target=proxy.serve_forever, daemon=True).start()
    try:
        yield s3
    finally:
        proxy.shutdown()
        proxy.server_close()
        moto.stop()


class _Proxy(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: Any) -> None:
        """Says nothing."""

    def _serve(self) -> None:
        s3: S3 = self.server.s3  # type: ignore[attr-defined]
        route = f"{self.command} {unquote(self.path)}"
        s3.asked.append((route, {name.lower(): value for name, value in self.headers.items()}))
        kind = s3.take(route)
        if kind == "reset":
            self.rfile.read(min(self._length(), 1000))
            self._reset()
            return
        body = self._body()
        if kind in _ANSWERS:
            status, code = _ANSWERS[kind]
            self._answer(status, {"Content-Type": "application/xml"}, _ERROR.format(code=code).encode())
            return
        backend = HTTPConnection(s3.moto_url.partition("://")[2], timeout=60)
        headers = {name: value for name, value in self.headers.items() if name.lower() not in (*_OF_ONE_HOP, "expect")}
        backend.request(self.command, self.path, body, headers)
        answer = backend.getresponse()
        content = answer.read()
        backend.close()
        if kind == "reset_after":
            self._reset()
            return
        kept = {name: value for name, value in answer.getheaders() if name.lower() not in _OF_ONE_HOP}
        if self.command == "HEAD" and (length := answer.getheader("content-length")):
            kept["Content-Length"] = length
        self._answer(answer.status, kept, content)

    def _length(self) -> int:
        return int(self.headers.get("content-length") or 0)

    def _body(self) -> bytes:
        if "chunked" not in self.headers.get("transfer-encoding", ""):
            return self.rfile.read(self._length())
        parts = []
        while size := int(self.rfile.readline().split(b";")[0], 16):
            parts.append(self.rfile.read(size))
            self.rfile.readline()
        while self.rfile.readline().strip():
            pass
        return b"".join(parts)

    def _answer(self, status: int, headers: dict[str, str], content: bytes) -> None:
        self.send_response_only(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if "Content-Length" not in headers and status != 204:
            self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def _reset(self) -> None:
        """Ends the connection without a response: the client sees it reset."""
        self.connection.setsockopt(SOL_SOCKET, SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True
        self.connection.close()


for _method in ("GET", "PUT", "POST", "DELETE", "HEAD"):
    setattr(_Proxy, f"do_{_method}", _Proxy._serve)
