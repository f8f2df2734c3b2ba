"""The population check: read, judge, tell, and remember what was accepted."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from airflow_provider_aam.api.client import AAMClient
from airflow_provider_aam.api.errors import AAMCheckFailed
from airflow_provider_aam.api.moments import utc_now
from airflow_provider_aam.api.resources import Type
from airflow_provider_aam.api.rows import Rows
from airflow_provider_aam.api.visible import one_line
from airflow_provider_aam.files.columns import Columns
from airflow_provider_aam.files.formats import Format, choose_format
from airflow_provider_aam.files.staging import Destination, path_of, stage
from airflow_provider_aam.files.uris import uri_of
from airflow_provider_aam.files.writers import open_writer
from airflow_provider_aam.reports.baseline import Baseline, read_baseline, write_baseline
from airflow_provider_aam.reports.judgments import Judgment, render, worst_first
from airflow_provider_aam.reports.populations import Population, Populations, read_by_sids, read_populations
from airflow_provider_aam.reports.question import Question, strangers_refused

log = logging.getLogger(__name__)

GONE = "gone since the baseline: deleted, or no longer visible"
ABSENT = "not in AAM, or not visible"
MOST_OFFENDERS = 100
ROW = {
    "sid": Type.INTEGER,
    "integrationCode": Type.TEXT,
    "name": Type.TEXT,
    "value": Type.INTEGER,
    "baseline": Type.INTEGER,
    "change": Type.NUMBER,
    "problems": Type.JSON,
}


@dataclass(frozen=True, kw_only=True)
class CheckReceipt:
    """``judgments``: all objects, the worst first. ``baseline`` is ``created``, ``updated``, ``kept`` or ``None``."""

    kind: str
    metric: str
    judgments: Sequence[Judgment]
    new: int
    """Objects that the baseline did not hold."""
    baseline: str | None
    baseline_uri: str | None
    report_uri: str | None
    started_at: datetime
    finished_at: datetime

    @property
    def offenders(self) -> list[Judgment]:
        return [judgment for judgment in self.judgments if judgment.problems]

    @property
    def passed(self) -> bool:
        return not self.offenders

    def require_passed(self) -> None:
        """Raises :class:`AAMCheckFailed` that names the objects furthest out of bounds."""
        if not self.passed:
            raise AAMCheckFailed(self.summary)

    @property
    def summary(self) -> str:
        bad = self.offenders
        said = f"Population check of {self.metric}: {len(bad)} of {len(self.judgments)} {self.kind} are out of bounds"
        if not bad:
            return f"Population check of {self.metric}: all {len(self.judgments)} {self.kind} are within bounds."
        accept = "change the bounds"
        if self.baseline_uri:
            accept += f", or delete the baseline {one_line(self.baseline_uri)} to start over"
        rest = f"\n  … and {len(bad) - 5} more: see the table above" if len(bad) > 5 else ""
        worst = "".join(f"\n  {each}" for each in bad[:5])
        return f"{said}. Check these. If the values are right, {accept}.{worst}{rest}"

    def as_xcom(self) -> dict[str, Any]:
        """JSON-safe and small: the worst :data:`MOST_OFFENDERS` only."""
        offenders = self.offenders
        return {
            "kind": self.kind,
            "metric": self.metric,
            "passed": self.passed,
            "checked": len(self.judgments),
            "offending": len(offenders),
            "new": self.new,
            "offenders": [each.as_row() for each in offenders[:MOST_OFFENDERS]],
            "baseline": self.baseline,
            "baseline_uri": self.baseline_uri,
            "report_uri": self.report_uri,
            "started_at": self.started_at.isoformat(),
            "finished_at": self.finished_at.isoformat(),
        }

    def as_asset_extra(self) -> dict[str, Any]:
        return {name: self.as_xcom()[name] for name in ("passed", "checked", "offending", "metric", "report_uri")}


def check_populations(
    client: AAMClient,
    question: Question,
    *,
    baseline: Destination | None = None,
    update_baseline: bool = True,
    report: Destination | None = None,
    now: Callable[[], datetime] = utc_now,
) -> CheckReceipt:
    """Judge the populations that ``question`` is about; log a table; write ``report`` (one row per object) if given.

    ``baseline`` is the file of the last accepted values. It is created when it is missing and replaced when
    ``update_baseline``, but only when every object is within bounds. An object that it holds and that AAM has no more
    is out of bounds; one that only left the selection is not. The result is returned, good or bad:
    :meth:`CheckReceipt.require_passed` raises.
    """
    started_at = now()
    kind, metric = question.selection.kind, question.metric
    form = None if report is None else choose_format(path_of(report))
    accepted = None if baseline is None else read_baseline(baseline, kind=kind, metric=metric)
    found = read_populations(client, question.selection, metric)
    judgments = worst_first([*_judged(question, found, accepted), *_missing(client, question, found, accepted)])
    _refuse_strangers(question, judgments)
    for line in render(judgments, metric):
        log.info("%s", line)
    report_uri = None if report is None or form is None else _write_rows(report, form, judgments)
    done, uri = ("kept", uri_of(baseline)) if accepted else (None, None)
    if baseline is not None:
        passed = not any(judgment.problems for judgment in judgments)
        if passed and (accepted is None or update_baseline):
            done = "updated" if accepted else "created"
            uri = write_baseline(baseline, found.values(), kind=kind, metric=metric, now=now())
        log.info("%s", one_line(_told(done, uri, accepted)))
    known = accepted.by_sid if accepted else {}
    receipt = CheckReceipt(
        kind=kind,
        metric=metric,
        judgments=judgments,
        new=sum(1 for sid in found if sid not in known) if accepted else 0,
        baseline=done,
        baseline_uri=uri,
        report_uri=report_uri,
        started_at=started_at,
        finished_at=now(),
    )
    (log.info if receipt.passed else log.warning)("%s", receipt.summary)
    return receipt


def _write_rows(report: Destination, form: Format, judgments: Sequence[Judgment]) -> str:
    columns = Columns(what="population check", types=ROW, keep_other=False)
    with stage(report) as staged:
        with open_writer(staged.local, form, columns) as (writer, _):
            writer.write(Rows(msgspec.Raw(msgspec.json.encode(each.as_row())) for each in judgments))
        staged.publish()
    return staged.uri


def _judged(question: Question, found: Populations, accepted: Baseline | None) -> Iterator[Judgment]:
    known = accepted.by_sid if accepted else {}
    for sid, population in found.items():
        before = known[sid].value if sid in known else None
        assert population.value is not None  # read_populations gives no others
        problems = question.bounds.of(population).judge(population.value, before)
        yield Judgment(
            population=population,
            before=before,
            problems=tuple(problem.text for problem in problems),
            excess=max((problem.excess for problem in problems), default=0.0),
        )


def _missing(
    client: AAMClient, question: Question, found: Populations, accepted: Baseline | None
) -> Iterator[Judgment]:
    """What the baseline holds or the selection names, and AAM has not."""
    selection, known = question.selection, accepted.by_sid if accepted else {}
    unseen = [sid for sid in known if sid not in found]
    elsewhere = read_by_sids(client, selection.kind, unseen, question.metric) if unseen else {}
    if elsewhere:
        log.info("%d %s of the baseline are no longer in the selection.", len(elsewhere), selection.kind)
    gone = [known[sid] for sid in unseen if sid not in elsewhere]
    for each in gone:
        population = Population(sid=each.sid, code=each.code, name=each.name)
        yield Judgment(population=population, before=each.value, problems=(GONE,), excess=float("inf"))
    told = {*found, *known}
    absent = [Population(sid=sid) for sid in selection.sids or () if sid not in told]
    codes = {each.code for each in (*found.values(), *gone)}
    absent += [Population(sid=None, code=code) for code in selection.codes or () if code not in codes]
    for population in absent:
        yield Judgment(population=population, problems=(ABSENT,), excess=float("inf"))


def _refuse_strangers(question: Question, judgments: Sequence[Judgment]) -> None:
    populations = [judgment.population for judgment in judgments]
    keys = {str(each.sid) for each in populations} | {each.code for each in populations if each.code}
    if unknown := question.bounds.strangers(keys):
        raise strangers_refused(unknown, question.selection, keys)


def _told(done: str | None, uri: str | None, accepted: Baseline | None) -> str:
    if accepted is None:
        made = f"There was no baseline: {uri} now holds these values, and checks to come compare with them."
        return made if done else "There is no baseline yet, and values out of bounds do not make one."
    if done == "updated":
        return f"The baseline {uri} now holds these values."
    return f"The baseline {uri} stays as it was accepted at {accepted.accepted_at.isoformat()}."
