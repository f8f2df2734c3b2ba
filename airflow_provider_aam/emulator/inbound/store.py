"""The watched folder: a directory of this machine, or a bucket and prefix of any fsspec filesystem, such as `s3://`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

MARK = ".processed"
"""What AAM puts next to a file that it has picked up is called like it, with this suffix [doc: partner guide]."""


@dataclass(frozen=True)
class Upload:
    """A file as it was put there; one that was put again is another."""

    path: str
    version: str

    @property
    def name(self) -> str:
        """Its name without folders."""
        return self.path.rpartition("/")[2]


class Store:
    """`options` are the filesystem's own, such as `endpoint_url` of s3fs. Blocks: call it in a thread."""

    def __init__(self, url: str, options: dict[str, Any]) -> None:
        from fsspec.core import url_to_fs

        uncached = {"skip_instance_cache": True, "use_listings_cache": False}
        self._fs, self._root = url_to_fs(url, **uncached, **options)

    def uploads(self) -> Iterator[Upload]:
        """All files below the folder, without AAM's own marks."""
        self._fs.invalidate_cache()
        for path, info in sorted(self._fs.find(self._root, detail=True).items()):
            if not path.endswith(MARK):
                changed = info.get("LastModified") or info.get("mtime")
                yield Upload(path, f"{changed} {info.get('size')} {info.get('ETag', '')}")

    def read(self, upload: Upload) -> bytes:
        """Its content."""
        content: bytes = self._fs.cat_file(upload.path)
        return content

    def mark(self, upload: Upload) -> None:
        """Say that it was picked up."""
        self._fs.pipe_file(upload.path + MARK, b"")

    def remove(self, upload: Upload) -> None:
        """Take it away."""
        self._fs.rm_file(upload.path)
