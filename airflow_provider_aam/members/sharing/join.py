"""The shares of a set become one: verified complete, then put under the names that AAM picks up. Or nothing is."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import IO, Any

from airflow_provider_aam.api.errors import AAMSourceError
from airflow_provider_aam.api.moments import utc_now
from airflow_provider_aam.files.staging import Destination, stage
from airflow_provider_aam.members.grammar.names import parse_name
from airflow_provider_aam.members.judging.verify import verify
from airflow_provider_aam.members.receipt import MembersReceipt, SentFile
from airflow_provider_aam.members.sharing.shares import ShareReceipt
from airflow_provider_aam.members.uploading.upload import claim_names

_BUFFER = 8 * 2**20

log = logging.getLogger(__name__)

OpenFile = Callable[[str], IO[bytes]]


@dataclass(frozen=True, kw_only=True)
class Gate:
    """Where a complete set goes, and how many rows of all shares together can be left out."""

    folder: Any
    put_options: Mapping[str, Any] = field(default_factory=dict)
    rejects: Destination | None = None
    max_rejected: int = 0


def join_shares(receipts: Sequence[ShareReceipt], gate: Gate, open_file: OpenFile) -> MembersReceipt:
    """Read every file of the shares, then write them all to the gate's folder, their parts numbered from 1.

    Raises :class:`AAMSourceError` when a share is missing, doubled or of another plan, when a file is not what its
    receipt says, when a user is in two files, and when more rows were rejected than the gate lets through. Nothing is
    uploaded then.
    """
    _refuse(_problems(receipts), "shares are not one set")
    joined = _add_up(sorted(receipts, key=lambda receipt: receipt.share.which))
    joined = replace(joined, rejects_uri=_publish_rejects(receipts, gate, open_file))
    if joined.rejected > gate.max_rejected:
        where = joined.rejects_uri or "the rejects files of the shares"
        raise AAMSourceError(
            f"{joined.rejected:,} of {joined.rows:,} rows of {len(receipts)} shares were rejected "
            f"(max_rejected={gate.max_rejected}). Nothing was uploaded. Each is in {where}, with the reason."
        )
    unlike = [
        f"{each.uri or 'all files'}: {problem}" for each in verify(joined, open_file) for problem in each.problems
    ]
    _refuse(unlike, "files are not what the receipts of their shares say")
    files = [*_upload(joined.files, gate, open_file)]
    joined = replace(joined, files=files, finished_at=utc_now())
    log.info("%s", joined)
    return joined


def _problems(receipts: Sequence[ShareReceipt]) -> list[str]:
    if not receipts:
        return ["expected the receipts of all shares, found none"]
    of = receipts[0].share.of
    found = [receipt.share.which for receipt in receipts]
    missing = [str(which) for which in range(of) if which not in found]
    problems = [
        f"share {which} of {of} is there {found.count(which)} times"
        for which in sorted(set(found))
        if found.count(which) > 1
    ]
    if missing:
        problems.append(f"of {of} shares, those numbered {', '.join(missing)} from 0 are missing")
    if len({(receipt.share.plan, receipt.share.of, receipt.batch) for receipt in receipts}) > 1:
        problems.append("they were made by different plans")
    return problems + [
        f"share {receipt.share} has {receipt.rows:,} rows, the plan counted {receipt.share.rows:,}"
        for receipt in receipts
        if receipt.rows != receipt.share.rows
    ]


def _refuse(problems: Sequence[str], what: str) -> None:
    if problems:
        raise AAMSourceError(
            "\n  - ".join([f"These {what}. Nothing was uploaded. Clear the plan task to make them again.", *problems])
        )


def _add_up(receipts: Sequence[ShareReceipt]) -> MembersReceipt:
    first = {name: value for name, value in vars(receipts[0]).items() if name != "share"}
    counts = {
        name: sum(getattr(receipt, name) for receipt in receipts)
        for name in ("users", "rows", "items", "duplicates", "rejected")
    }
    files = [file for receipt in receipts for file in receipt.files]
    started_at = min(receipt.started_at for receipt in receipts)
    return MembersReceipt(**{**first, **counts, "files": files, "started_at": started_at})


def _publish_rejects(receipts: Sequence[ShareReceipt], gate: Gate, open_file: OpenFile) -> str | None:
    if gate.rejects is None:
        return None
    with stage(gate.rejects) as staged:
        with staged.local.open("wb") as together:
            for receipt in receipts:
                if receipt.rejects_uri is not None:
                    with open_file(receipt.rejects_uri) as rejects:
                        shutil.copyfileobj(rejects, together, _BUFFER)
        staged.publish()
        return staged.uri


def _upload(files: Sequence[SentFile], gate: Gate, open_file: OpenFile) -> Iterator[SentFile]:
    if not files:
        return
    first = parse_name(files[0].name)
    assert first is not None
    for file, name in zip(files, claim_names(gate.folder, first, len(files)), strict=True):
        with stage(gate.folder / name, through_link=False, **gate.put_options) as staged:
            with open_file(file.uri) as source, staged.local.open("wb") as copy:
                shutil.copyfileobj(source, copy, _BUFFER)
            staged.publish()
            yield replace(file, uri=staged.uri)
