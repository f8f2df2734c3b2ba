"""Where a feed's ledger is kept: a folder of small files, or a table of a database, through Airflow's Connections."""

from __future__ import annotations

import re
import uuid
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import msgspec

from airflow_provider_aam.api.errors import AAMArgumentError, AAMDestinationError
from airflow_provider_aam.api.visible import one_line
from airflow_provider_aam.feeds.ledger import Claim, Ledger
from airflow_provider_aam.hooks.paths import name_of, open_path, telling

_NAME = re.compile(r"(\d{10})\.json", re.ASCII)
_BIRTH = 0
_ELSEWHERE = "Keep the ledger in a table of a database (ledger='aam_feed_ledger', ledger_conn_id=…) instead"


def ledger_of(place: str, conn_id: str | None) -> Ledger:
    """A folder's, or that of the table of this name where ``place`` has no slash. Raises :class:`AAMArgumentError`."""
    if "/" in place:
        return FolderLedger(place.rstrip("/"), conn_id)
    if not conn_id:
        raise AAMArgumentError(
            f"ledger {place!r} names a table: ledger_conn_id must be the Airflow Connection of its database. The URI "
            "of a folder has a slash."
        )
    return TableLedger(place, conn_id)


class FolderLedger:
    """A file per claim, called by its number, which is created only where there is none of that name."""

    def __init__(self, uri: str, conn_id: str | None) -> None:
        self._uri, self._conn_id = uri, conn_id
        self._known: dict[int, Claim] = {}

    def claims(self) -> Mapping[int, Claim]:
        """One list, and one request for each claim that is new to this object."""
        numbers = self._numbers() - {_BIRTH}
        new = {number: self._path(number) for number in numbers - self._known.keys()}
        if new:
            fs = next(iter(new.values())).fs
            with telling(f"ledger {one_line(self._uri)} cannot be read"):
                contents = fs.cat([path.path for path in new.values()], on_error="omit")
            by_name = {name_of(path): content for path, content in contents.items()}
            for number, path in new.items():
                if (content := by_name.get(name_of(path.path))) is not None:  # not forgotten meanwhile
                    self._known[number] = _parsed(content, f"{self._uri}, {name_of(path.path)}")
        self._known = {number: self._known[number] for number in sorted(numbers & self._known.keys())}
        return self._known

    def append(self, number: int, claim: Claim) -> bool:
        from airflow_provider_aam.files.exclusive import create

        if number == _BIRTH + 1:
            self._prove()
        with self._written():
            return create(self._path(number), claim.as_json())

    def forget(self, numbers: Collection[int]) -> None:
        for number in numbers:
            path = self._path(number)
            with self._written():
                try:
                    path.fs.rm_file(path.path)
                except FileNotFoundError:  # another task was faster
                    continue

    def _prove(self) -> None:
        """By its first file, which is created twice: some stores that call themselves S3 replace it in silence."""
        from airflow_provider_aam.files.exclusive import create

        with self._written():
            twice = [create(self._path(_BIRTH), msgspec.json.encode({"ledger": uuid.uuid4().hex})) for _ in range(2)]
        if twice[1]:
            raise AAMDestinationError(
                f"ledger {one_line(self._uri)}: this store replaces a file that it was told to create only if there is "
                f"none, so that two tasks could be handed out the same hour. {_ELSEWHERE}."
            )

    def _numbers(self) -> set[int]:
        path = self._folder()
        self._require_exclusive(path)
        try:
            with telling(f"ledger {one_line(self._uri)} cannot be listed"):
                names = [name_of(each) for each in path.fs.ls(path.path, detail=False)]
        except (FileNotFoundError, NotADirectoryError):
            return set()
        return {int(match[1]) for match in map(_NAME.fullmatch, names) if match}

    def _folder(self) -> Any:
        from airflow_provider_aam.files.exclusive import EXCLUSIVE

        try:
            return open_path(self._uri, self._conn_id, what="ledger")
        except AAMDestinationError as refused:
            scheme, separator, _ = self._uri.partition("://")
            if not separator or scheme in EXCLUSIVE:
                raise
            raise AAMDestinationError(
                f"ledger {one_line(self._uri)}: a ledger cannot be in {one_line(scheme)}://. It can be a local "
                "folder, one in s3://, gs:// or abfs://, or a table of a database (ledger='aam_feed_ledger', "
                "ledger_conn_id=…)."
            ) from refused

    def _require_exclusive(self, path: Any) -> None:
        from airflow_provider_aam.files.exclusive import can_create

        if not can_create(path):
            raise AAMDestinationError(
                f"ledger {one_line(self._uri)}: this kind of storage cannot create a file only if there is none, so "
                "that two tasks could be handed out the same hour; a local folder, s3://, gs:// and abfs:// can. "
                f"{_ELSEWHERE}."
            )

    def _path(self, number: int) -> Any:
        return open_path(f"{self._uri}/{number:010d}.json", self._conn_id, what="ledger")

    @contextmanager
    def _written(self) -> Iterator[None]:
        text = f"ledger {one_line(self._uri)} cannot be written"
        try:
            with telling(text):
                yield
        except (FileExistsError, FileNotFoundError, NotADirectoryError) as wrong:
            raise AAMDestinationError(
                f"{text}: {one_line(str(wrong))}. Nothing was handed out. Name a folder that the task's user can make."
            ) from wrong


