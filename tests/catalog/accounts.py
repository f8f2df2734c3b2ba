"""Whole accounts for tests: put into the emulator, and read back without what nobody can write.

An account is the objects of each of the emulator's collections. Each object has a handle under ``$`` (folders: the
path), and references hold handles: of one object, of several in a list, as ``{handle}`` in segment rules.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from airflow_provider_aam.catalog.exporting.describe import emptiable
from airflow_provider_aam.catalog.kinds import KINDS
from airflow_provider_aam.catalog.planning.guards import Guards
from airflow_provider_aam.catalog.planning.options import PlanOptions
from airflow_provider_aam.catalog.reading.documents import read_catalog
from airflow_provider_aam.catalog.reading.rows import SourceRow

Account = dict[str, list[dict[str, Any]]]

REFERENCES: dict[str, dict[str, tuple[str, ...]]] = {
    "data_sources": {},
    "partner_sites": {},
    "trait_types": {},
    "trait_folders": {"parentFolderId": ("trait_folders",)},
    "segment_folders": {"parentFolderId": ("segment_folders",)},
    "derived_signals": {},
    "traits": {
        "dataSourceId": ("data_sources",),
        "folderId": ("trait_folders",),
        "type": ("trait_types",),
        "algoModelId": ("models",),
    },
    "models": {"dataSources": ("data_sources",), "sid": ("traits", "segments"), "excludedTraits": ("traits",)},
    "segments": {
        "dataSourceId": ("data_sources",),
        "folderId": ("segment_folders",),
        "mergeRuleDataSourceId": ("data_sources",),
    },
    "destinations": {"siteIDs": ("partner_sites",)},
    "mappings": {"destinationId": ("destinations",), "sid": ("segments",)},
}
"""Collections so that what others need comes first, with the fields that name objects, and of which collections."""
IDS = {
    "data_sources": "dataSourceId",
    "partner_sites": "siteId",
    "trait_types": "pixelType",
    "traits": "sid",
    "trait_folders": "folderId",
    "segment_folders": "folderId",
    "derived_signals": "derivedSignalId",
    "models": "algoModelId",
    "segments": "sid",
    "destinations": "destinationId",
    "mappings": "destinationMappingId",
}
PREDEFINED_TYPES = {"User Trait": 1, "Site Visitor": 2, "Conversion": 38}
"""Adobe's own trait types, which every account has: their names are their handles."""
DEFAULT_MERGE_RULE = 3100

_OURS = {"pid", "createTime", "updateTime", "crUID", "upUID", "traitRuleVersion", "version", "algoModelVersion"}
_RUNS = {"processingStatus", "lastRunStatus", "latestRunTS", "lastRunTimestamp", "lastSuccessfulRunTimestamp"}
_ECHOED = {"mappingId", "traitValue", "elementName", "elementDescription", "elementStatus", "tagCode", "secureTagCode"}
READ_ONLY = _OURS | _RUNS | _ECHOED | {"mappings", "$"}
"""What AAM says of an object and nobody can write."""


def folders(paths: set[str]) -> list[dict[str, Any]]:
    """The folders of these paths and those above them, parents first."""
    whole = {path[:at] for path in paths for at in range(1, len(path) + 1) if path[at : at + 1] in ("", "/")}
    return [
        {"$": path, "name": path.rpartition("/")[2], "parentFolderId": path.rpartition("/")[0] or "/"}
        for path in sorted(whole, key=lambda path: (path.count("/"), path))
    ]


def seed(emulator: Any, account: Account) -> None:
    """Make it the account of the emulator, and nothing else; the same ids every time."""
    emulator.reset("empty")
    ids: dict[tuple[str, str], int] = {("trait_types", name): key for name, key in PREDEFINED_TYPES.items()}
    ids |= {("trait_folders", "/"): 0, ("segment_folders", "/"): 0}
    for number, name in enumerate(REFERENCES, 5):
        for at, item in enumerate(account.get(name, ()), 1):
            ids[name, item["$"]] = 1_000 * number + at
    for name, fields in REFERENCES.items():
        items = [_stored(name, item, fields, ids) for item in account.get(name, ())]
        if items:
            emulator.add(name, items)


