"""One set of memberships made by several tasks: who plans it, and what each of them does.

A user belongs to one share by a hash, so shares have no user in common. The plan counts the rows of every share in one
read of the source; a task whose share has another number of rows did not read what the plan has read.
"""

from __future__ import annotations

import hashlib
import logging
import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import msgspec

from airflow_provider_aam.api.errors import AAMArgumentError, AAMConfigError, AAMSourceError
from airflow_provider_aam.api.visible import one_line
from airflow_provider_aam.files.refusals import reason
from airflow_provider_aam.files.staging import path_of, stage
from airflow_provider_aam.members.job import Order, prepare
from airflow_provider_aam.members.making.partition import Rules, rows_per_share
from airflow_provider_aam.members.push import push_members
from airflow_provider_aam.members.reading.engine import open_engine
from airflow_provider_aam.members.reading.preflight import Sources
from airflow_provider_aam.members.reading.query import fetch
from airflow_provider_aam.members.reading.source import Files, find_files
from airflow_provider_aam.members.reading.traits import Traits
from airflow_provider_aam.members.receipt import Count, MembersReceipt
from airflow_provider_aam.members.target import Target

if TYPE_CHECKING:
    from airflow_provider_aam.api.client import AAMClient

MOST_SHARES = 1024
"""As many tasks as Airflow maps by default."""
_PLAN, _ROWS = "plan.json", "rows.parquet"

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Share:
    """The work of one task. ``rows`` are those of the source that are its; ``plan`` is the plan file's sha256."""

    which: Count
    of: Count
    rows: Count
    plan: str

    @classmethod
    def from_xcom(cls, given: object) -> Self:
        """Raises :class:`AAMArgumentError` for what :class:`AAMPlanTraitMembersOperator` has not returned."""
        try:
            return msgspec.convert(given, cls)
        except msgspec.MsgspecError as foreign:
            raise AAMArgumentError(
                f"This is not a share: {one_line(str(foreign))}. Expand over the plan task's output: "
                ".expand(share=plan.output)."
            ) from foreign

    def __str__(self) -> str:
        return f"{self.which}-of-{self.of}"


@dataclass(frozen=True, kw_only=True)
class ShareReceipt(MembersReceipt):
    share: Share


@dataclass(frozen=True, kw_only=True)
class SharedPlan:
    """What is looked up once for all shares: data sources, traits, and what the source held. ``duckdb`` is a version:
    another one may hash otherwise."""

    batch: int
    sources: Sources
    traits: Traits
    source: str
    duckdb: str


@dataclass(frozen=True, kw_only=True)
class Shares:
    batch: int
    shares: Sequence[Share]

    def __str__(self) -> str:
        """One line for the log."""
        rows = [share.rows for share in self.shares]
        return f"{sum(rows):,} rows in {len(rows)} shares of {min(rows):,} to {max(rows):,}."

    def as_asset_extra(self) -> dict[str, Any]:
        return {"batch": self.batch, "shares": len(self.shares), "rows": sum(share.rows for share in self.shares)}

    def as_xcom(self) -> list[dict[str, Any]]:
        return [msgspec.to_builtins(share) for share in self.shares]


def plan_shares(client: AAMClient, order: Order, of: int) -> Shares:
    """Check ``order`` against the account, count the rows of each share, and write the plan to the target's folder.

    A query runs here, once: its result is put there as well.
    """
    with open_engine(order.limits) as engine:
        if callable(order.source):
            _publish(order.target, _ROWS, Path(fetch(order.source, order.shape, engine.scratch).paths[0]))
            order = replace(order, source=[order.target.folder / _ROWS])
        files, sources, rules = prepare(engine, client, order)
        rows = rows_per_share(engine, files, rules, of)
        plan = SharedPlan(
            batch=order.target.batch,
            sources=sources,
            traits=rules.traits,
            source=_fingerprint(order, files),
            duckdb=_duckdb_version(),
        )
        document = msgspec.json.encode(plan)
        local = engine.scratch / _PLAN
        local.write_bytes(document)
        _publish(order.target, _PLAN, local)
    sha256 = hashlib.sha256(document).hexdigest()
    shares = [Share(which=which, of=of, rows=number, plan=sha256) for which, number in enumerate(rows)]
    planned = Shares(batch=plan.batch, shares=shares)
    log.info("%s", planned)
    return planned


