"""A resource and a kind that AAM does not have, declared outside of the package: pulled, planned, applied, exported.

What a new one of AAM's needs is no more than this: three declarations (client, emulator, catalog).
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import ClassVar

import pytest
from catalog.support import read_source

from airflow_provider_aam.api import AAMClient, AAMConfig
from airflow_provider_aam.api import resources as of_aam
from airflow_provider_aam.api.errors import AAMPlanRefused, AAMSourceError
from airflow_provider_aam.api.resources import RESOURCES, Confidence, Resource, Type
from airflow_provider_aam.api.resources.declare import COMMON, CRUD, verbs
from airflow_provider_aam.api.shared import forget_shared
from airflow_provider_aam.catalog.applying.push import push
from airflow_provider_aam.catalog.drafts import Draft, Reference
from airflow_provider_aam.catalog.drafts import fields as f
from airflow_provider_aam.catalog.drafts.fields import column
from airflow_provider_aam.catalog.exporting.export import export_catalog
from airflow_provider_aam.catalog.kinds import KINDS, Kind
from airflow_provider_aam.catalog.planning.options import PlanOptions
from airflow_provider_aam.catalog.planning.planner import build_plan
from airflow_provider_aam.catalog.reading.source import rows_from_list
from airflow_provider_aam.emulator import running_emulator
from airflow_provider_aam.emulator.core import resource as emulated
from airflow_provider_aam.emulator.core.fields import DESCRIPTION, NAME, Field
from airflow_provider_aam.emulator.core.service import Service
from airflow_provider_aam.pull.job import pull_resource

GADGETS = Resource(
    name="gadgets",
    path="gadgets",
    id_field="gadgetId",
    verbs=verbs(*CRUD, confidence=Confidence.INFERRED),
    paged=True,
    fields={
        "gadgetId": Type.INTEGER,
        "name": Type.TEXT,
        "description": Type.TEXT,
        "integrationCode": Type.TEXT,
        "dataSourceId": Type.INTEGER,
        "size": Type.INTEGER,
    },
    list_params=COMMON,
)


class GadgetDraft(Draft):
    references: ClassVar = {"dataSource": Reference(field="dataSourceId", to=of_aam.DATA_SOURCES)}
    required: ClassVar = ("name", "dataSourceId")

    gadget_id: f.PositiveId | None = column("AAM's id")
    name: f.Name | None = column("Name")
    description: str | None = column("Description")
    integration_code: f.Code | None = column("Your own key")
    data_source: f.Key | None = column("Data source, by integration code or name")
    data_source_id: f.Id | None = column("Data source, by AAM's id")
    size: f.Count | None = column("Size")


KIND = Kind(resource=GADGETS, model=GadgetDraft)
SERVICE = Service(
    tag="Gadgets",
    about="What nobody needs.",
    resources=(
        emulated.Resource(
            name="gadgets",
            noun="Gadget",
            path="/v1/gadgets",
            id_field="gadgetId",
            first_id=71,
            verbs=emulated.VERBS,
            codes=True,
            fields=(
                NAME,
                DESCRIPTION,
                Field("integrationCode", "string", "The customer's own id."),
                Field("dataSourceId", "integer", "Where it comes from.", required=True, of=("data_sources",)),
                Field("size", "integer", "How large it is."),
            ),
        ),
    ),
)
NOW = datetime(2026, 1, 2, tzinfo=UTC)


@pytest.fixture(scope="module")
def server():
    with running_emulator(services=(SERVICE,)) as emulator:
        yield emulator


@pytest.fixture
def emulator(server, monkeypatch):
    monkeypatch.setitem(RESOURCES, GADGETS.name, GADGETS)
    monkeypatch.setitem(KINDS, KIND.key, KIND)
    server.reset("empty")
    server.add("data_sources", {"name": "Web site", "integrationCode": "web"})
    return server


@pytest.fixture
def client(emulator):
    forget_shared()
    connection = emulator.connection("oauth_server_to_server")
    given = {name: connection[name] for name in ("login", "password", "host", "extra")}
    with AAMClient.from_config(AAMConfig.from_connection(**given)) as client:
        yield client


def gadget(number, **more):
    return {"name": f"Gadget {number}", "integrationCode": f"g{number}", "dataSource": "web", "size": number, **more}


def push_gadgets(client, *rows):
    return push(client, {KIND: rows_from_list([*rows])}, PlanOptions(), source="gadgets.yaml").outcomes


def test_gadgets_are_pulled(emulator, client, tmp_path):
    emulator.seed(gadgets=25)
    receipt = pull_resource(client.collection("gadgets"), tmp_path / "gadgets.jsonl", page_size=10)
    rows = [json.loads(line) for line in (tmp_path / "gadgets.jsonl").read_text().splitlines()]
    assert (receipt.rows, [row["gadgetId"] for row in rows]) == (25, [*range(71, 96)])


def test_gadgets_are_planned_and_applied(emulator, client):
    assert push_gadgets(client, gadget(1), gadget(2))["created"] == 2
    plan = build_plan(
        client, {KIND: rows_from_list([gadget(1, size=9), gadget(2)])}, PlanOptions(), source="s", now=NOW
    )
    assert [(change.action, change.label, change.after()) for change in plan.changes] == [
        ("update", "web/g1 “Gadget 1”", {"size": 9})
    ]
    assert push_gadgets(client, gadget(1, size=9), gadget(2))["updated"] == 1
    assert {row["integrationCode"]: row["size"] for row in emulator.objects("gadgets")} == {"g1": 9, "g2": 2}


def test_gadgets_are_pruned_in_their_data_source(emulator, client):
    push_gadgets(client, gadget(1), gadget(2))
    options = PlanOptions(prune_scope={"dataSource": "web"})
    with pytest.raises(AAMPlanRefused, match=r"holds no gadgets: pruning would delete everything"):
        push(client, {KIND: []}, options, source="s")
    outcomes = push(client, {KIND: rows_from_list([gadget(2)])}, options, source="s").outcomes
    assert (outcomes["deleted"], [row["name"] for row in emulator.objects("gadgets")]) == (1, ["Gadget 2"])


def test_exported_gadgets_are_what_they_were(client, tmp_path):
    push_gadgets(client, gadget(1), gadget(2, description="Two: of them"))
    receipt = export_catalog(client, tmp_path, kinds=["gadgets"])
    assert (receipt.files, receipt.objects) == (("gadgets.yaml",), {"gadgets": 2})
    rows = read_source(tmp_path / "gadgets.yaml", key="gadgets")
    plan = build_plan(client, {KIND: rows}, PlanOptions(), source="gadgets.yaml", now=NOW)
    assert (plan.changes, len(plan.unchanged)) == ((), 2)


def test_what_is_wrong_with_a_gadget_is_said(client):
    with pytest.raises(AAMSourceError) as refused:
        push_gadgets(client, gadget(1, size="big"), gadget(2, dataSource="wep"))
    assert [text.partition("row ")[2] for text in refused.value.findings] == [
        "1: size: “big” is not an integer",
        "2: dataSource: AAM has no data source “wep”. Did you mean “web”?",
    ]
