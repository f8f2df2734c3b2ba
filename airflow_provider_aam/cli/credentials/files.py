"""Reads what was downloaded: JSON files, PEM files, `config.zip`, or the folder that holds them."""

from __future__ import annotations

import json
import lzma
import os
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

from airflow_provider_aam.api.visible import one_line
from airflow_provider_aam.cli.credentials.found import Found
from airflow_provider_aam.cli.credentials.shapes import recognise

KEY_FILE = "private.key"
LARGEST_FILE = 1_000_000
"""Bytes; a credential file has a few thousand, packed or not."""
_SUFFIXES = frozenset({".json", ".key", ".crt", ".pem", ".zip"})
_UNREADABLE_ZIP = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    EOFError,
    NotImplementedError,
    RuntimeError,  # it has a password
)
_PEM = re.compile(r"-----BEGIN ([A-Z ]{1,64})-----(?:(?!-----BEGIN).)*?-----END \1-----", re.DOTALL)


def read_files(paths: Sequence[Path]) -> tuple[list[Found], list[str]]:
    """Everything that the files say, and a problem with its fix for each that says nothing of use."""
    found: list[Found] = []
    problems: list[str] = []
    for path in paths:
        try:
            for source, content in _contents(path):
                try:
                    found += _read(source, content)
                except ValueError as useless:
                    problems.append(str(useless))
        except OSError as unreadable:
            problems.append(f"{path}: cannot be read ({unreadable.strerror or type(unreadable).__name__})")
        except ValueError:
            problems.append(f"{str(path)!r}: this cannot be the name of a file")
        except _UNREADABLE_ZIP as broken:
            problems.append(f"{path}: the zip file cannot be read ({broken}); unpack it and give its files")
    _add_keys_that_lie_elsewhere(paths, found, problems)
    return found, [*map(one_line, problems)]


def _contents(path: Path) -> Iterator[tuple[str, bytes]]:
    if path.is_dir():
        for child in sorted(path.iterdir()):
            if child.is_file() and child.suffix.lower() in _SUFFIXES:
                yield from _contents(child)
        return
    with path.open("rb") as file:
        content = file.read(LARGEST_FILE + 1)
    if len(content) <= LARGEST_FILE and zipfile.is_zipfile(BytesIO(content)):
        yield from _unpack(path, content)
    else:
        yield str(path), content


def _unpack(path: Path, content: bytes) -> Iterator[tuple[str, bytes]]:
    with zipfile.ZipFile(BytesIO(content)) as archive:
        for member in archive.infolist():
            name = Path(member.filename)
            if name.suffix.lower() in _SUFFIXES and not member.is_dir() and "__MACOSX" not in name.parts:
                with archive.open(member) as file:
                    yield f"{path}:{member.filename}", file.read(LARGEST_FILE + 1)


def _read(source: str, content: bytes) -> list[Found]:
    if len(content) > LARGEST_FILE:
        raise ValueError(f"{source}: more than {LARGEST_FILE:,} bytes, so it is not a credential file")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ValueError(
            f"{source}: neither JSON, PEM text nor a zip file; give the file as it was downloaded"
        ) from None
    blocks = [(match.group(1), match.group(0) + "\n") for match in _PEM.finditer(text)]
    if blocks and not text.lstrip().startswith(("{", "[")):
        return _read_pem(source, blocks)
    if "-----BEGIN" in text and not text.lstrip().startswith(("{", "[")):
        raise ValueError(
            f"{source}: a PEM block without its end; copy the whole file again, from -----BEGIN to -----END"
        )
    return recognise(source, _parse(source, text))


def _parse(source: str, text: str) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError as broken:
        where = f"line {broken.lineno}, column {broken.colno}"
    except (ValueError, RecursionError):
        where = "a number too long, or lists without end"
    raise ValueError(f"{source}: neither PEM text nor JSON ({where}); give the file as it was downloaded")


def _read_pem(source: str, blocks: Sequence[tuple[str, str]]) -> list[Found]:
    found = []
    for label, block in blocks:
        if "PRIVATE KEY" in label:
            found.append(Found(source=source, kind="private key", auth="jwt", values={"private_key": block}))
        elif label == "CERTIFICATE":
            found.append(Found(source=source, kind="certificate", auth="jwt", values={"certificate": block}))
    if not found:
        raise ValueError(f"{source}: a {blocks[0][0].lower()}; what signs is the file {KEY_FILE} next to it")
    return found


def _add_keys_that_lie_elsewhere(paths: Sequence[Path], found: list[Found], problems: list[str]) -> None:
    """The key that a JSON file names by its path, else `private.key` next to a JSON file of a JWT credential."""
    for each in [*found]:
        named = each.values.get("private_key_path")
        if named:
            _add_key(Path(each.source).parent / os.path.expanduser(named), found, problems)  # noqa: PTH111  never raises
    needs_key = any(each.auth == "jwt" for each in found) and not any("private_key" in each.values for each in found)
    if needs_key and not problems:
        for folder in dict.fromkeys(path.parent for path in paths):
            if (folder / KEY_FILE).is_file():
                _add_key(folder / KEY_FILE, found, problems)


def _add_key(path: Path, found: list[Found], problems: list[str]) -> None:
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST_FILE + 1)
    except (OSError, ValueError) as unreadable:  # ValueError: a name that no file can have
        said = getattr(unreadable, "strerror", None) or type(unreadable).__name__
        problems.append(f"{path}: the private key cannot be read ({said})")
        return
    try:
        found += _read(str(path), content)
    except ValueError as useless:
        problems.append(str(useless))
