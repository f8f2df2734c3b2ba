"""Answers that no server means well with, as raw bytes of HTTP: name → what makes them.

The server sends the same bytes to every request and closes; it signs in the client first, but for names with "token".
"""

from __future__ import annotations

import gzip
import json
import socket
import threading
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from hostile.corpus import FORGED, SECRET

from airflow_provider_aam.api.client import AAMClient
from airflow_provider_aam.api.config import AAMConfig
from airflow_provider_aam.api.errors import AAMError

_TOKEN = b'{"access_token": "t", "expires_in": 86399}'


def http(body: bytes | str, *headers: str, status: int = 200) -> Callable[[], bytes]:
    def make() -> bytes:
        content = body.encode() if isinstance(body, str) else body
        lines = [f"HTTP/1.1 {status} X", *(headers or [f"Content-Length: {len(content)}"])]
        return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + content

    return make


def bomb(start: bytes, piece: bytes, times: int, end: bytes = b"", *, status: int = 200) -> Callable[[], bytes]:
    def make() -> bytes:
        packer = zlib.compressobj(1, wbits=31)  # gzip's
        packed = b"".join(
            [
                packer.compress(start),
                *(packer.compress(piece) for _ in range(times)),
                packer.compress(end),
                packer.flush(),
            ]
        )
        return http(packed, "Content-Encoding: gzip", status=status)()

    return make


ANSWERS: dict[str, Callable[[], bytes]] = {
    "no byte": lambda: b"",
    "no HTTP": lambda: b"\0" * 100_000,
    "status of no number": lambda: b"HTTP/1.1 two hundred\r\n\r\n",
    "status 999": http("{}", status=999),
    "continue without end": lambda: b"HTTP/1.1 100 Continue\r\n\r\n" * 20_000,
    "headers without end": http("{}", *(f"X-{n}: 1" for n in range(10_000))),
    "header line without end": lambda: b"HTTP/1.1 200 X\r\nX: " + b"x" * 1_000_000,
    "header forged": http("{}", "X-Request-Id: a\x9b2J\x1b[2J", "Content-Length: 2", status=500),
    "challenge": http("{}", 'WWW-Authenticate: Bearer error="' + "\x9b" * 50_000 + '"', status=401),
    "length too large": http("{}", "Content-Length: 99999999999999999999"),
    "length below zero": http("{}", "Content-Length: -1"),
    "length too small": http('{"list": [], "total": 0}', "Content-Length: 5"),
    "chunk of no size": http("zz\r\n{}\r\n0\r\n\r\n", "Transfer-Encoding: chunked"),
    "chunk too large": http("ffffffffffffffff\r\n{}\r\n", "Transfer-Encoding: chunked"),
    "redirect to itself": http("", "Location: /"),
    "redirect elsewhere": http("", "Location: file:///etc/passwd", status=301),
    "redirect nowhere": http("", "Location: http://[", status=302),
    "retry never": http("{}", "Retry-After: " + "9" * 5_000, status=429),
    "retry on a day that is none": http("{}", "Retry-After: Fri, 99 Dec 99999 23:59:59 GMT", status=503),
    "gzip not": http("{}", "Content-Encoding: gzip"),
    "gzip cut": http(gzip.compress(b"[]" * 9_999)[:20], "Content-Encoding: gzip"),
    "gzip bomb": bomb(b'[{"name": "', b"x" * 2**20, 200),
    "gzip bomb of a refusal": bomb(b"x", b" " * 2**20, 100, status=400),
    "gzip bomb of rows": bomb(b"[", b"{}," * 2**18, 4, b"{}]"),
    "depth": http("[" * 1_000_000),
    "object depth of a refusal": http('{"message":' * 100_000, status=400),
    "number": http('{"list": [], "total": ' + "9" * 100_000 + "}"),
    "number of a row": http('{"list": [{"sid": ' + "9" * 100_000 + '}], "total": 1}'),
    "total without end": http('{"list": [{"sid": 1}], "total": 1e18, "pageSize": 1000}'),
    "total below zero": http('{"list": [], "total": -5, "pageSize": -1}'),
    "page of no size": http('{"list": [], "total": 5, "pageSize": 0}'),
    "rows of no object": http('{"list": [1, null, []], "total": 3}'),
    "rows of no id": http('[{"sid": null}, {"sid": {}}, {"sid": "x"}, {}]'),
    "not utf-8": http(b'[{"name": "\xff"}]'),
    "utf-16": http("[]".encode("utf-16")),
    "surrogate": http('[{"sid": 1, "name": "\\ud800"}]'),
    "not a number": http('[{"sid": NaN}]'),
    "page of HTML": http("<html>" + "<p>x</p>" * 500_000, status=502),
    "refusal forged": http(json.dumps({"code": FORGED, "message": FORGED * 1_000, FORGED: 1}), status=400),
    "refusal that tells": http(json.dumps({"message": f"no access with {SECRET}"}), status=403),
    "tree without end": http('{"folderId":1,"subFolders":[' * 50_000),
    "token forged": http(json.dumps({"error": FORGED, "error_description": FORGED}), status=400),
    "token of lines": http(json.dumps({"access_token": "a\r\nX: y", "expires_in": 5})),
    "token without end": http(json.dumps({"access_token": "x" * 200_000, "expires_in": 5})),
    "token for ever": http('{"access_token": "t", "expires_in": 1e300}'),
    "token for no time": http('{"access_token": "t", "expires_in": -1}'),
    "token of depth": http('{"access_token":' * 100_000),
}


def ask(name: str, answer: bytes) -> str:
    """What came of each call, a line or more of each."""
    with _served(answer, b"" if "token" in name else _TOKEN) as address:
        extra = {"org_id": "0123456789ABCDEF01234567@AdobeOrg", "ims_url": address, "max_attempts": 2, "timeout_s": 2}
        config = AAMConfig.from_connection(login="a" * 32, password=SECRET, host=address, extra=extra)
        with AAMClient.from_config(config, sleep=lambda _: None) as client:
            calls: list[Callable[[], object]] = [
                lambda: [*client.traits.list()],
                lambda: [*client.segment_folders.list()],
                lambda: client.segments.get(1),
                lambda: client.traits.create({"name": "x"}),
                lambda: client.traits.delete(1),
            ]
            return "\n".join(map(_told, calls[:1] if "bomb" in name else calls))


def _told(call: Callable[[], object]) -> str:
    try:
        return ascii(call())[:500]
    except AAMError as refused:
        return str(refused)


@contextmanager
def _served(answer: bytes, token: bytes) -> Iterator[str]:
    listener = socket.create_server(("127.0.0.1", 0))
    signed_in = http(token)()

    def serve() -> None:
        with suppress(OSError):
            while True:
                connection, _ = listener.accept()
                with connection, suppress(OSError):
                    asks_for_token = b"/ims/" in connection.recv(65536).partition(b"\r\n")[0]
                    connection.sendall(signed_in if asks_for_token and token else answer)
                    connection.shutdown(socket.SHUT_WR)
                    while connection.recv(65536):
                        pass

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(5)