def _stored(
    name: str, item: dict[str, Any], fields: dict[str, tuple[str, ...]], ids: dict[tuple[str, str], int]
) -> dict[str, Any]:
    def find(to: tuple[str, ...], handle: str) -> int:
        return next(ids[each, handle] for each in to if (each, handle) in ids)

    row = {field: value for field, value in item.items() if field != "$"} | {IDS[name]: ids[name, item["$"]]}
    for field, to in fields.items():
        value = row.get(field)
        if isinstance(value, list):
            row[field] = [find(to, each) for each in value]
        elif value is not None:
            row[field] = find(to, value)
    if name == "segments":
        row["segmentRule"] = re.sub(r"\{(\w+)\}", lambda word: f"{ids['traits', word[1]]}T", row["segmentRule"])
    return row


def described(emulator: Any) -> dict[str, list[str]]:
    """Every object of the emulator's account as a text: natural keys in place of ids, nothing read-only.

    Equal accounts give equal texts; an object that is there twice is listed twice. ``""`` and no value are the same for
    AAM, and lists have no order.
    """
    rows: dict[str, list[dict[str, Any]]] = {name: emulator.objects(name) for name in REFERENCES}
    names = _natural_keys(rows)
    return {name: sorted(_described(name, row, names) for row in rows[name]) for name in REFERENCES}


def _natural_keys(rows: dict[str, list[dict[str, Any]]]) -> dict[tuple[str, int], str]:
    names = {("trait_folders", 0): "/", ("segment_folders", 0): "/", ("data_sources", DEFAULT_MERGE_RULE): "default"}
    names["trait_types", 0] = "none"
    for name in ("trait_folders", "segment_folders"):
        above = {row["folderId"]: (row["parentFolderId"], row["name"]) for row in rows[name]}
        for key in above:
            names[name, key] = _path(key, above)
    for name in REFERENCES:
        for row in rows[name]:
            code = row.get("integrationCode")
            said = f"code {code}" if code else f"name {row.get('name') or row.get('url')}"
            source = row["dataSourceId"] if name in ("traits", "segments") else None
            names.setdefault((name, row[IDS[name]]), f"{names['data_sources', source]}/{said}" if source else said)
    return names


def _path(key: int, above: dict[int, tuple[int, str]]) -> str:
    parent, name = above[key]
    return f"{_path(parent, above) if parent else ''}/{name}"


def _described(name: str, row: dict[str, Any], names: dict[tuple[str, int], str]) -> str:
    def said(to: tuple[str, ...], key: int) -> str:
        return next((names[each, key] for each in to if (each, key) in names), f"nothing: {key}")

    kept = {field: value for field, value in row.items() if field not in READ_ONLY and field != IDS[name]}
    for field, to in REFERENCES[name].items():
        value = kept.get(field)
        if isinstance(value, list):
            kept[field] = sorted(said(to, each) for each in value)
        elif value is not None:
            kept[field] = said(to, value)
    if name == "segments":
        rule = str(kept["segmentRule"])
        kept["segmentRule"] = re.sub(r"(\d+)T", lambda word: f"{{{said(('traits',), int(word[1]))}}}", rule)
    return json.dumps(
        {field: value for field, value in kept.items() if value not in (None, "", [])},
        ensure_ascii=False,
        sort_keys=True,
    )


_COLUMNS = {key: kind.model.columns() for key, kind in KINDS.items()}


def rows(directory: Path) -> dict[Any, Any]:
    """The catalog in a folder."""
    held = read_catalog([directory], kinds=_COLUMNS)
    return {KINDS[key]: found for key, found in held.items()}


def complete(catalog: dict[Any, Any]) -> dict[Any, Any]:
    """The catalog with every field that an export leaves out, so that it says all of each object."""
    return {kind: [_complete(kind, row) for row in found] for kind, found in catalog.items()}


_LISTS = ("dataExportRestrictions", "containerIds", "excludedTraits")


def _complete(kind: Any, row: SourceRow) -> SourceRow:
    if kind.is_tree:
        return row
    values = {name: "" for name in emptiable(kind.model) if kind.model.reference_of(name) is None}
    values |= {name: "false" for name in kind.model.columns() if kind.model.default_of(name) == "false"}
    values |= {name: [] for name in _LISTS if name in kind.model.columns()}
    if row.get("destinationType") == "ADS":
        values["siteIDs"] = []
    if kind.key == "traits":
        values |= {"categoryId": 0, **({"type": 0} if row.get("customerTraitType") is None else {})}
    return SourceRow(values={**values, **row.values}, place=row.place)


def options(catalog: dict[Any, Any]) -> PlanOptions:
    """Everything is pruned that AAM can delete and the catalog has any of."""
    pruned = [kind.key for kind, found in catalog.items() if found and "delete" in kind.acts]
    return PlanOptions(prune_scope={"kinds": pruned}, guards=Guards(max_deletes=1000))
