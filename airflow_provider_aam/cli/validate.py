"""`airflow-aam validate`: what is wrong with catalog files, without asking anyone."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from airflow_provider_aam.api.counted import counted
from airflow_provider_aam.api.errors import AAMSourceError
from airflow_provider_aam.api.visible import one_line
from airflow_provider_aam.catalog import check, load
from airflow_provider_aam.cli.exits import Ending, ExitCode
from airflow_provider_aam.cli.kinds import count_of, key_of


def validate(paths: Sequence[Path], *, kind: str | None) -> Ending:
    """Check each file alone, and each folder as one catalog. The exit code is ``FOUND`` if there are problems.

    Warnings go to stderr and change no exit code. ``kind`` is what all files hold, where their names do not tell.
    Raises ``AAMArgumentError`` for an unknown kind.
    """
    only = key_of(kind)
    objects: Counter[str] = Counter()
    warnings: dict[str, None] = {}
    # A folder and a file of it may both be named.
    findings = [*dict.fromkeys(finding for path in paths for finding in _check(path, only, objects, warnings))]

    def show() -> None:
        for warning in warnings:
            print(one_line(f"warning: {warning}"), file=sys.stderr)
        for finding in findings:
            print(one_line(finding))
        found = counted(len(findings), "problem") if findings else "no problems"
        held = ", ".join(count_of(key, count) for key, count in objects.items())
        print(f"{found} in {held or 'no objects'}")

    return Ending(
        document={"ok": not findings, "objects": dict(objects), "findings": findings, "warnings": [*warnings]},
        show=show,
        code=ExitCode.FOUND if findings else ExitCode.OK,
    )


def _check(path: Path, kind: str | None, objects: Counter[str], warnings: dict[str, None]) -> Iterator[str]:
    """Problems as ``file:line: field: problem``, in the order of the files. Adds to ``objects`` and ``warnings``."""
    try:
        catalog, _ = load(path, kind=kind)
    except AAMSourceError as unread:
        if not unread.findings:
            raise
        yield from unread.findings
        # A file that cannot be read must not hide what is wrong with the others.
        entries = sorted(path.iterdir()) if path.is_dir() else []
        for entry in entries:
            if not entry.name.startswith("."):
                yield from _check(entry, kind, objects, warnings)
        return
    objects.update({each.key: len(rows) for each, rows in catalog.items()})
    findings, remarks = check(catalog)
    warnings.update(dict.fromkeys(remarks))
    yield from findings
