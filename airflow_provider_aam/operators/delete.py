"""Delete objects that are named one by one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from airflow_provider_aam.hooks.paths import open_path, optional_path
from airflow_provider_aam.operators.base import AAMOperator, Told
from airflow_provider_aam.operators.catalog import subject_of_kind
from airflow_provider_aam.operators.links import Subject, Written

if TYPE_CHECKING:
    from airflow_provider_aam.catalog import Effects, Uri
    from airflow_provider_aam.compat import Context
    from airflow_provider_aam.lineage import Lineage


class AAMDeleteOperator(AAMOperator):
    """
    Delete the objects that are named, and nothing else.

    If another object still references one of them, the whole task is refused before anything is deleted; the message
    lists the references. Objects that are gone already are counted, so the task may run twice. Give exactly one of
    ``ids``, ``codes`` and ``source``.

    :param kind: ``segments``, ``traits``, ``destinations``, ``mappings``, ``dataSources``, ``traitFolders``,
        ``segmentFolders``, ``derivedSignals`` or ``models``. (templated)
    :param ids: AAM's ids, as numbers or text; may be an earlier task's output. (templated)
    :param codes: Integration codes of traits, segments and data sources; paths of folders; names of destinations
        and models. (templated)
    :param data_source: The data source of the ``codes``, by code or name, where two hold the same code. (templated)
    :param source: URI of a file, or several, with the column of the ids, like the Delete sheets of Adobe's bulk
        workbook: ``sid``, ``folderId``, ``derivedSignalId``, ``dataSourceId``, ``algoModelId``, ``destinationId``, or
        ``destinationMappingId`` with ``destinationId``. (templated)
    :param source_conn_id: Connection of the source's object store, if its URI needs one. (templated)
    :param unmap: Delete the mappings of the segments, or destinations, first; off, what is mapped is refused.
    :param max_deletes: Refuse to delete more objects, mappings included.
    :param max_failed: Deletes that may end rejected or unknown before the task fails.
    :param dry_run: Log what would be deleted, and delete nothing.
    :param outcome_path: URI under which each object's outcome is written as JSON Lines, as it happens. (templated)
    :param max_concurrency: Concurrent deletes, 1 to 64, in place of the Connection's (32).
    :param aam_conn_id: The AAM Connection. (templated)
    :return: A receipt: ``source, dry_run, plan`` and ``outcomes`` (counts), ``plan_uri`` and ``plan_sha256`` (none),
        ``outcome_uri, started_at, finished_at``, and ``gone``, how many were gone already.
    """

    template_fields: Sequence[str] = (
        "kind",
        "ids",
        "codes",
        "data_source",
        "source",
        "source_conn_id",
        "outcome_path",
        "aam_conn_id",
    )
    template_fields_renderers: ClassVar[dict[str, str]] = {"ids": "json", "codes": "json", "source": "json"}
    shown_as = "push"
    ui_color = "#f4c7c3"

    def __init__(
        self,
        *,
        kind: str,
        ids: Sequence[int | str] | None = None,
        codes: Sequence[str] | None = None,
        data_source: str | None = None,
        source: Uri | Sequence[Uri] | None = None,
        source_conn_id: str | None = None,
        unmap: bool = False,
        max_deletes: int = 10,
        max_failed: int = 0,
        dry_run: bool = False,
        outcome_path: str | None = None,
        max_concurrency: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.kind = kind
        self.ids = ids
        self.codes = codes
        self.data_source = data_source
        self.source = source
        self.source_conn_id = source_conn_id
        self.unmap_first = unmap  # BaseOperator.unmap is a method
        self.max_deletes = max_deletes
        self.max_failed = max_failed
        self.plan_only = dry_run  # BaseOperator.dry_run is a method
        self.outcome_path = outcome_path
        self.max_concurrency = max_concurrency
        self._effects: Effects | None = None

    def _run(self, context: Context) -> Told:  # noqa: ARG002
        from airflow_provider_aam.catalog import delete, name_objects

        named, source = name_objects(
            self.kind,
            ids=self.ids,
            codes=self.codes,
            data_source=self.data_source,
            source=self.source,
            open_uri=partial(open_path, conn_id=self.source_conn_id, what="source"),
        )
        outcome_path = optional_path(self.outcome_path, what="outcome_path")
        with self._client() as client:
            deletion, receipt = delete(
                client,
                named,
                source=source,
                unmap=self.unmap_first,
                max_deletes=self.max_deletes,
                outcome_path=outcome_path,
                dry_run=self.plan_only,
                max_failed=self.max_failed,
                max_concurrency=self.max_concurrency,
            )
        self._effects = receipt.effects
        return {**receipt.as_xcom(), "gone": len(deletion.gone)}, receipt.as_asset_extra()

    def subject(self) -> Subject:
        return subject_of_kind(self.kind)

    def written(self) -> Sequence[Written]:
        return (Written(self.outcome_path),) if self.outcome_path and not self.plan_only else ()

    def _trace(self, lineage: Lineage, receipt: Mapping[str, Any]) -> None:  # noqa: ARG002
        lineage.read_files(self.source)
        lineage.changed(self._effects)

    def _problems(self) -> list[str]:
        from airflow_provider_aam.catalog import deletion_problems

        problems = self._too_small(max_deletes=0, max_failed=0, max_concurrency=1)
        given = [name for name in ("ids", "codes", "source") if getattr(self, name) is not None]
        if len(given) != 1:
            problems.append(f"exactly one of ids, codes and source is needed; given: {', '.join(given) or 'none'}")
        problems += [
            f"{name} is {getattr(self, name)!r}; expected a list"
            for name in ("ids", "codes")
            if name in given and not _is_list(getattr(self, name))
        ]
        of_kind = deletion_problems(self.kind, codes=self.codes, data_source=self.data_source, unmap=self.unmap_first)
        return [*problems, *of_kind]


def _is_list(value: object) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str | bytes)
