"""docs/from-bulk-workbook.md: sheets with the headers of Adobe's bulk management workbook, as they are."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from airflow_provider_aam.api.errors import AAMSourceError
from airflow_provider_aam.catalog.applying.push import carry_out, push
from airflow_provider_aam.catalog.kinds import KINDS
from airflow_provider_aam.catalog.planning.delete import named_by_rows, plan_deletes
from airflow_provider_aam.catalog.planning.guards import Guards
from airflow_provider_aam.catalog.planning.options import PlanOptions
from airflow_provider_aam.catalog.reading.documents import read_catalog

PAGE = (Path(__file__).parents[2] / "docs" / "from-bulk-workbook.md").read_text("utf-8")
RULE = 'c_page == "pricing"'
COLUMNS = {key: kind.model.columns() for key, kind in KINDS.items()}
Sheet = tuple[str, Sequence[Any]]
"""The headers as Adobe's workbook writes them, then rows of cells."""


@pytest.fixture
def save(tmp_path) -> Callable[..., Path]:
    """Writes a workbook: a sheet for each keyword, ``headers`` and rows."""

    def write(name: str = "bulk.xlsx", **sheets: Sheet) -> Path:
        book = Workbook()
        book.remove(book.active)
        for title, (headers, *rows) in sheets.items():
            sheet = book.create_sheet(title.replace("_", " "))
            for row in (headers.split(", "), *rows):
                sheet.append(list(row))
        book.save(tmp_path / name)
        return tmp_path / name

    return write


@pytest.fixture
def run(client, save) -> Callable[..., dict[str, int]]:
    """Pushes such a workbook. Returns how many rows ended how."""

    def push_book(name: str = "bulk.xlsx", **sheets: Sheet) -> dict[str, int]:
        path = save(name, **sheets)
        held = read_catalog([path], kinds=COLUMNS)
        catalog = {KINDS[key]: rows for key, rows in held.items()}
        outcomes = push(client, catalog, PlanOptions(), source=path.name).outcomes
        return {status: count for status, count in outcomes.items() if count}

    return push_book


@pytest.fixture
def only(emulator) -> Callable[..., dict[str, Any]]:
    """The single object of a collection that has these values."""

    def find(collection: str, **values: Any) -> dict[str, Any]:
        (found,) = [
            each
            for each in emulator.objects(collection)
            if all(each.get(name) == value for name, value in values.items())
        ]
        return found

    return find


@pytest.fixture
def pricing(emulator, web) -> tuple[int, int]:
    """The ids of a trait and of a segment that uses it."""
    trait = emulator.add(
        "traits", {"name": "Pricing", "dataSourceId": web, "traitRule": RULE, "integrationCode": "p", "ttl": 90}
    )
    rule = f"{trait['sid']}T"
    segment = emulator.add("segments", {"name": "Pricing visitors", "dataSourceId": web, "segmentRule": rule})
    return trait["sid"], segment["sid"]


def test_create_trait(run, only, web):
    sheet = (
        "name, dataSourceId, folderId, traitRule, traitType",
        ("Pricing", web, 0, RULE, "RULE_BASED_TRAIT"),
        ("Customer", str(web), "0", None, "ON_BOARDED_TRAIT"),
    )
    assert run(Sheet1=sheet) == {"created": 2}
    assert (only("traits", name="Pricing")["traitRule"], only("traits", name="Customer")["folderId"]) == (RULE, 0)
    assert run(Sheet1=sheet) == {"unchanged": 2}


def test_create_trait_with_any_writable_field(run, only, web):
    headers = "name, dataSourceId, folderId, traitRule, traitType, description, ttl, integrationCode, comments"
    row = ("Pricing", web, 0, RULE, "RULE_BASED_TRAIT", "On the pricing page", 30, "pricing-visit", "by the web team")
    assert run(Sheet1=(headers, row)) == {"created": 1}
    trait = only("traits", name="Pricing")
    assert (trait["ttl"], trait["integrationCode"], trait["comments"]) == (30, "pricing-visit", "by the web team")


def test_create_segment(run, only, web, pricing):
    headers = "name, dataSourceId, folderId, segmentRule"
    with pytest.raises(AAMSourceError, match=r"bulk.xlsx\[Sheet1\], row 2: segmentRule: AAM has no trait 99"):
        run(Sheet1=(headers, ("Nobody", web, 0, "99T")))
    sheet = (headers, ("Frequent", web, 0, f"FREQUENCY([{pricing[0]}T]) >= 3"))
    assert run(Sheet1=sheet) == {"created": 1}
    assert only("segments", name="Frequent")["segmentRule"] == f"FREQUENCY([{pricing[0]}T]) >= 3"
    assert run(Sheet1=sheet) == {"unchanged": 1}


