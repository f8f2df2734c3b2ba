"""Reading populations: the traits or segments of a selection, each with one figure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from airflow_provider_aam.api.client import AAMClient
from airflow_provider_aam.api.collection import LIST_ATTEMPTS, Collection
from airflow_provider_aam.api.errors import AAMBadAnswer, AAMIncomplete, AAMNotFound, Fate
from airflow_provider_aam.api.guide import Step
from airflow_provider_aam.reports.places import find_data_source, find_folders
from airflow_provider_aam.reports.selection import Selection, number_of

FEW = 50
"""Up to so many are asked for one by one, instead of with the list of everything."""

Record = Mapping[str, Any]
Keep = Callable[[Record], bool]


@dataclass(frozen=True, kw_only=True)
class Population:
    """``value`` is ``None`` when AAM sent none, and for objects that are gone."""

    sid: int | None
    code: str | None = None
    name: str = ""
    value: int | None = None


Populations = dict[int, Population]
"""By ``sid``."""


def read_populations(client: AAMClient, selection: Selection, metric: str) -> Populations:
    """The selected objects, in the order of their ids, with ``metric``.

    Raises :class:`AAMNotFound` when there are none, and for an unknown folder or data source; :class:`AAMBadAnswer`
    when AAM left the metric out, which does not mean 0.
    """
    found = _read(client, selection, metric)
    if not found:
        raise AAMNotFound(
            f"population check of {selection}: AAM has none. Correct the selection, or let the technical account see "
            f"the objects. {Step.TECHNICAL_USER.pointer}"
        )
    without = [sid for sid, population in found.items() if population.value is None]
    if without:
        some = ", ".join(map(str, without[:5]))
        raise AAMBadAnswer(
            f"population check of {selection}: AAM sent no {metric} for {len(without)} of {len(found)}, like sid "
            f"{some}. That does not mean 0, so nothing was judged. Try again later, or check another metric.",
            fate=Fate.UNKNOWN,
        )
    return found


def read_by_sids(client: AAMClient, kind: str, sids: Sequence[int], metric: str) -> Populations:
    """Those that exist; the others are left out."""
    collection = client.collection(kind)
    if len(sids) > FEW:
        wanted = {*sids}
        return _list(collection, [{}], metric, keep=lambda record: number_of(record["sid"]) in wanted)

    def read(sid: int) -> Record | None:
        try:
            return collection.get(sid, includeMetrics=True) | {"sid": sid}
        except AAMNotFound:
            return None

    found = client.in_order(read, sids)
    return _by_sid((record for record in found if record is not None), metric)


def _read(client: AAMClient, selection: Selection, metric: str) -> Populations:
    if selection.sids is not None:
        return read_by_sids(client, selection.kind, selection.sids, metric)
    common: dict[str, Any] = {}
    if selection.data_source is not None:
        common["dataSourceId"] = find_data_source(client, selection.data_source)
    if selection.search is not None:
        common["search"] = selection.search
    wanted: Mapping[str, frozenset[Any]] = {}
    if selection.codes is not None:
        wanted = {"integrationCode": frozenset(selection.codes)}
    elif selection.folder is not None:
        wanted = {"folderId": find_folders(client, selection.kind, selection.folder)}

    def keep(record: Record) -> bool:
        """Checked again, because a filter that AAM does not heed is ignored silently."""
        if common.get("dataSourceId") not in (None, number_of(record.get("dataSourceId"))):
            return False
        if "folderId" in wanted:
            return number_of(record.get("folderId")) in wanted["folderId"]
        return "integrationCode" not in wanted or record.get("integrationCode") in wanted["integrationCode"]

    queries = [common | {name: value} for name, values in wanted.items() for value in sorted(values)]
    few = 0 < len(queries) <= FEW
    return _list(client.collection(selection.kind), queries if few else [common], metric, keep=keep)


def _list(collection: Collection, queries: Sequence[Record], metric: str, *, keep: Keep) -> Populations:
    """What the lists hold, each proven complete. Only what is kept stays in memory."""
    found: Populations = {}
    for query in queries:
        found |= _list_once_complete(collection, query, metric, keep)
    return dict(sorted(found.items()))


def _list_once_complete(collection: Collection, query: Record, metric: str, keep: Keep) -> Populations:
    def read() -> Populations:
        rows = collection.list(includeMetrics=True, **query)
        return _by_sid((row for row in rows if keep(row)), metric)

    for _ in range(LIST_ATTEMPTS - 1):
        try:
            return read()
        except AAMIncomplete:
            continue
    return read()


def _by_sid(records: Iterable[Record], metric: str) -> Populations:
    found: Populations = {}
    for record in records:
        sid, code = int(record["sid"]), record.get("integrationCode")
        found[sid] = Population(
            sid=sid,
            code=str(code) if code else None,
            name=str(record.get("name") or ""),
            value=number_of(record.get(metric)),
        )
    return found
