"""What the operators have in common that compare a catalog with AAM: their arguments, and the way to a plan."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from airflow_provider_aam.api.numbers import no_share
from airflow_provider_aam.hooks.paths import open_path, optional_path
from airflow_provider_aam.operators.base import AAMOperator
from airflow_provider_aam.operators.links import Subject, Written, only_id

if TYPE_CHECKING:
    from airflow_provider_aam.catalog import Catalog, Effects, Plan, PlanOptions, Source
    from airflow_provider_aam.lineage import Lineage


class ComparingOperator(AAMOperator):
    """Plans what brings AAM in line with a source; see :class:`AAMPushCatalogOperator` for the arguments."""

    template_fields: Sequence[str] = (
        "source",
        "source_conn_id",
        "kind",
        "match_on",
        "prune_scope",
        "plan_path",
        "aam_conn_id",
    )
    template_fields_renderers: ClassVar[dict[str, str]] = {"source": "json", "prune_scope": "json"}

    def __init__(
        self,
        *,
        source: Source,
        source_conn_id: str | None = None,
        kind: str | None = None,
        match_on: str | None = None,
        prune: bool = False,
        prune_scope: Mapping[str, Any] | None = None,
        plan_path: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.source = source
        self.source_conn_id = source_conn_id
        self.kind = kind
        self.match_on = match_on
        self.prune = prune
        self.prune_scope = prune_scope
        self.plan_path = plan_path

    def _plan(self, options: PlanOptions) -> Plan:
        """The plan, logged and written to ``plan_path``."""
        from airflow_provider_aam.api.moments import utc_now
        from airflow_provider_aam.catalog import make_plan

        catalog, source = self._read()
        plan_path = optional_path(self.plan_path, what="plan_path")
        with self._client() as client:
            self.shown_plan = make_plan(client, catalog, options, source=source, plan_path=plan_path, now=utc_now())
        return self.shown_plan

    def _read(self) -> tuple[Catalog, str]:
        """The rows of the source by kind, and what to call it."""
        from airflow_provider_aam.api.visible import one_line
        from airflow_provider_aam.catalog import load

        opened = partial(open_path, conn_id=self.source_conn_id, what="source")
        catalog, source = load(self.source, kind=self.kind, match_on=self.match_on, open_uri=opened)
        if not any(catalog.values()):
            self.log.warning("%s describes no objects.", one_line(source))
        return catalog, source

    def subject(self) -> Subject:
        from airflow_provider_aam.catalog import KINDS

        changes = self.shown_plan.changes if self.shown_plan else ()
        kinds = {each.kind for each in changes}
        if not kinds:
            return subject_of_kind(self.kind)
        lists = [kind.resource.name for kind in KINDS.values() if kind.name in kinds]
        return Subject(lists[0], only_id([each.id for each in changes])) if len(lists) == 1 else Subject()

    def written(self) -> Sequence[Written]:
        return (Written(self.plan_path),) if self.plan_path else ()

    def _trace(self, lineage: Lineage, receipt: Mapping[str, Any]) -> None:
        lineage.read_files(self.source)
        if receipt["plan_uri"]:
            lineage.wrote_file({"uri": receipt["plan_uri"]})

    def _scope(self) -> Mapping[str, Any] | None:
        from airflow_provider_aam.catalog import check_scope

        return check_scope(self.prune_scope) if self.prune else None

    def _problems(self) -> list[str]:
        from airflow_provider_aam.catalog import option_problems

        return option_problems(kind=self.kind, match_on=self.match_on, prune=self.prune, prune_scope=self.prune_scope)


class ChangingOperator(ComparingOperator):
    """Plans that are meant to be applied: folders that may be created, and guardrails."""

    def __init__(
        self,
        *,
        create_folders: bool = True,
        max_deletes: int = 10,
        max_changes_ratio: float = 1.0,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.create_folders = create_folders
        self.max_deletes = max_deletes
        self.max_changes_ratio = max_changes_ratio

    def _options(self) -> PlanOptions:
        from airflow_provider_aam.catalog import Guards, PlanOptions

        return PlanOptions(
            match_on=self.match_on,
            create_folders=self.create_folders,
            prune_scope=self._scope(),
            guards=Guards(max_deletes=self.max_deletes, max_changes_ratio=self.max_changes_ratio),
        )

    def _problems(self) -> list[str]:
        problems = [*super()._problems(), *self._too_small(max_deletes=0)]
        return [*problems, *no_share("max_changes_ratio", self.max_changes_ratio)]


def subject_of_kind(kind: str | None) -> Subject:
    from airflow_provider_aam.catalog import KINDS

    known = KINDS.get(kind or "")
    return Subject(known.resource.name) if known else Subject()


def subject_of_effects(effects: Effects | None) -> Subject | None:
    """The object that was changed, or the list of all that were; ``None``: nothing was."""
    if effects is None or not effects.counts:
        return None
    if effects.counts.total() == 1 and effects.first and effects.first[0].status != "deleted":
        return Subject(effects.first[0].resource, effects.first[0].id)
    return Subject(*effects.counts) if len(effects.counts) == 1 else Subject()
