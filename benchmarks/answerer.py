"""A server that does nothing but answer, after a while, that all went well: what a client needs of itself is left.

``python benchmarks/answerer.py LATENCY_S`` prints its port. It keeps the bodies of the POSTs in their order of coming;
``GET`` returns them as lines, and forgets them.
"""

from __future__ import annotations

import asyncio
import re
import sys

_LENGTH = re.compile(rb"(?i)\r\ncontent-length: *(\d+)")
_ANSWER = b'{"status":"SUCCESS","transactionId":"t","errors":[]}'
_bodies: list[bytes] = []


class _Connection(asyncio.Protocol):
    def __init__(self, latency_s: float) -> None:
        self._latency_s = latency_s
        self._read = bytearray()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._read += data
        end = self._read.find(b"\r\n\r\n")
        if end < 0:
            return
        found = _LENGTH.search(self._read, 0, end + 2)
        last = end + 4 + (int(found[1]) if found else 0)
        if len(self._read) < last:
            return
        if self._read.startswith(b"GET"):
            self._answer(b"\n".join(_bodies))
            _bodies.clear()
        else:
            _bodies.append(bytes(self._read[end + 4 : last]))
            asyncio.get_running_loop().call_later(self._latency_s, self._answer, _ANSWER)
        del self._read[:last]

    def _answer(self, body: bytes) -> None:
        head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body)
        self._transport.write(head + body)


async def _serve(latency_s: float) -> None:
    server = await asyncio.get_running_loop().create_server(lambda: _Connection(latency_s), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve(float(sys.argv[1])))
