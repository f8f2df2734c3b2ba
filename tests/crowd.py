"""A gateway before the emulator that takes a number of requests at once, tells nobody which, and refuses others.

Run by itself (`python tests/crowd.py ADDRESS MOST LATENCY_S RETRY_AFTER`) it prints its address and serves on.
"""

from __future__ import annotations

import asyncio
import sys
import threading
from urllib.parse import urlsplit

REFUSAL = b'{"error_code": "429050", "message": "Too many requests"}'


class Crowd:
    """`refused` of `asked` requests were one too many; `most_at_once` counts those, too."""

    def __init__(self, behind: str, most: int, *, latency_s: float = 0.0, retry_after: str | None = None) -> None:
        self._behind = urlsplit(behind)
        self.most = most
        self._latency_s = latency_s
        head = f"Content-Type: application/json\r\nContent-Length: {len(REFUSAL)}\r\n"
        wait = f"Retry-After: {retry_after}\r\n" if retry_after else ""
        self._refusal = f"HTTP/1.1 429 Too Many Requests\r\n{head}{wait}\r\n".encode() + REFUSAL
        self.asked = self.refused = self.under_way = self.most_at_once = 0
        self._loop = asyncio.new_event_loop()
        self._open = threading.Event()
        self._thread = threading.Thread(target=self._loop.run_until_complete, args=(self._serve(),), daemon=True)

    def __enter__(self) -> Crowd:
        self._thread.start()
        self._open.wait(60)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(5)
        self._loop.close()

    async def _serve(self) -> None:
        self._stop = asyncio.Event()
        self._talks: set[asyncio.Task[None]] = set()
        server = await asyncio.start_server(self._welcome, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        self._open.set()
        await self._stop.wait()
        server.close()
        for talk in self._talks:
            talk.cancel()
        await asyncio.gather(*self._talks, return_exceptions=True)

    def _welcome(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        talk = asyncio.ensure_future(self._talk(reader, writer))
        self._talks.add(talk)
        talk.add_done_callback(self._talks.discard)

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection(self._behind.hostname, self._behind.port)
        try:
            while True:
                request = await _message(reader)
                self.under_way += 1
                self.asked += 1
                self.most_at_once = max(self.most_at_once, self.under_way)
                try:
                    answer = self._refusal
                    if self.under_way > self.most:
                        self.refused += 1
                        await asyncio.sleep(0)
                    else:
                        await asyncio.sleep(self._latency_s)
                        back.write(request)
                        answer = await _message(there)
                finally:
                    self.under_way -= 1
                writer.write(answer)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()
            back.close()


async def _message(reader: asyncio.StreamReader) -> bytes:
    """One request or answer, head and body."""
    head = await reader.readuntil(b"\r\n\r\n")
    lengths = [int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
    return head + await reader.readexactly(sum(lengths))


if __name__ == "__main__":
    with Crowd(sys.argv[1], int(sys.argv[2]), latency_s=float(sys.argv[3]), retry_after=sys.argv[4] or None) as crowd:
        sys.stdout.write(f"{crowd.url}\n")
        sys.stdout.flush()
        threading.Event().wait()
