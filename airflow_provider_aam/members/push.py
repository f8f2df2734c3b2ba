"""Rows of users and traits → inbound files under their final names, or nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from airflow_provider_aam.api.moments import utc_now
from airflow_provider_aam.files.engine import Engine
from airflow_provider_aam.members.grammar.names import DataFileName
from airflow_provider_aam.members.making.assemble import make
from airflow_provider_aam.members.making.partition import Rules, cut
from airflow_provider_aam.members.making.sets import Sets, Today
from airflow_provider_aam.members.reading.preflight import Sources
from airflow_provider_aam.members.reading.source import Files
from airflow_provider_aam.members.receipt import MembersReceipt
from airflow_provider_aam.members.target import Target
from airflow_provider_aam.members.uploading.pgp import open_seal
from airflow_provider_aam.members.uploading.upload import upload


def push_members(
    engine: Engine, files: Files, rules: Rules, sources: Sources, target: Target, *, sets: Sets | None = None
) -> MembersReceipt:
    """Write ``files`` as inbound files to the target's folder; with ``sets``, what is new in them and what is gone.

    Raises :class:`AAMSourceError` when more rows are rejected, or more is gone, than the target allows; nothing is
    uploaded then, but the rejects are.
    """
    started_at = utc_now()
    today = None if sets is None else Today(engine.scratch / "set.parquet")
    name = DataFileName(source_id=sources.source_id, target_id=sources.target_id, batch=target.batch, mode=rules.mode)
    with open_seal(target.pgp_key, engine.scratch) as seal:
        made = make(engine, cut(engine, files, rules, sets), sources.id_format, target, today=today)
        with _kept(sets, today, target):
            sent = [] if target.dry_run else upload(made.parts, name, target, seal)
    return MembersReceipt(
        **made.numbers,
        batch=target.batch,
        files=sent,
        data_source=sources.source_id,
        target_data_source=sources.target_id,
        mode=rules.mode,
        started_at=started_at,
        finished_at=utc_now(),
    )


@contextmanager
def _kept(sets: Sets | None, today: Today | None, target: Target) -> Iterator[None]:
    """Keep today's set for the next run: as unfinished while the files are uploaded, then for good."""
    if sets is None or today is None or target.dry_run:
        yield
        return
    sets.begin(today.finished())
    yield
    sets.finish(today.finished())
