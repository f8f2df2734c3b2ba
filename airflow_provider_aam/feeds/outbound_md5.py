"""Do delivered files hold what their ``.info`` says? By md5, where that is one: in Adobe's sample it is not."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from functools import partial
from typing import IO

from airflow_provider_aam.api.visible import one_line
from airflow_provider_aam.feeds.outbound_verdict import DayState, OutboundVerdict

_MD5 = re.compile(r"[0-9a-f]{32}", re.IGNORECASE | re.ASCII)
_new_md5 = partial(hashlib.md5, usedforsecurity=False)


def compare_md5(
    verdict: OutboundVerdict, opened: Callable[[str], AbstractContextManager[IO[bytes]]]
) -> OutboundVerdict:
    """The same verdict, or one that names the files that differ. Reads all files of a complete day, by their names."""
    if verdict.state is not DayState.COMPLETE:
        return verdict
    differing = []
    for file in (file for batch in verdict.batches for file in batch.files):
        if file.md5 is None or not _MD5.fullmatch(file.md5):
            continue
        name = file.uri.rpartition("/")[2]
        with opened(name) as content:
            if hashlib.file_digest(content, _new_md5).hexdigest() != file.md5.lower():  # type: ignore[arg-type]
                differing.append(f"“{one_line(name)}” has another md5 than its .info says")
    return replace(verdict, state=DayState.BROKEN, lacking=tuple(differing)) if differing else verdict