@pytest.mark.parametrize(
    ("title", "collection"), [("Trait_Folders", "trait_folders"), ("Segment_Folders", "segment_folders")]
)
def test_create_folder(run, only, emulator, title, collection):
    parent = emulator.add(collection, {"name": "Web"})["folderId"]
    sheet = ("name, parentFolderId", ("Campaigns", 0), ("Pricing", parent))
    assert run(**{title: sheet}) == {"created": 2}
    assert only(collection, name="Campaigns")["parentFolderId"] == 0
    assert only(collection, name="Pricing")["parentFolderId"] == parent
    assert run(**{title: sheet}) == {"unchanged": 2}


def test_create_data_source(run, only):
    sheet = ("name, description", ("CRM", "Customers"), ("Shop", None))
    assert run(Data_Sources=sheet) == {"created": 2}
    assert only("data_sources", name="CRM")["description"] == "Customers"
    assert run(Data_Sources=sheet) == {"unchanged": 2}


def test_create_derived_signal(run, only):
    sheet = ("sourceKey, sourceValue, targetKey, targetValue", ("c_sku", 4711, "c_category", "shoes"))
    assert run(Sheet1=sheet) == {"created": 1}
    assert only("derived_signals", sourceKey="c_sku")["targetValue"] == "shoes"
    assert run(Sheet1=sheet) == {"unchanged": 1}


def test_create_model(run, only, emulator, web, pricing):
    other = emulator.add("data_sources", {"name": "CRM"})["dataSourceId"]
    headers = "name, description, status, algoTypeId, intervalSeconds, lookBackPeriod, dataSources, sid, excludedTraits"
    rows = (
        ("One source", "", "ACTIVE", 1, 86400, 30, web, pricing[0], None),
        ("Two sources", "of two", "ACTIVE", 1, 86400, 60, f"{web},{other}", pricing[1], pricing[0]),
    )
    assert run(Sheet1=(headers, *rows)) == {"created": 2}
    two = only("models", name="Two sources")
    assert (two["dataSources"], two["sid"], two["excludedTraits"]) == ([web, other], pricing[1], [pricing[0]])
    assert run(Sheet1=(headers, *rows)) == {"unchanged": 2}


def test_update_trait_changes_the_given_fields_only(run, only, pricing):
    before = only("traits", sid=pricing[0])
    assert run(Traits=("sid, description, ttl", (pricing[0], "new", None))) == {"updated": 1}
    after = only("traits", sid=pricing[0])
    assert {name for name in before if before[name] != after[name]} <= {"description", "updateTime", "upUID"}
    assert (after["description"], after["ttl"], after["integrationCode"]) == ("new", 90, "p")


def test_update_segment(run, only, pricing):
    assert run(Segments=("sid, name, status", (pricing[1], "Paused", "INACTIVE"))) == {"updated": 1}
    after = only("segments", sid=pricing[1])
    assert (after["name"], after["status"], after["segmentRule"]) == ("Paused", "INACTIVE", f"{pricing[0]}T")


def test_update_folder(run, only, emulator):
    web = emulator.add("trait_folders", {"name": "Web"})["folderId"]
    app = emulator.add("trait_folders", {"name": "App"})["folderId"]
    sheet = ("folderId, name, parentFolderId", (app, "Mobile", web), (web, "Site", 0))
    assert run(Trait_Folders=sheet) == {"updated": 2}
    moved = only("trait_folders", folderId=app)
    assert (moved["name"], moved["parentFolderId"], only("trait_folders", folderId=web)["name"]) == (
        "Mobile",
        web,
        "Site",
    )


def test_update_data_source(run, only, web):
    assert run(Data_Sources=("dataSourceId, name", (web, "Shop"))) == {"updated": 1}
    after = only("data_sources", dataSourceId=web)
    assert (after["name"], after["integrationCode"]) == ("Shop", "web")


def test_update_model(run, only, emulator, web, pricing):
    model = emulator.add("models", {"name": "Lookalikes", "dataSources": [web], "sid": pricing[0]})["algoModelId"]
    sheet = ("algoModelId, name, description, status", (model, "Like buyers", "quarterly", "INACTIVE"))
    assert run(Sheet1=sheet) == {"updated": 1}
    after = only("models", algoModelId=model)
    assert (after["name"], after["status"], after["dataSources"]) == ("Like buyers", "INACTIVE", [web])


DESTINATIONS = {
    "cookie": {"destinationType": "ADS", "formatType": "KEY_VALUE"},
    "URL": {"destinationType": "PUSH", "serializationEnabled": False},
    "serialized URL": {"destinationType": "PUSH", "serializationEnabled": True},
    "S2S": {"destinationType": "S2S"},
}
MAPPINGS = [
    ("cookie", "destinationId, sid, traitType, startDate, traitAlias, valueAlias", ("seg", "1")),
    ("URL", "destinationId, sid, traitType, startDate, url", ("https://ads.example/p",)),
    ("serialized URL", "destinationId, sid, traitType, startDate, traitAlias", ("p-1",)),
    ("S2S", "destinationId, sid, traitType, startDate, traitAlias", ("p-1",)),
]


