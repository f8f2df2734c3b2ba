"""Receipts, verdicts and failures as text: the verdict first, whether AAM was changed, then what to look at."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from airflow_provider_aam.api.counted import counted
from airflow_provider_aam.api.visible import one_line, visible

MOST_LINES = 15
MOST_CHARACTERS = 3_000
"""Chat services cut longer messages, some without a word."""
MOST_NAMED = 10

Receipt = Mapping[str, Any]


def describe(receipt: object) -> str | None:
    """What a task of this package returned, for people; ``None`` for anything else.

    Takes the receipts of pulls, exports, reports, pushes, applies, deletes, plans, memberships and ID syncs, what
    ``AAMDriftOperator`` and ``AAMPopulationCheckOperator`` found, and verdicts of sensors; also those of streams, of
    tables that were synced, and of deliveries and feeds that were read.
    """
    if isinstance(receipt, Mapping):
        for keys, said in _KINDS:
            if keys <= receipt.keys():
                return shorten(visible("\n".join(said(receipt))))
    return None


def shorten(text: str) -> str:
    """At most :data:`MOST_LINES` and :data:`MOST_CHARACTERS`; says how much is left out."""
    lines = text.splitlines()
    kept = lines[:MOST_LINES]
    while len(kept) > 1 and len("\n".join(kept)) > MOST_CHARACTERS:
        kept.pop()
    if len(kept[0]) > MOST_CHARACTERS:
        kept = [f"{kept[0][:MOST_CHARACTERS]} …"]
    left = len(lines) - len(kept)
    return "\n".join([*kept, *([f"… and {counted(left, 'more line')} in the log"] if left else [])])


def _verdict(receipt: Receipt) -> Iterator[str]:
    from airflow_provider_aam.members.judging.verdict import Verdict

    verdict = Verdict.from_json(receipt)
    yield verdict.summary
    yield from (f"  {file}" for file in verdict.files if file.is_bad)
    yield from verdict.advice()


def _members(receipt: Receipt) -> Iterator[str]:
    from airflow_provider_aam.members.idsync_job import IdSyncReceipt
    from airflow_provider_aam.members.receipt import MembersReceipt

    yield str((IdSyncReceipt if "family" in receipt else MembersReceipt).from_xcom(dict(receipt)))
    if not receipt["files"]:
        yield "No file was written."
    if receipt["rejected"] and receipt["rejects_uri"]:
        yield f"Rejected rows: {one_line(receipt['rejects_uri'])}"


def _pull(receipt: Receipt) -> Iterator[str]:
    what = one_line(receipt["resource"]).replace("_", " ")
    yield (
        f"Pulled {what}: {counted(receipt['rows'], 'row')}, {receipt['bytes']:,} bytes, to {one_line(receipt['uri'])}"
    )


def _export(receipt: Receipt) -> Iterator[str]:
    from airflow_provider_aam.catalog import KINDS

    held = {KINDS[key]: count for key, count in receipt["objects"].items() if count}
    objects = [counted(count, kind.name) for kind, count in held.items()]
    yield f"Exported {', '.join(objects) or 'no objects'} to {one_line(receipt['uri'])}"


def _push(receipt: Receipt) -> Iterator[str]:
    source = one_line(receipt["source"])
    if receipt["dry_run"]:
        yield f"Dry run of {source}: {_planned(receipt['plan'])}. Nothing was changed in AAM."
    else:
        ends = receipt["outcomes"]
        said = ", ".join(f"{count:,} {status}" for status, count in ends.items() if count) or "no rows"
        sure = any(ends.get(status) for status in ("created", "updated", "deleted"))
        verb = "was" if sure else "may have been" if ends.get("unknown") else "was not"
        yield f"AAM {verb} changed from {source}: {said}."
    if receipt.get("approved_by"):
        yield f"Approved by {one_line(receipt['approved_by'])}."
    if receipt.get("gone"):
        yield f"Gone already: {counted(receipt['gone'], 'object')}."
    if receipt["outcome_uri"]:
        yield f"Outcome of every row: {one_line(receipt['outcome_uri'])}"


def _plan(receipt: Receipt) -> Iterator[str]:
    """The head and the changes of the approval's summary, without its Markdown."""
    head, *rest = receipt["summary"].split("\n")
    changes = [line.removeprefix("- ").strip("` ") for line in rest if line.startswith("- ")]
    yield f"Plan: {head.replace('**', '').replace('`', '')} Nothing was changed in AAM."
    yield from _named(changes, sum(receipt["counts"].get(act, 0) for act in ("create", "update", "delete")))
    yield f"Plan file: {one_line(receipt['plan_uri'])}"


