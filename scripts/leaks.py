"""Nothing that is published names this machine: no folder of it, no index that it installs from."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tarfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from urllib.parse import urlsplit
from zipfile import ZipFile

REPOSITORY = Path(__file__).resolve().parents[1]
PUBLIC = {"pypi.org", "files.pythonhosted.org"}


def refuse(files: Sequence[Path], *, built_in: Path, pip: Path) -> None:
    """Ends the program with what was found, and where."""
    private = {str(built_in), str(REPOSITORY), *_indexes(pip)}
    found = [
        f"{file.name}: {name} has {text}"
        for file in files
        for name, content in _members(file)
        for text in private
        if text.encode() in content
    ]
    if found:
        sys.exit("\n".join(found))


def _indexes(pip: Path) -> Iterator[str]:
    """Hosts, or folders, that pip and uv are told of."""
    told = [value for name, value in os.environ.items() if re.match(r"(PIP|UV)_.*(INDEX|LINKS)", name)]
    told.append(subprocess.run([pip, "config", "list"], capture_output=True, text=True, check=True).stdout)
    for address in re.findall(r"\w+://[^\s'\"]+", " ".join(told)):
        parts = urlsplit(address)
        if parts.hostname not in PUBLIC and (where := parts.hostname or parts.path.rstrip("/")):
            yield where


def _members(file: Path) -> Iterator[tuple[str, bytes]]:
    if file.suffix == ".whl":
        with ZipFile(file) as wheel:
            yield from ((name, wheel.read(name)) for name in wheel.namelist())
    elif file.suffix == ".gz":
        with tarfile.open(file) as sdist:
            yield from ((each.name, opened.read()) for each in sdist if (opened := sdist.extractfile(each)))
    else:
        yield file.name, file.read_bytes()
