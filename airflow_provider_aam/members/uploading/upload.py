"""Finished parts under the names that AAM picks up, in place of those that an earlier try left."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from airflow_provider_aam.api.visible import one_line
from airflow_provider_aam.files.staging import path_of, stage
from airflow_provider_aam.members.grammar.names import DataFileName, IdSyncName, parse_name
from airflow_provider_aam.members.making.parts import Part
from airflow_provider_aam.members.receipt import SentFile
from airflow_provider_aam.members.target import Target
from airflow_provider_aam.members.uploading.pgp import Seal

log = logging.getLogger(__name__)


def upload(
    parts: Sequence[Part], first: DataFileName | IdSyncName, target: Target, seal: Seal | None = None
) -> list[SentFile]:
    """``first`` names the set. ``seal`` encrypts its parts."""
    if seal is not None:
        parts = [seal(part) for part in parts]
    suffix = ".gpg" if seal is not None else ".gz" if target.compressed else ""
    names = claim_names(target.folder, replace(first, suffix=suffix), len(parts))
    return [_put(part, name, target) for part, name in zip(parts, names, strict=True)]


def claim_names(folder: Any, first: DataFileName | IdSyncName, parts: int) -> list[str]:
    """A name for each part of the set that is named ``first``: with a number where there are several.

    What an earlier try of the set has left and this one does not make is removed: the source may have changed since.
    """
    numbers = [*range(1, parts + 1)] if parts > 1 else [None] * parts
    names = [str(replace(first, part=number)) for number in numbers]
    _remove_others(folder, replace(first, part=None, suffix=""), names)
    return names


def _put(part: Part, name: str, target: Target) -> SentFile:
    with stage(target.folder / name, through_link=False, **target.put_options) as staged:
        shutil.move(part.path, staged.local)
        staged.publish()
        uri = staged.uri
    return SentFile(uri=uri, bytes=part.bytes, raw_bytes=part.raw_bytes, lines=part.lines, sha256=part.sha256)


def _remove_others(folder: Any, first: DataFileName | IdSyncName, names: Sequence[str]) -> None:
    try:
        for path in folder.iterdir() if folder.is_dir() else ():
            there = parse_name(path.name)
            if there is not None and replace(there, part=None, suffix="") == first and path.name not in names:
                log.warning("Removing %s: an earlier try of this batch wrote it from another source.", path.name)
                path.unlink()
    except PermissionError:
        text = "%s cannot be listed or cleaned. If an earlier try wrote more files than this one, remove them by hand."
        log.warning(text, one_line(path_of(folder)))
