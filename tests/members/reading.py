"""Inbound files read back by a parser of the tests' own: it shares nothing with the code that writes them."""

from __future__ import annotations

import gzip
from pathlib import Path


def read_back(folder: Path) -> list[tuple[str, str]]:
    """Every (user, item) of every file in ``folder``, checked for what AAM documents of files and lines."""
    found: list[tuple[str, str]] = []
    users: set[str] = set()
    for path in sorted(folder.glob("ftp_dpm_*")):
        data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        assert data, f"{path.name} is empty"
        assert data.endswith(b"\n")
        assert b"\r" not in data
        for line in data[:-1].split(b"\n"):
            assert len(line) <= 102_400
            user, _, items = line.decode("utf-8").partition("\t")
            assert user not in users, f"{user!r} has two lines"
            users.add(user)
            found += [(user, item) for item in _split(items)] or [(user, "")]
    return found


def _split(items: str) -> list[str]:
    """At commas; no item of AAM's grammar holds one, quoted or not."""
    return [item.strip(" ") for item in items.split(",")] if items else []


def pair_of(item: str) -> tuple[str, str]:
    """Key and value of a signal, without their quotes."""
    if item.startswith('"'):
        key, _, rest = item[1:].partition('"')
        assert rest.startswith("=")
        value = rest[1:]
    else:
        key, _, value = item.partition("=")
    return key, value[1:-1] if value.startswith('"') else value


def read_ids_back(folder: Path) -> list[list[str]]:
    """The ids of every line of every ID synchronization file in ``folder``, in their order."""
    found: list[list[str]] = []
    for path in sorted(folder.glob("*_id_*")):
        data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        assert data.endswith(b"\n"), f"{path.name} is empty"
        for line in data[:-1].decode("utf-8").split("\n"):
            ids = line.split("\t")
            assert all(ids), f"{line!r} has an empty column"
            assert line == line.rstrip(), f"{line!r} ends with a blank"
            found.append(ids)
    assert len(found) == len(set(map(tuple, found)))
    return found
