"""What the tests of the client share: a clock, keys, a server that answers what a test tells it to."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from typing import Any

from cryptography.hazmat.primitives import serialization

from airflow_provider_aam.api.client import AAMClient
from airflow_provider_aam.api.config import AAMConfig

MakeClient = Callable[..., AAMClient]


def config_of(connection: dict[str, Any]) -> AAMConfig:
    parts = {name: connection[name] for name in ("host", "login", "password", "extra")}
    return AAMConfig.from_connection(**parts)


def pem_of(key: Any, *, passphrase: bytes | None = None, traditional: bool = False) -> str:
    form = serialization.PrivateFormat.TraditionalOpenSSL if traditional else serialization.PrivateFormat.PKCS8
    lock = serialization.BestAvailableEncryption(passphrase) if passphrase else serialization.NoEncryption()
    text: bytes = key.private_bytes(serialization.Encoding.PEM, form, lock)
    return text.decode()


class RawServer:
    """Reads one request a connection and sends the next of ``answers``, whatever bytes they are; then it closes.

    An answer ``None`` closes without a byte, a callable is given the connection.
    """

    def __init__(self) -> None:
        self.answers: list[bytes | Callable[[socket.socket], None] | None] = []
        self.requests: list[bytes] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(5)

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with connection:
                self.requests.append(_read_request(connection))
                answer = self.answers.pop(0) if self.answers else b"HTTP/1.1 500 Unscripted\r\n\r\n"
                if callable(answer):
                    answer(connection)
                elif answer is not None:
                    connection.sendall(answer)


def _read_request(connection: socket.socket) -> bytes:
    data = b""
    while b"\r\n\r\n" not in data:
        received = connection.recv(65536)
        if not received:
            return data
        data += received
    head, _, body = data.partition(b"\r\n\r\n")
    length = next((int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")), 0)
    while len(body) < length:
        body += connection.recv(65536)
    return head + b"\r\n\r\n" + body


def http_answer(body: bytes, status: int = 200, headers: str = "Content-Type: application/json") -> bytes:
    head = f"HTTP/1.1 {status} X\r\n{headers}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    return head.encode() + body