@pytest.mark.parametrize("day", ["2026-01-02", date(2026, 1, 2)], ids=["text", "date"])
@pytest.mark.parametrize(("to", "headers", "aliases"), MAPPINGS, ids=[to for to, _, _ in MAPPINGS])
def test_map_segment(run, only, emulator, pricing, to, headers, aliases, day):
    destination = emulator.add("destinations", {"name": "Ads", **DESTINATIONS[to]})["destinationId"]
    sheet = (headers, (destination, pricing[1], "SEGMENT", day, *aliases))
    assert run(Sheet1=sheet) == {"created": 1}
    mapping = only("mappings", destinationId=destination, sid=pricing[1])
    assert mapping["startDate"] == "2026-01-02"
    assert tuple(mapping[name] for name in headers.split(", ")[4:]) == aliases
    assert run(Sheet1=sheet) == {"unchanged": 1}


def test_update_mapping(run, only, emulator, pricing):
    destination = emulator.add("destinations", {"name": "Ads", **DESTINATIONS["S2S"]})["destinationId"]
    of = {"destinationId": destination, "sid": pricing[1]}
    mapping = emulator.add("mappings", {**of, "traitAlias": "p-1"})["destinationMappingId"]
    emulator.add("mappings", {**of, "traitAlias": "p-3"})
    sheet = ("destinationMappingId, destinationId, traitAlias, endDate", (mapping, destination, "p-2", "2026-12-31"))
    assert run(Sheet1=sheet) == {"updated": 1}
    after = only("mappings", destinationMappingId=mapping)
    assert (after["traitAlias"], after["endDate"], after["startDate"]) == ("p-2", "2026-12-31", "2026-01-01")
    assert sorted(each["traitAlias"] for each in emulator.objects("mappings")) == ["p-2", "p-3"]


DELETED = [
    ("sid", "traits"),
    ("sid", "segments"),
    ("folderId", "traitFolders"),
    ("folderId", "segmentFolders"),
    ("derivedSignalId", "derivedSignals"),
    ("destinationMappingId, destinationId", "mappings"),
    ("dataSourceId", "dataSources"),
    ("algoModelId", "models"),
]


@pytest.mark.parametrize(("headers", "key"), DELETED, ids=[key for _, key in DELETED])
def test_delete(client, save, emulator, web, headers, key):
    kind = KINDS[key]
    values = {"mappings": emulator.add("destinations", {"name": "Ads", **DESTINATIONS["S2S"]})}.get(key, {})
    of = {"destinationId": values["destinationId"]} if values else {}
    doomed, kept = (emulator.add(kind.resource.name, {"name": f"Object {number}", **of}) for number in (1, 2))
    path = save(Sheet1=(headers, [doomed[name] for name in headers.split(", ")]))
    rows = read_catalog([path], kinds=COLUMNS, only=key)[key]
    named = named_by_rows(kind, rows, source=path.name)
    now = datetime(2026, 11, 23, tzinfo=UTC)
    plan = plan_deletes(client, named, unmap=False, guards=Guards(max_deletes=1), source=path.name, now=now).plan
    assert carry_out(client, plan, started_at=now).outcomes["deleted"] == 1
    left = {each[kind.id_field] for each in emulator.objects(kind.resource.name)}
    assert doomed[kind.id_field] not in left
    assert kept[kind.id_field] in left


def test_several_sheets_of_one_workbook(run, only, web):
    assert run(
        Trait_Folders=("name, parentFolderId", ("Web", 0)),
        Traits=("name, dataSourceId, folder, traitRule, traitType", ("Pricing", web, "/Web", RULE, "RULE_BASED_TRAIT")),
        Segments=("name, dataSource, folderId, segmentRule", ("Visitors", "web", 0, "{web:Pricing}")),
    ) == {"created": 3}
    trait = only("traits", name="Pricing")
    assert trait["folderId"] == only("trait_folders", name="Web")["folderId"]
    assert only("segments", name="Visitors")["segmentRule"] == f"{trait['sid']}T"


def test_rows_with_an_id_update_and_rows_without_create(run, only, web, pricing):
    headers = "sid, name, dataSourceId, folderId, traitRule, traitType"
    rows = ((pricing[0], "Prices", None, None, None, None), (None, "Shop", web, 0, RULE, "RULE_BASED_TRAIT"))
    assert run(Sheet1=(headers, *rows)) == {"created": 1, "updated": 1}
    assert (only("traits", sid=pricing[0])["name"], only("traits", name="Shop")["traitRule"]) == ("Prices", RULE)


def test_sheet_whose_columns_fit_several_kinds_wants_a_name(run):
    with pytest.raises(AAMSourceError, match="traitFolders, segmentFolders"):
        run(Sheet1=("name, parentFolderId", ("Web", 0)))
    assert run("trait-folders.xlsx", Sheet1=("name, parentFolderId", ("Web", 0))) == {"created": 1}


def test_page_lists_no_headers_that_are_not_tried_here():
    table = re.search(r"^## Which button.*?(?=^## )", PAGE, re.MULTILINE | re.DOTALL)
    assert table
    listed = re.findall(r"`(\w+(?:, \w+)+)`", table[0])
    assert len(listed) == 14
    assert [headers for headers in listed if headers not in Path(__file__).read_text("utf-8")] == []