def _drift(receipt: Receipt) -> Iterator[str]:
    counts = receipt["counts"]
    if not receipt["drift"]:
        yield "No drift: AAM matches the catalog."
        return
    yield (
        f"Drift: {counts['create']:,} missing, {counts['update']:,} changed, {counts['delete']:,} extra in AAM. "
        "A push would change:"
    )
    yield from _named(receipt["differences"], counts["create"] + counts["update"] + counts["delete"])


def _check(receipt: Receipt) -> Iterator[str]:
    what = f"Population check of {one_line(receipt['metric'])}"
    if receipt["passed"]:
        yield f"{what}: all {receipt['checked']:,} {one_line(receipt['kind'])} are within bounds."
        return
    yield f"{what}: {receipt['offending']:,} of {receipt['checked']:,} {one_line(receipt['kind'])} are out of bounds:"
    bad = [f"{each['integrationCode'] or each['name']}: {'; '.join(each['problems'])}" for each in receipt["offenders"]]
    yield from _named(bad, receipt["offending"])


def _trend(receipt: Receipt) -> Iterator[str]:
    rows = counted(receipt["rows"], "row")
    yield f"Figures of {receipt['sids']:,} {one_line(receipt['kind'])}: {rows} to {one_line(receipt['uri'])}"


def _stream(receipt: Receipt) -> Iterator[str]:
    codes = ", ".join(f"{one_line(code)}: {count:,}" for code, count in receipt["codes"].items())
    yield (
        f"AAM accepted {receipt['sent']:,} of {counted(receipt['rows'], 'row')}; {receipt['skipped']:,} skipped, "
        f"{receipt['rejected']:,} rejected{codes and f' ({codes})'}."
    )
    yield from _rejects(receipt)


def _read(receipt: Receipt) -> Iterator[str]:
    rows, files = counted(receipt["rows"], "row"), counted(len(receipt["files"]), "file")
    left = f", {counted(receipt['rejected'], 'line')} rejected" if receipt["rejected"] else ""
    yield f"Read {files}: {rows}{left}, to {one_line(receipt['uri'])}"
    yield from _rejects(receipt)


def _rejects(receipt: Receipt) -> Iterator[str]:
    if receipt["rejected"] and receipt["rejects_uri"]:
        yield f"Rejected: {one_line(receipt['rejects_uri'])}"


def _table(receipt: Receipt) -> Iterator[str]:
    yield (
        f"Synced table {one_line(receipt['table'])}: {counted(receipt['rows'], 'row')}; {receipt['inserted']:,} new, "
        f"{receipt['updated']:,} changed, {receipt['deleted']:,} vanished, {receipt['restored']:,} back"
    )


def _outbound(receipt: Receipt) -> Iterator[str]:
    from airflow_provider_aam.feeds.outbound_verdict import OutboundVerdict

    yield OutboundVerdict.from_json(receipt).summary


def _feed(receipt: Receipt) -> Iterator[str]:
    from airflow_provider_aam.feeds.feed_verdict import FeedVerdict

    yield FeedVerdict.from_json(receipt).summary


def _planned(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{counts[act]:,} to {act}" for act in ("create", "update", "delete"))


def _named(lines: Sequence[str], total: int) -> Iterator[str]:
    shown = lines[:MOST_NAMED]
    yield from (f"  {one_line(line)}" for line in shown)
    if total > len(shown):
        yield f"  … and {total - len(shown):,} more"


_KINDS: Sequence[tuple[frozenset[str], Callable[[Receipt], Iterator[str]]]] = (
    (frozenset({"batch", "files", "soft_deadline", "asked_at"}), _verdict),
    (frozenset({"batch", "files", "users", "rejects_uri"}), _members),
    (frozenset({"resource", "uri", "rows", "sha256"}), _pull),
    (frozenset({"objects", "left_out", "uri"}), _export),
    (frozenset({"summary", "plan_uri", "has_changes", "counts"}), _plan),
    (frozenset({"plan", "outcomes", "dry_run"}), _push),
    (frozenset({"drift", "differences", "counts"}), _drift),
    (frozenset({"offenders", "offending", "checked", "metric"}), _check),
    (frozenset({"sids", "interval", "uri", "rows"}), _trend),
    (frozenset({"sent", "skipped", "rejected", "codes"}), _stream),
    (frozenset({"table", "inserted", "restored", "rows"}), _table),
    (frozenset({"day", "batches", "lacking", "state"}), _outbound),
    (frozenset({"hours", "files", "overdue", "state"}), _feed),
    (frozenset({"files", "format", "rejected", "uri"}), _read),
)
"""Which keys tell a receipt, the surest first."""
