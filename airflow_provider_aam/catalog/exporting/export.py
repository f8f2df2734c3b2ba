"""The account as catalog files: sorted, commented, and the same bytes as long as AAM says the same."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from airflow_provider_aam.account.account import Account
from airflow_provider_aam.api.client import AAMClient
from airflow_provider_aam.api.collection import Record
from airflow_provider_aam.api.counted import counted
from airflow_provider_aam.api.errors import AAMArgumentError
from airflow_provider_aam.api.moments import utc_now
from airflow_provider_aam.api.visible import one_line
from airflow_provider_aam.catalog.exporting.describe import Describer
from airflow_provider_aam.catalog.exporting.yaml_text import block, comment
from airflow_provider_aam.catalog.kinds import KINDS, Kind
from airflow_provider_aam.files.refusals import UNREADABLE
from airflow_provider_aam.files.staging import stage
from airflow_provider_aam.files.uris import uri_of

log = logging.getLogger(__name__)

_PART = 2**20


@dataclass(frozen=True, kw_only=True)
class ExportReceipt:
    """``objects`` by key of the kind; ``left_out`` are those that no catalog can describe (comments name them)."""

    uri: str
    files: tuple[str, ...]
    objects: dict[str, int]
    left_out: dict[str, int]
    bytes: int
    sha256: str
    """Of all files, one after the other: equal as long as the account says the same."""
    changed: bool
    """Whether a file of the folder says something else than before."""
    started_at: str
    finished_at: str

    def as_xcom(self) -> dict[str, Any]:
        return asdict(self) | {"files": [*self.files]}

    def as_asset_extra(self) -> dict[str, Any]:
        return {
            "changed": self.changed,
            "uri": self.uri,
            "rows": sum(self.objects.values()),
            "bytes": self.bytes,
            "sha256": self.sha256,
        }


def export_catalog(
    client: AAMClient,
    directory: Any,
    *,
    kinds: Sequence[str] | None = None,
    now: Callable[[], datetime] = utc_now,
) -> ExportReceipt:
    """Write one file per kind to ``directory``; planning them against the same account changes nothing.

    ``kinds`` are keys (``traits``, ``segments``, …), all by default. Files of other names are left alone. No file
    appears before all are written, each then in one step. Raises :class:`AAMArgumentError` for an unknown kind and
    :class:`AAMDestinationError` when the folder cannot be written.
    """
    started_at = now()
    chosen = _chosen(kinds)
    account = Account(client)
    describer = Describer(account)
    digest = hashlib.sha256()
    size = 0
    objects: dict[str, int] = {}
    left_out: dict[str, int] = {}
    with ExitStack() as stages:
        staged = []
        changed = False
        for kind in chosen:
            file = _File(kind, account, describer)
            target = stages.enter_context(stage(directory / kind.file_name, through_link=False))
            with target.local.open("wb") as out:
                for line in file.lines(client.base_url):
                    content = line.encode() + b"\n"
                    digest.update(content)
                    size += out.write(content)
            objects[kind.key], left_out[kind.key] = file.described, file.left_out
            staged.append(target)
            changed = changed or _differs(directory / kind.file_name, target.local)
        for target in staged:
            target.publish()
    log.info(
        "Exported to %s: %s.",
        one_line(uri_of(directory)),
        ", ".join(counted(count, KINDS[key].name) for key, count in objects.items()),
    )
    return ExportReceipt(
        uri=uri_of(directory),
        files=tuple(kind.file_name for kind in chosen),
        objects=objects,
        left_out=left_out,
        bytes=size,
        sha256=digest.hexdigest(),
        changed=changed,
        started_at=started_at.isoformat(),
        finished_at=now().isoformat(),
    )


def _differs(old: Any, new: Any) -> bool:
    """A file that is not there, or cannot be read, does."""
    try:
        return not old.is_file() or _digest_of(old) != _digest_of(new)
    except UNREADABLE:
        return True


def _digest_of(path: Any) -> bytes:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while part := file.read(_PART):
            digest.update(part)
    return digest.digest()


def _chosen(kinds: Sequence[str] | None) -> list[Kind]:
    unknown = sorted(set(kinds or ()) - set(KINDS))
    if unknown or (kinds is not None and not kinds):
        said = f"unknown kinds {', '.join(unknown)}" if unknown else "no kinds given"
        raise AAMArgumentError(f"Nothing was exported: {said}. Known: {', '.join(KINDS)}")
    return [kind for key, kind in KINDS.items() if kinds is None or key in kinds]


class _File:
    """One kind's file."""

    def __init__(self, kind: Kind, account: Account, describer: Describer) -> None:
        self.described = 0
        self.left_out = 0
        self._kind = kind
        self._account = account
        self._describer = describer

    def lines(self, base_url: str) -> Iterator[str]:
        yield comment(
            f"{self._kind.plural.capitalize()} of the AAM account at {base_url}, as written by airflow-aam export."
        )
        yield comment("Numbers behind # are AAM's ids, for people. A field left out is left alone in AAM.")
        outsiders = []
        ordered: list[tuple[tuple[str, ...], int]] = []
        for record in self._account.objects(self._kind.resource):
            object_id = int(record[self._kind.id_field])
            obstacle = self._describer.obstacle(self._kind, record)
            if obstacle is None:
                ordered.append((self._sort_key(record), object_id))
            else:
                outsiders.append((str(record.get("name")), object_id, obstacle))
        ordered.sort()
        for _, object_id in ordered:
            yield from self._object(self._account.objects(self._kind.resource).get(object_id) or {}, object_id)
        if not self.described:
            yield f"{self._kind.key}: []"
        for name, object_id, obstacle in sorted(outsiders):
            self.left_out += 1
            yield comment(f"left out: {object_id} “{name}” ({obstacle})")

    def _object(self, record: Record, object_id: int) -> Iterator[str]:
        row = self._describer.describe(self._kind, record)
        problems = self._describer.problems(self._kind, row)
        if not problems:
            if not self.described:
                yield f"{self._kind.key}:"
            self.described += 1
            yield from block(row, remark=None if self._kind.id_field in row else str(object_id))
            return
        self.left_out += 1
        yield comment(f"left out: {object_id}, which the check of a catalog refuses: {'; '.join(problems)}", indent="")
        for line in block(row):
            yield comment(line)

    def _sort_key(self, record: Record) -> tuple[str, ...]:
        """By match key, not by id: accounts that say the same are written the same."""
        kind = self._kind
        if kind.is_tree:
            return (str(record["path"]),)
        parts = []
        for name in next(fields for way, fields in kind.match_on.items() if way != kind.id_field):
            reference = kind.model.reference_of(name)
            value = record.get(name)
            known = reference is not None and value is not None
            parts.append(
                self._describer.label(reference.to, int(value)) if known and reference and value else str(value or "")
            )
        return (*parts, str(record.get("name") or ""), *(str(record.get(name) or "") for name in kind.refine))
