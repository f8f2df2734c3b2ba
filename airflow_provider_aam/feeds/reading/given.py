"""Which files a reader is to read: those of an outbound sensor's verdict, or URIs and patterns."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from airflow_provider_aam.api.errors import AAMArgumentError, AAMSourceError
from airflow_provider_aam.api.visible import one_line
from airflow_provider_aam.feeds.completeness import MOST_NAMED
from airflow_provider_aam.feeds.info import LARGEST_BYTES, ListedFile, parse_info
from airflow_provider_aam.feeds.names import INFO, OutboundName, readings
from airflow_provider_aam.feeds.outbound_verdict import OutboundVerdict
from airflow_provider_aam.files.uris import connection_in, several, uri_of

Open = Callable[[str], Any]
"""From a URI to its path."""
_PATTERN = frozenset("*?[")


@dataclass(frozen=True, kw_only=True)
class Delivered:
    """``mode`` and ``sent_at`` by its name or batch, ``lines`` by its ``.info`` file, ``size`` by who found it.

    ``None`` where nothing tells.
    """

    uri: str
    path: Any
    mode: str | None = None
    sent_at: datetime | None = None
    lines: int | None = None
    size: int | None = None


@dataclass(frozen=True, kw_only=True)
class Found:
    """``listed``: what ``.info`` files list, by URI; ``lists``: the URIs of each of them."""

    files: list[Delivered]
    listed: Mapping[str, ListedFile]
    lists: Sequence[Sequence[str]]


def find_delivered(source: Any, open_uri: Open) -> list[Delivered]:
    """The files of a verdict (its JSON, as mapping or text), or of one or several URIs, in order.

    Raises :class:`AAMArgumentError` where there is none, :class:`AAMSourceError` where a part of a delivery is missing.
    """
    if isinstance(source, Mapping) or (isinstance(source, str) and source.lstrip().startswith("{")):
        found = _of_verdict(source, open_uri)
    else:
        by_name = find_files(source, open_uri)
        found = by_name.files
        if missing := [*_missing_parts(by_name, open_uri)]:
            raise AAMSourceError(
                f"source has a part of a delivery: files that its .info file lists are not there: {some_of(missing)}. "
                "Nothing was written. Wait for them with AAMOutboundSensor, or check whether another job moved them."
            )
    if not found:
        raise _nothing("AAMOutboundSensor")
    return found


def _missing_parts(found: Found, open_uri: Open) -> Iterator[str]:
    """Of deliveries of which other files are read. What a pattern leaves out is not missing."""
    there = {file.uri for file in found.files}
    for uris in found.lists:
        left = [uri for uri in uris if uri not in there]
        if len(left) < len(uris):
            yield from (uri.rpartition("/")[2] for uri in left if not open_uri(uri).exists())


def some_of(names: Sequence[str]) -> str:
    """The first of them, for a message."""
    more = f" and {len(names) - MOST_NAMED:,} more" if names[MOST_NAMED:] else ""
    return ", ".join(f"“{one_line(name)}”" for name in names[:MOST_NAMED]) + more


class _FeedFile(msgspec.Struct, frozen=True):
    uri: str
    bytes: int | None = None


def find_feed_files(source: Any, open_uri: Open) -> list[Delivered]:
    """The files of a data feed's verdict, or of a list of its files; or those of URIs and patterns.

    Raises :class:`AAMArgumentError` where there is none.
    """
    if isinstance(source, str) and source.lstrip().startswith(("{", "[")):
        source = _decoded(source, "AAMDataFeedSensor")
    given = several(source.get("files", ()) if isinstance(source, Mapping) else source, what="source")
    if not any(isinstance(each, Mapping) for each in given):
        found = find_files(given, open_uri).files
    else:
        try:
            files = msgspec.convert(given, list[_FeedFile])
        except msgspec.ValidationError as foreign:
            raise _foreign(foreign, "AAMDataFeedSensor") from foreign
        found = [Delivered(uri=file.uri, path=open_uri(file.uri), size=file.bytes) for file in files]
    if not found:
        raise _nothing("AAMDataFeedSensor")
    return found


def _nothing(sensor: str) -> AAMArgumentError:
    return AAMArgumentError(f"source names no file: pass the XCom of an {sensor} that has found some, or URIs.")


def _decoded(text: str, sensor: str) -> Any:
    try:
        return msgspec.json.decode(text)
    except msgspec.MsgspecError as foreign:
        raise _foreign(foreign, sensor) from foreign


def _foreign(error: Exception, sensor: str) -> AAMArgumentError:
    return AAMArgumentError(
        f"source is not what an {sensor} returned: {one_line(str(error))}. Pass its XCom unchanged, or URIs."
    )


def _of_verdict(given: Any, open_uri: Open) -> list[Delivered]:
    try:
        document = _decoded(given, "AAMOutboundSensor") if isinstance(given, str) else given
        verdict = OutboundVerdict.from_json(document)
    except msgspec.MsgspecError as foreign:
        raise _foreign(foreign, "AAMOutboundSensor") from foreign
    return [
        Delivered(
            uri=file.uri,
            path=open_uri(file.uri),
            mode=batch.mode,
            sent_at=batch.sent_at,
            lines=file.lines,
            size=file.bytes,
        )
        for batch in verdict.batches
        for file in batch.files
    ]


def find_files(source: object, open_uri: Open) -> Found:
    """The files of URIs, patterns, and folders (which end with a slash), each once.

    What a pattern finds is opened as the pattern was: with the Connection that it names.
    """
    paths = dict(found for uri in several(source, what="source") for found in _expand(uri, open_uri))
    listed: dict[str, ListedFile] = {}
    lists: list[Sequence[str]] = []
    for uri, path in paths.items():
        if uri.lower().endswith(INFO):
            with path.open("rb") as file:
                info = parse_info(file.read(LARGEST_BYTES + 1), what=f"“{one_line(uri)}”")
            own = {f"{uri.rpartition('/')[0]}/{each.name}": each for each in info.files}
            listed |= own
            lists.append([*own])
    lines = {uri: file.lines for uri, file in listed.items()}
    data = {uri: path for uri, path in paths.items() if not uri.lower().endswith(INFO)}
    files = [_by_name(uri, path, lines.get(uri)) for uri, path in data.items()]
    return Found(files=files, listed=listed, lists=lists)


def _by_name(uri: str, path: Any, lines: int | None) -> Delivered:
    name = name_of(uri)
    if name is None:
        return Delivered(uri=uri, path=path, lines=lines)
    return Delivered(uri=uri, path=path, mode=name.mode, sent_at=second_of(name), lines=lines)


def name_of(uri: str) -> OutboundName | None:
    """The same mode and second in all readings of a name."""
    return next(iter(readings(uri.rpartition("/")[2])), None)


def second_of(name: OutboundName) -> datetime:
    """When its batch was sent, to the second that all files of the batch have in common, however they are read."""
    return name.sent_at.replace(microsecond=0)


def _expand(given: object, open_uri: Open) -> Iterator[tuple[str, Any]]:
    if not isinstance(given, str | os.PathLike):
        raise AAMArgumentError(f"source: expected a path or URI, found {given!r}.")
    uri = str(given)
    pattern = uri_of(f"{uri}*" if uri.endswith("/") else uri)
    path = open_uri(pattern)
    if not _PATTERN & {*pattern}:
        if "." not in uri.rpartition("/")[2] and path.is_dir():
            raise AAMArgumentError(
                f"source: {one_line(uri)} is a folder. To read the files in it, end it with a slash."
            )
        yield pattern, path
        return
    matches = path.fs.glob(path.path, detail=True)
    files = sorted(path.fs.unstrip_protocol(each) for each, info in matches.items() if info["type"] != "directory")
    if not files:
        folders = (
            f" Only folders do: give a pattern of files, such as {one_line(uri.rstrip('/*'))}/**/*.gz."
            if matches
            else ""
        )
        raise AAMArgumentError(f"source: no file matches {one_line(uri)}.{folders}")
    with_connection = f"://{named}@" if (named := connection_in(pattern)) else "://"
    for each in files:
        found = each.replace("://", with_connection, 1)
        yield found, open_uri(found)
