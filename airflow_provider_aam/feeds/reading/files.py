"""Several delivered files → their rows, one file after the other."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from airflow_provider_aam.api.errors import AAMSourceError
from airflow_provider_aam.api.visible import one_line
from airflow_provider_aam.feeds.read_receipt import FileRead
from airflow_provider_aam.feeds.reading.file import Reading
from airflow_provider_aam.feeds.reading.given import Delivered
from airflow_provider_aam.files.blocks import read_blocks

if TYPE_CHECKING:
    import pyarrow as pa


def read_files(
    files: Sequence[Delivered], reading: Callable[[Delivered], Reading], read: list[FileRead]
) -> Iterator[tuple[Delivered, pa.RecordBatch]]:
    """``read`` gets each that has been read. Where one is damaged, the others are looked through for the error."""
    for number, file in enumerate(files):
        under_way = reading(file)
        try:
            for batch in under_way.rows():
                yield file, batch
        except AAMSourceError as failed:
            if not failed.findings:
                raise
            raise _damaged([*failed.findings, *_findings(files[number + 1 :])], len(files)) from failed
        read.append(under_way.result)


def _findings(files: Sequence[Delivered]) -> Iterator[str]:
    for file in files:
        try:
            for _ in read_blocks(file.path, name=one_line(file.uri)):
                pass
        except AAMSourceError as failed:
            yield from failed.findings


def _damaged(findings: Sequence[str], count: int) -> AAMSourceError:
    head = (
        f"Damaged files: {len(findings):,} of {count:,}. Nothing was written. If another job copied them here, run it "
        "again; if not, ask Adobe to deliver them again:"
    )
    error = AAMSourceError("\n  - ".join([head, *findings]))
    error.findings = tuple(findings)
    return error