class TableLedger:
    """A row per claim; its number is the primary key. The table is created where there is none."""

    def __init__(self, name: str, conn_id: str) -> None:
        self._name, self._conn_id = name, conn_id
        self._is_there = False

    def claims(self) -> Mapping[int, Claim]:
        from sqlalchemy import select

        table = self._table()
        with self._connected() as connection:
            rows = connection.execute(select(table.c.number, table.c.claim).order_by(table.c.number)).all()
        return {int(number): _parsed(text, f"{self._name}, row {number}") for number, text in rows}

    def append(self, number: int, claim: Claim) -> bool:
        from sqlalchemy.exc import IntegrityError

        row = {
            "number": number,
            "owner": claim.owner,
            "claimed_at": claim.claimed_at.isoformat(),
            "claim": claim.as_json().decode(),
        }
        with self._connected() as connection:
            try:
                connection.execute(self._table().insert(), [row])
            except IntegrityError:
                return False
        return True

    def forget(self, numbers: Collection[int]) -> None:
        table = self._table()
        if numbers:
            with self._connected() as connection:
                connection.execute(table.delete().where(table.c.number.in_(sorted(numbers))))

    def _table(self) -> Any:
        from sqlalchemy import BigInteger, Column, MetaData, String, Table, Text
        from sqlalchemy.dialects import mysql

        schema, _, name = self._name.rpartition(".")
        return Table(
            name,
            MetaData(schema=schema or None),
            Column("number", BigInteger, primary_key=True, autoincrement=False),
            Column("owner", Text, nullable=False),
            Column("claimed_at", String(32), nullable=False),
            Column("claim", Text().with_variant(mysql.MEDIUMTEXT(), "mysql"), nullable=False),
        )

    @contextmanager
    def _connected(self) -> Iterator[Any]:
        """One transaction, in which the table is there."""
        from airflow_provider_aam.hooks.sql import open_engine, telling_database

        with telling_database(f"ledger {self._name}"), open_engine(self._conn_id, what="ledger_conn_id") as engine:
            if not self._is_there:
                self._create(engine)
                self._is_there = True
            with engine.begin() as connection:
                yield connection

    def _create(self, engine: Any) -> None:
        from sqlalchemy import inspect
        from sqlalchemy.exc import SQLAlchemyError

        table = self._table()
        try:
            table.create(engine, checkfirst=True)
        except SQLAlchemyError:
            if not inspect(engine).has_table(table.name, schema=table.schema):
                raise
        there = {each["name"].lower() for each in inspect(engine).get_columns(table.name, schema=table.schema)}
        if missing := [column.name for column in table.columns if column.name not in there]:
            raise AAMDestinationError(
                f"ledger {one_line(self._name)}: this table is not a ledger, it lacks {', '.join(missing)}. Name "
                "another, such as aam_feed_ledger, which is created if there is none. Nothing was handed out."
            )


def _parsed(content: bytes | str, where: str) -> Claim:
    try:
        return Claim.from_json(content)
    except ValueError as broken:
        raise AAMDestinationError(
            f"ledger {one_line(where)} is not a claim: {one_line(str(broken))}. Restore it; without it what it says "
            "would be handed out again."
        ) from broken
