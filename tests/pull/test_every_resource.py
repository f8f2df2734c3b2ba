"""Every resource of the example account, pulled to a file and compared with what AAM answers by raw HTTP."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from airflow_provider_aam.api import AAMClient
from airflow_provider_aam.api.resources import RESOURCES, Resource, Type
from airflow_provider_aam.emulator import Emulator
from airflow_provider_aam.files.columns import OTHER
from pull.support import read_jsonl

Row = dict[str, Any]


@pytest.fixture
def raw(emulator: Emulator, client: AAMClient) -> Iterator[Any]:
    """``raw(path, **query)``: the JSON of one GET, asked without the client."""
    emulator.reset("account")
    client.users.self()
    with requests.Session() as session:
        session.trust_env = False
        session.headers.update(
            {
                "Authorization": f"Bearer {client.session.sender.access_token()}",
                "x-api-key": emulator.credentials.client_id,
                "AAM-Disable-Escaping-HTML": "true",
            }
        )

        def get(path: str, **query: str) -> Any:
            answer = session.get(f"{emulator.url}/v1/{path}", params=query, timeout=10)
            assert answer.status_code == 200, answer.text
            return answer.json()

        yield get


def rows_of(resource: Resource, raw: Any) -> list[Row]:
    """The rows that a pull is due, in its order."""
    query = {name: str(value).lower() for name, value in resource.always.items()}
    if resource.name == "mappings":
        keys = sorted(row["destinationId"] for row in raw("destinations"))
        return [row for key in keys for row in raw(f"destinations/{key}/mappings")]
    answer = raw(resource.path, **query)
    if not resource.children:
        return list(answer)
    return [*flat(answer, resource.children)]


def flat(nodes: list[Row], children: str) -> Iterator[Row]:
    for node in nodes:
        yield {name: value for name, value in node.items() if name != children}
        yield from flat(node.get(children) or [], children)


@pytest.mark.parametrize("name", RESOURCES)
def test_resource_is_pulled_whole_to_jsonl(pull, raw, tmp_path, name):
    due = rows_of(RESOURCES[name], raw)
    receipt = pull(tmp_path / "a.jsonl", name)
    rows = read_jsonl(tmp_path / "a.jsonl")
    assert len(rows) == len(due) == receipt.rows == receipt.total
    added = {key for row, got in zip(due, rows, strict=True) for key in got.keys() - row.keys()}
    assert added <= {RESOURCES[name].id_field, RESOURCES[name].parent, *RESOURCES[name].path_ids}
    assert [{key: got[key] for key in row} for row, got in zip(due, rows, strict=True)] == due
    assert name in EMPTY or rows


EMPTY = {"segment_test_groups"}
"""Those of which the example account may hold none."""


@pytest.mark.parametrize("name", RESOURCES)
def test_resource_is_pulled_whole_to_parquet(pull, raw, tmp_path, name):
    from pyarrow import parquet

    resource = RESOURCES[name]
    due = rows_of(resource, raw)
    pull(tmp_path / "a.parquet", name)
    table = parquet.read_table(tmp_path / "a.parquet")
    assert table.column_names == [*resource.fields, OTHER]
    for row, got in zip(due, table.to_pylist(), strict=True):
        rest = json.loads(got[OTHER] or "{}")
        assert rest.keys() == row.keys() - resource.fields.keys()
        for key in row.keys() & resource.fields.keys():
            if row[key] is not None and resource.fields[key] not in (Type.INSTANT, Type.JSON):
                assert got[key] == row[key]


def test_mappings_of_one_destination_are_pulled_by_a_filter(pull, raw, tmp_path):
    key = raw("destinations")[0]["destinationId"]
    pull(tmp_path / "a.jsonl", "mappings", filters={"destinationId": key})
    assert {row["destinationId"] for row in read_jsonl(tmp_path / "a.jsonl")} <= {key}
