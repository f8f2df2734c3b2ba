"""Does AAM still match the catalog?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

from airflow_provider_aam.api.errors import AAMCheckFailed
from airflow_provider_aam.operators.base import QuietOperator, Told
from airflow_provider_aam.operators.catalog import ComparingOperator

if TYPE_CHECKING:
    from airflow_provider_aam.catalog import Plan, PlanOptions
    from airflow_provider_aam.compat import Context

OnDrift = Literal["fail", "warn"]
ON_DRIFT: tuple[OnDrift, ...] = ("fail", "warn")
MOST_DIFFERENCES = 20


class AAMDriftOperator(QuietOperator, ComparingOperator):
    """
    Compare AAM with a catalog and report every difference. Only reads AAM.

    ``source``, ``source_conn_id``, ``kind``, ``match_on``, ``plan_path`` and ``aam_conn_id`` are as in
    :class:`AAMPushCatalogOperator`. With ``prune`` objects inside ``prune_scope`` that the catalog does not hold are
    differences as well; nothing is deleted.

    :param on_drift: What to do about differences. ``fail``: fail the task at once, with the differences in the
        message. ``warn``: log them as a warning; the Assets in ``outlets`` get an event, with ``drift``, the counts,
        and ``uri`` and ``sha256`` of the plan file in its extra.
    :param emit_when_unchanged: Raise that event, under ``fail`` too, when there are no differences.
    :return: ``drift`` (whether there is any), ``counts`` and ``counts_by_kind`` (what a push would ``create``,
        ``update`` and ``delete``), ``differences`` (the first 20 as text), ``plan_uri``.
    """

    template_fields: Sequence[str] = (*ComparingOperator.template_fields, "on_drift")
    shown_as = "drift"
    ui_color = "#fdeccb"

    def __init__(self, *, on_drift: OnDrift = "fail", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.on_drift = on_drift

    def _run(self, context: Context) -> Told:  # noqa: ARG002
        plan = self._plan(self._options())
        found = self._found(plan)
        if found["drift"]:
            self._tell(plan, found)
        return found, self._extra(plan, found)

    def _is_news(self, context: Context, extra: Mapping[str, Any]) -> bool:  # noqa: ARG002
        return bool(extra["drift"])

    def _extra(self, plan: Plan, found: dict[str, Any]) -> dict[str, Any]:
        from airflow_provider_aam.catalog import sha256_of

        uri = found["plan_uri"]
        return {"drift": found["drift"], "uri": uri, "sha256": sha256_of(plan) if uri else None, **found["counts"]}

    def _tell(self, plan: Plan, found: dict[str, Any]) -> None:
        from airflow_provider_aam.api.visible import one_line
        from airflow_provider_aam.catalog import account_of

        counts = found["counts"]
        more = len(plan.changes) - len(found["differences"])
        shown = [*found["differences"], *([f"… and {more:,} more"] if more > 0 else [])]
        text = (
            f"Drift: {account_of(plan)} differs from {one_line(plan.source)}: {counts['create']:,} missing, "
            f"{counts['update']:,} changed, {counts['delete']:,} extra. A push would change:\n"
            + "\n".join(f"  {line}" for line in shown)
        )
        if self.on_drift == "fail":
            raise AAMCheckFailed(text)
        self.log.warning("%s", text)

    def _found(self, plan: Plan) -> dict[str, Any]:
        from airflow_provider_aam.catalog import render_changes
        from airflow_provider_aam.files.uris import uri_of

        changes = [line for line in render_changes(plan) if not line.startswith("! ")]
        return {
            "drift": bool(plan.changes),
            "counts": plan.counts(),
            "counts_by_kind": plan.counts_by_kind(),
            "differences": changes[:MOST_DIFFERENCES],
            "plan_uri": uri_of(self.plan_path) if self.plan_path else None,
        }

    def _options(self) -> PlanOptions:
        from airflow_provider_aam.catalog import PlanOptions

        return PlanOptions(match_on=self.match_on, prune_scope=self._scope(), guards=None)

    def _problems(self) -> list[str]:
        problems = super()._problems()
        if self.on_drift not in ON_DRIFT:
            problems.append(f"on_drift is {self.on_drift!r}; it must be one of {', '.join(ON_DRIFT)}")
        return problems
