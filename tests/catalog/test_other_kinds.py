"""The engine with kinds that are not traits: no names, no folders, no data sources, keys of several fields."""

from __future__ import annotations

from pydantic import Field

from airflow_provider_aam.catalog.drafts import Draft, Key, TraitDraft
from airflow_provider_aam.catalog.kinds import TRAITS, Kind
from airflow_provider_aam.catalog.planner import PlanOptions
from airflow_provider_aam.catalog.push import push
from airflow_provider_aam.catalog.schema import build_schema
from catalog.support import OtherAAM, rows_of, trait


class SourceDraft(Draft):
    """Data sources by code and type: a key of two fields, of which one is no reference."""

    required = ("name", "integrationCode")

    data_source_id: int | None = Field(None, description="Id")
    name: Key | None = Field(None, description="Name")
    integration_code: Key | None = Field(None, description="Code")
    type: Key | None = Field(None, description="Type")


SOURCES = Kind(
    name="data source",
    collection="data_sources",
    key="dataSources",
    id_field="dataSourceId",
    model=SourceDraft,
    match_on={"integrationCode": ("type", "integrationCode"), "dataSourceId": ("dataSourceId",)},
)


class Sources:
    def __init__(self):
        self.rows = {}
        self.lose = 0

    def __call__(self, method, path, query, body):  # noqa: ARG002
        if method == "GET" and path == "/v1/datasources":
            return [*self.rows.values()]
        if method == "POST":
            self.rows[len(self.rows) + 1] = {"dataSourceId": len(self.rows) + 1, **body}
            self.lose -= 1
            return (500, {"message": "lost"}) if self.lose >= 0 else (201, self.rows[len(self.rows)])
        key = int(path.rpartition("/")[2])
        if method == "PUT":
            self.rows[key] = body
        return self.rows[key]


def test_kind_without_folders_and_data_sources_is_pushed_like_any_other():
    server = Sources()
    items = [
        {"name": "A", "integrationCode": "1", "type": "x"},
        {"name": "B", "integrationCode": "1", "type": "y"},
    ]
    with OtherAAM(server) as aam:

        def run(items, **options):
            return push(
                aam.client, SOURCES, rows_of(items), PlanOptions(**options), source="s", max_concurrency=1
            ).outcomes

        server.lose = 1
        assert run(items)["created"] == 2
        assert run(items)["unchanged"] == 2
        assert run([{**items[0], "name": "C"}])["updated"] == 1
        assert run([{"dataSourceId": 2, "name": "D"}], match_on="dataSourceId")["updated"] == 1
    assert [(row["name"], row["type"]) for row in server.rows.values()] == [("C", "x"), ("D", "y")]
    assert not [asked for asked in aam.asked if "folders" in asked]


def test_labels_need_neither_name_nor_code():
    from datetime import UTC, datetime

    from airflow_provider_aam.catalog.planner import build_plan

    class Signal(Draft):
        type: Key | None = Field(None, description="Type")

    kind = Kind(
        name="signal",
        collection="data_sources",
        key="signals",
        id_field="dataSourceId",
        model=Signal,
        match_on={"type": ("type",)},
    )
    with OtherAAM(Sources()) as aam:
        rows = rows_of([{"type": "a b"}])
        plan = build_plan(aam.client, kind, rows, PlanOptions(match_on="type"), source="s", now=datetime.now(UTC))
    assert [change.label for change in plan.changes] == ["a b"]


def test_drafts_by_default_lack_and_contradict_nothing():
    assert SourceDraft.missing({}) == []
    assert SourceDraft.model_validate({"name": "a"}).given() == {"name": "a"}
    assert build_schema(SOURCES)["$defs"]["row"]["properties"]["name"]["description"] == "Name"


def test_prune_in_one_data_source_while_rows_are_of_two(emulator, web, push):
    emulator.add("data_sources", {"name": "App", "integrationCode": "app"})
    push([trait(1), trait(2), trait(3, dataSource="app"), trait(4, dataSource="app")])
    receipt = push([trait(1), trait(3, dataSource="app")], prune_scope={"dataSource": "web"})
    assert (receipt.outcomes["deleted"], receipt.outcomes["unchanged"]) == (1, 2)
    assert TRAITS.model is TraitDraft
