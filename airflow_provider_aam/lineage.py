"""What a finished task read and wrote, as OpenLineage's datasets: lists and objects of AAM, files, and what feeds what.

Imported only when Airflow's OpenLineage provider asks an operator. The namespace of AAM's datasets is
``aam://<partner id>``: it is the same for every Airflow and Connection that reaches the account.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from airflow_provider_aam.api.resources import RESOURCES, Type
from airflow_provider_aam.api.visible import one_line
from airflow_provider_aam.compat.facets import (
    ColumnLineageDatasetFacet,
    Dataset,
    DocumentationDatasetFacet,
    Fields,
    InputField,
    LifecycleStateChange,
    LifecycleStateChangeDatasetFacet,
    OperatorLineage,
    OutputDataset,
    OutputStatisticsOutputDatasetFacet,
    SchemaDatasetFacet,
    SchemaDatasetFacetFields,
    Transformation,
)
from airflow_provider_aam.files.columns import OTHER, Columns
from airflow_provider_aam.files.uris import uri_of
from airflow_provider_aam.tables.wanted import column_name

if TYPE_CHECKING:
    from airflow_provider_aam.catalog import Effect, Effects

_LIFECYCLE = {
    "created": LifecycleStateChange.CREATE,
    "updated": LifecycleStateChange.ALTER,
    "deleted": LifecycleStateChange.DROP,
}
_FEEDS = {"traits": "segmentRule", "segments": "destination mapping"}
MOST_FILES = 20
"""Whose columns are told one by one."""


class Lineage:
    """``account`` is AAM's partner id; ``None``: AAM did not tell it, and only files are shown."""

    def __init__(self, account: int | str | None) -> None:
        self._account = None if account is None else f"aam://{account}"
        self._inputs: dict[tuple[str, str], Dataset] = {}
        self._outputs: dict[tuple[str, str], Dataset] = {}

    def facets(self) -> OperatorLineage:
        return OperatorLineage(inputs=[*self._inputs.values()], outputs=[*self._outputs.values()])

    def pulled(self, receipt: Mapping[str, Any], *, fields: Sequence[str] | None, include_metrics: bool) -> None:
        """A list of AAM → one file, column by column."""
        columns = self._read_columns(receipt["resource"], fields, include_metrics=include_metrics)
        self.wrote_file(receipt, columns=columns, of=receipt["resource"])

    def synced(
        self,
        resource: str,
        table: tuple[str, str] | None,
        receipt: Mapping[str, Any],
        *,
        fields: Sequence[str] | None,
        include_metrics: bool,
    ) -> None:
        """A list of AAM → a table, column by column."""
        columns = self._read_columns(resource, fields, include_metrics=include_metrics)
        named = {column_name(field): kind for field, kind in columns.items()}
        copied = self._copied({column_name(field): field for field in columns}, of=resource)
        self.wrote_table(table, receipt, schema=_schema_of(named), **copied)

    def wrote_table(self, table: tuple[str, str] | None, receipt: Mapping[str, Any], **facets: Any) -> None:
        """``None``: OpenLineage has no name for such a table."""
        if table is not None:
            self._write(*table, statistics={"rowCount": receipt["rows"]}, **facets)

    def _read_columns(
        self, resource: str, fields: Sequence[str] | None, *, include_metrics: bool
    ) -> Mapping[str, Type]:
        """Those that a file or table has, :data:`OTHER` included."""
        types = Columns.of(RESOURCES[resource], fields=fields, include_metrics=include_metrics).types
        self.read(resource, columns={name: kind for name, kind in types.items() if name != OTHER})
        return types

    def exported(self, receipt: Mapping[str, Any], resources: Mapping[str, str]) -> None:
        """Lists of AAM → the files of a folder. ``resources``: by key of the kind, as the receipt counts objects."""
        for key, name in zip(receipt["objects"], receipt["files"], strict=True):
            self.read(resources[key])
            self.wrote_file({"uri": f"{receipt['uri'].rstrip('/')}/{name}", "rows": receipt["objects"][key]})

    def changed(self, effects: Effects | None) -> None:
        """Lists and objects of AAM that were written; what feeds an object's users is an edge to it."""
        if effects is None or self._account is None:
            return
        for resource, count in effects.counts.items():
            self._write(self._account, _name(resource), statistics={"rowCount": count})
        objects: dict[str, list[Effect]] = {}
        for effect in effects.first:
            objects.setdefault(_name(effect.resource, effect.id), []).append(effect)
        for name, (first, *others) in objects.items():
            self._write(
                self._account,
                name,
                documentation=DocumentationDatasetFacet(description=one_line(first.label)),
                lifecycleStateChange=LifecycleStateChangeDatasetFacet(_LIFECYCLE[first.status]),
                **self._edges(self._account, (feed for each in (first, *others) for feed in each.fed_by)),
            )

    def sent(self, receipt: Mapping[str, Any], fields: Mapping[str, Sequence[str]] | None = None) -> None:
        """Inbound files → the data source that AAM reads them into. ``fields``: the columns of the source of each."""
        files, facets = receipt["files"], self._made_of(fields or {})
        counts = {"rowCount": receipt["items"], "size": sum(file["bytes"] for file in files)}
        for folder in dict.fromkeys(file["uri"].rpartition("/")[0] for file in files):
            self._write(*_place(folder), statistics=counts, **facets)
        if self._account is not None and files:
            owner = receipt.get("target_data_source") or receipt["data_source"]
            name = f"{_name('data_sources', owner)}/inbound"
            self._write(self._account, name, statistics={"rowCount": receipt["items"]}, **facets)

    def read_into(
        self,
        files: Sequence[str],
        receipt: Mapping[str, Any],
        types: Mapping[str, str],
        fields: Mapping[str, Sequence[str]],
    ) -> None:
        """Delivered files → one file. ``fields``: of the files' lines, those that each column is made of."""
        self.read_files(files, columns=[name for names in fields.values() for name in names])
        facets = self._made_of(fields) | {"schema": _schema(types)}
        self._write(
            *_place(receipt["uri"]), statistics={"rowCount": receipt["rows"], "size": receipt["bytes"]}, **facets
        )

    def read(self, resource: str, *, columns: Mapping[str, Type] | None = None) -> None:
        """A list of AAM."""
        if self._account is not None:
            facets = {"schema": _schema_of(columns)} if columns else {}
            self._inputs[self._account, _name(resource)] = Dataset(self._account, _name(resource), facets=facets)

    def read_files(self, source: object, *, columns: Iterable[str] = ()) -> None:
        """What of a task's source are files; rows that it was given are not. ``columns``: those that it reads."""
        schema = _schema(dict.fromkeys(columns))
        given = [source] if isinstance(source, str) else source
        for uri in given if isinstance(given, Sequence) else ():
            if isinstance(uri, str) and uri:
                place = _place(uri)
                self._inputs[place] = Dataset(*place, facets={"schema": schema} if schema.fields else {})

    def wrote_file(
        self, receipt: Mapping[str, Any], *, columns: Mapping[str, Type] | None = None, of: str | None = None
    ) -> None:
        """``of``: the list of AAM that the columns are copied from."""
        facets: dict[str, Any] = {"schema": _schema_of(columns)} if columns else {}
        if columns and of:
            facets |= self._copied({name: name for name in columns}, of=of)
        statistics = {"rowCount": receipt.get("rows"), "size": receipt.get("bytes")}
        self._write(*_place(receipt["uri"]), statistics=statistics, **facets)

    def _write(
        self, namespace: str, name: str, *, statistics: Mapping[str, int | None] | None = None, **facets: Any
    ) -> None:
        known = {key: value for key, value in (statistics or {}).items() if value is not None}
        shown = {"outputStatistics": OutputStatisticsOutputDatasetFacet(**known)} if known else {}
        self._outputs[namespace, name] = OutputDataset(namespace, name, facets=facets, outputFacets=shown)

    def _copied(self, columns: Mapping[str, str], *, of: str) -> dict[str, Any]:
        """``columns``: by name, the field of the list that each is a copy of."""
        if self._account is None:
            return {}
        fields = {
            name: Fields([InputField(self._account, _name(of), field)], transformationType="IDENTITY")
            for name, field in columns.items()
            if field != OTHER
        }
        return {"columnLineage": ColumnLineageDatasetFacet(fields=fields)}

    def _made_of(self, fields: Mapping[str, Sequence[str]]) -> dict[str, Any]:
        """Schema and edges of what is made of the files that were read."""
        if not fields:
            return {}
        files = [*self._inputs][:MOST_FILES]
        edges = {
            name: Fields([InputField(*place, column) for place in files for column in columns])
            for name, columns in fields.items()
        }
        known = {"columnLineage": ColumnLineageDatasetFacet(fields=edges)} if files else {}
        return {"schema": _schema(dict.fromkeys(fields)), **known}

    def _edges(self, account: str, fed_by: Iterable[tuple[str, int]]) -> dict[str, Any]:
        edges = []
        for resource, object_id in fed_by:
            name = _name(resource, object_id)
            self._inputs.setdefault((account, name), Dataset(account, name))
            filtered = Transformation(type="INDIRECT", subtype="FILTER", description=_FEEDS[resource])
            edges.append(InputField(account, name, "members", transformations=[filtered]))
        return {"columnLineage": ColumnLineageDatasetFacet(fields={}, dataset=edges)} if edges else {}


def _name(resource: str, object_id: int | None = None) -> str:
    """``trait-folders``, ``segments/77``."""
    listed = resource.replace("_", "-")
    return listed if object_id is None else f"{listed}/{object_id}"


def _schema_of(columns: Mapping[str, Type]) -> SchemaDatasetFacet:
    return _schema({name: kind.value for name, kind in columns.items()})


def _schema(columns: Mapping[str, str | None]) -> SchemaDatasetFacet:
    return SchemaDatasetFacet([SchemaDatasetFacetFields(name=name, type=kind) for name, kind in columns.items()])


def _place(uri: str) -> tuple[str, str]:
    """Namespace and name, as OpenLineage's naming rules have them, without a Connection id or a password."""
    parts = urlsplit(uri_of(uri))
    if parts.scheme == "file":
        return "file", parts.path
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}", parts.path.strip("/") or "/"
