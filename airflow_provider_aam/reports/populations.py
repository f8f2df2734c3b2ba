"""Reading populations: the traits or segments of a selection, each with one figure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Never

from airflow_provider_aam.account.account import Account
from airflow_provider_aam.account.keys import plain
from airflow_provider_aam.account.names import Names
from airflow_provider_aam.api.client import AAMClient
from airflow_provider_aam.api.collection import Collection
from airflow_provider_aam.api.complete import until_complete
from airflow_provider_aam.api.errors import AAMBadAnswer, AAMLookupFailed, AAMNotFound, Fate
from airflow_provider_aam.api.guide import Step
from airflow_provider_aam.api.numbers import whole_number
from airflow_provider_aam.api.resources import DATA_SOURCES, RESOURCES
from airflow_provider_aam.reports.selection import Selection

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

    Raises :class:`AAMLookupFailed` when there are none, and for an unknown folder or data source; :class:`AAMBadAnswer`
    when AAM left the metric out, which does not mean 0.
    """
    found = _read(client, selection, metric)
    if not found:
        raise AAMLookupFailed(
            f"population check of {selection}: AAM has none. Correct the selection, or give the technical account "
            f"access to the objects. {Step.TECHNICAL_USER.pointer}"
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
        return _list(collection, [{}], metric, keep=lambda record: whole_number(record["sid"]) in wanted)

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
    names = Names[Never](Account(client))
    common: dict[str, Any] = {}
    if selection.data_source is not None:
        with _argument("data_source"):
            common["dataSourceId"] = names.find(DATA_SOURCES, selection.data_source)
    if selection.search is not None:
        common["search"] = selection.search
    wanted: Mapping[str, frozenset[Any]] = {}
    if selection.codes is not None:
        wanted = {"integrationCode": frozenset(map(plain, selection.codes))}
    elif selection.folder is not None:
        folders = RESOURCES[f"{selection.kind.removesuffix('s')}_folders"]
        with _argument("folder"):
            wanted = {"folderId": names.find_below(folders, selection.folder)}

    def keep(record: Record) -> bool:
        """Checked again, because a filter that AAM does not heed is ignored silently."""
        if common.get("dataSourceId") not in (None, whole_number(record.get("dataSourceId"))):
            return False
        if "folderId" in wanted:
            return whole_number(record.get("folderId")) in wanted["folderId"]
        return "integrationCode" not in wanted or _code_of(record) in wanted["integrationCode"]

    queries = [common | {name: value} for name, values in wanted.items() for value in sorted(values)]
    few = 0 < len(queries) <= FEW
    return _list(client.collection(selection.kind), queries if few else [common], metric, keep=keep)


@contextmanager
def _argument(name: str) -> Iterator[None]:
    try:
        yield
    except AAMLookupFailed as nothing:
        raise AAMLookupFailed(f"{name}: {nothing.message}") from nothing


def _list(collection: Collection, queries: Sequence[Record], metric: str, *, keep: Keep) -> Populations:
    """What the lists hold, each verified complete. Only what is kept stays in memory."""
    found: Populations = {}
    for query in queries:
        found |= _list_once_complete(collection, query, metric, keep)
    return dict(sorted(found.items()))


def _list_once_complete(collection: Collection, query: Record, metric: str, keep: Keep) -> Populations:
    def read() -> Populations:
        rows = collection.list(includeMetrics=True, **query)
        return _by_sid((row for row in rows if keep(row)), metric)

    return until_complete(read)


def _code_of(record: Record) -> str | None:
    code = record.get("integrationCode")
    return plain(str(code)) if code else None


def _by_sid(records: Iterable[Record], metric: str) -> Populations:
    found: Populations = {}
    for record in records:
        sid = int(record["sid"])
        found[sid] = Population(
            sid=sid,
            code=_code_of(record),
            name=str(record.get("name") or ""),
            value=whole_number(record.get(metric)),
        )
    return found
