"""Files over time: which appears when, by the emulator's clock."""

from __future__ import annotations

import asyncio
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from airflow_provider_aam.emulator.core.state import State

LOOK_EVERY_S = 0.5
"""Of real time; `advance` looks as well, before and after."""
Info = Literal["first", "last", "none"]
"""When the `.info` file of a delivery comes."""
Content = tuple[str, bytes]
"""A file's name and bytes."""


@dataclass(frozen=True)
class _Piece:
    """A file that is to appear. It is stamped with that time where the store allows it, as local folders do."""

    at_s: float
    store: Any
    path: str
    content: bytes

    def write(self) -> None:
        if "s3" in self.store.protocol:
            self._upload_in_parts()
            return
        if "file" in self.store.protocol:
            self.store.makedirs(self.path.rpartition("/")[0], exist_ok=True)
        self.store.pipe_file(self.path, self.content)
        if "file" in self.store.protocol:
            os.utime(self.path, (self.at_s, self.at_s))

    def _upload_in_parts(self) -> None:
        """As Adobe does: the ETags that feeds' `.info` files have are those of such uploads."""
        bucket, _, key = self.path.partition("/")
        place = {"Bucket": bucket, "Key": key}
        place["UploadId"] = self.store.call_s3("create_multipart_upload", **place)["UploadId"]
        tag = self.store.call_s3("upload_part", PartNumber=1, Body=self.content, **place)["ETag"]
        parts = {"Parts": [{"PartNumber": 1, "ETag": tag}]}
        self.store.call_s3("complete_multipart_upload", MultipartUpload=parts, **place)


class Pieces:
    """What is on its way."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._pieces: list[_Piece] = []
        self._one_at_a_time = asyncio.Lock()
        self._looking: asyncio.Task[None] | None = None

    async def send(
        self, url: str, files: Sequence[Content], *, first_s: float, every_s: float, options: dict[str, Any]
    ) -> None:
        """Let the files appear one after the other, from `first_s` on."""
        from fsspec.core import url_to_fs

        uncached = {"skip_instance_cache": True, "use_listings_cache": False}
        store, root = await asyncio.to_thread(url_to_fs, url, **uncached, **options)
        self._pieces += [
            _Piece(first_s + number * every_s, store, f"{root.rstrip('/')}/{name}", content)
            for number, (name, content) in enumerate(files)
        ]
        await self.look()
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._keep_looking())

    async def look(self) -> None:
        """Write all that is due by now, in the order of its time."""
        async with self._one_at_a_time:
            now_s = self._state.clock.now_s()
            for piece in sorted((each for each in self._pieces if each.at_s <= now_s), key=lambda each: each.at_s):
                await asyncio.to_thread(piece.write)
                self._pieces.remove(piece)

    async def _keep_looking(self) -> None:
        while self._pieces and self._state.pieces is self:
            await asyncio.sleep(LOOK_EVERY_S)
            await self.look()
