"""Names of inbound files, strictly as documented; files of Oracle Data Cloud are not emulated."""

from __future__ import annotations

import re
from dataclasses import dataclass

from airflow_provider_aam.emulator.inbound.ids import GLOBAL_SOURCES

OURS = ("ftp_dpm_", "adobe_id_", "c2c_id_")
"""What a file name begins with that AAM looks at [inferred]: other files in the folder are left alone."""

_NUMBER = r"[1-9]\d*"
_SOURCE = rf"(?:0|{_NUMBER})"
_REST = rf"_\d{{10}}\.(?P<mode>sync|overwrite)(?:\.{_NUMBER})?"
_MEMBERS = re.compile(
    rf"ftp_dpm_(?P<source>{_SOURCE})(?:_(?P<target>{_NUMBER}))?{_REST}(?P<packing>\.gz|\.gpg|\.pgp)?", re.ASCII
)
_ID_SYNC = re.compile(
    rf"(?:adobe_id_(?P<ids>{_SOURCE}(?:_{_SOURCE})+)|c2c_id_(?P<pair>{_SOURCE}_{_SOURCE})){_REST}(?P<packing>\.gz)?",
    re.ASCII,
)


class Unusable(ValueError):
    """AAM would not process the file, and remove it."""


@dataclass(frozen=True, kw_only=True)
class Name:
    """`sources` are the data sources of the columns' ids; `target` owns the traits, and is absent in an ID sync."""

    sources: tuple[int, ...]
    target: int | None
    mode: str
    packing: str


def read_name(text: str) -> Name:
    """Return what a name says. Raises `Unusable`."""
    if found := _MEMBERS.fullmatch(text):
        source = int(found["source"])
        if found["target"] is None and source in GLOBAL_SOURCES:
            raise Unusable(f"data source {source} owns no traits and the name has no target")
        target = int(found["target"] or source)
        return Name(sources=(source,), target=target, mode=found["mode"], packing=found["packing"] or "")
    if (found := _ID_SYNC.fullmatch(text)) and found["mode"] == "sync":
        sources = tuple(map(int, (found["ids"] or found["pair"]).split("_")))
        return Name(sources=sources, target=None, mode="sync", packing=found["packing"] or "")
    raise Unusable("not a name of an inbound file")