def send_share(order: Order, share: Share) -> ShareReceipt:
    """Write the files of one share to a folder of its own in the target's folder.

    Raises :class:`AAMArgumentError` where the plan is another one, :class:`AAMSourceError` where the source is.
    """
    plan = _read_plan(order.target.folder / _PLAN, share.plan)
    source = [order.target.folder / _ROWS] if callable(order.source) else order.source
    files = find_files(source)
    if plan.source != _fingerprint(order, files):
        raise AAMSourceError(
            "The source has changed since the plan was made, or this task has other arguments than the plan task. "
            "Nothing was uploaded to AAM. Clear the plan task to make a new plan."
        )
    folder = order.target.folder / str(share)
    target = replace(
        order.target, folder=folder, batch=plan.batch, rejects=folder / "rejects.jsonl", max_rejected=sys.maxsize
    )
    rules = Rules(
        shape=order.shape,
        traits=plan.traits,
        mode=order.mode,
        clear_users=order.clear_users,
        share=(share.which, share.of),
    )
    with open_engine(order.limits) as engine:
        receipt = push_members(engine, files, rules, plan.sources, target)
    if receipt.rows != share.rows:
        raise AAMSourceError(
            f"Share {share} has {receipt.rows:,} rows, but the plan counted {share.rows:,}: the source has changed "
            "meanwhile. Nothing was uploaded to AAM. Clear the plan task to make a new plan."
        )
    log.info("Share %s: %s", share, receipt)
    return ShareReceipt(**vars(receipt), share=share)


def _publish(target: Target, name: str, local: Path) -> None:
    with stage(target.folder / name, through_link=False, **target.put_options) as staged:
        shutil.move(local, staged.local)
        staged.publish()


def _read_plan(path: Any, sha256: str) -> SharedPlan:
    where = one_line(path_of(path))
    try:
        document = path.read_bytes()
    except (FileNotFoundError, PermissionError) as unreadable:
        raise AAMArgumentError(
            f"The plan {where} cannot be read: {one_line(reason(unreadable))}. Nothing was uploaded to AAM. Give this "
            "task the plan task's destination, in a store that all workers reach."
        ) from unreadable
    if hashlib.sha256(document).hexdigest() != sha256:
        raise AAMArgumentError(
            f"The plan {where} is not the one that this share is of. Nothing was uploaded to AAM. "
            "Give each run a destination of its own, such as …/{{ run_id }}, and clear the plan task."
        )
    try:
        plan = msgspec.json.decode(document, type=SharedPlan)
    except msgspec.MsgspecError as foreign:
        raise AAMConfigError(
            f"The plan {where} was made by another version of this package: {one_line(str(foreign))}. Nothing was "
            "uploaded to AAM. Install the same version on all workers, and clear the plan task."
        ) from foreign
    if plan.duckdb != _duckdb_version():
        raise AAMConfigError(
            f"The plan was made with DuckDB {plan.duckdb}, and this worker has {_duckdb_version()}, which may hash "
            "users otherwise. Nothing was uploaded to AAM. Install the same version on all workers."
        )
    return plan


def _fingerprint(order: Order, files: Files) -> str:
    """Of the files, as far as their store tells when one is replaced, and of what is asked of them."""
    asked = (order.shape, order.words, order.mode, order.clear_users)
    named = (order.data_source, order.target_data_source, order.id_format)
    return hashlib.sha256(repr((files.paths, files.versions, asked, named)).encode()).hexdigest()


def _duckdb_version() -> str:
    import duckdb

    return duckdb.__version__
