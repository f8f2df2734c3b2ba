"""What writes rely on. Every object is named ``aam-contract-…`` and deleted at the end of its test."""

from __future__ import annotations

from typing import Any

import pytest

from airflow_provider_aam.api.client import AAMClient
from airflow_provider_aam.api.errors import AAMConflict, AAMInvalid, AAMNotFound
from contract.conftest import Create


def test_created_object_comes_back_with_id_and_defaults(trait: dict[str, Any]) -> None:
    """[client] 201 with the object."""
    assert isinstance(trait["sid"], int)
    assert trait["status"] == "ACTIVE"
    assert trait["ttl"] == 30


def test_text_is_escaped_unless_the_header_forbids_it(client: AAMClient, trait: dict[str, Any]) -> None:
    """[client] ``AAM-Disable-Escaping-HTML``; that AAM escapes without it is [inferred]."""
    import requests

    assert client.traits.get(trait["sid"])["name"].endswith(" & <b>")
    session = client.session
    headers = {
        "Authorization": f"Bearer {session.sender.access_token()}",
        "x-api-key": session.sender.credential.client_id,
        "x-gw-ims-org-id": session.sender.credential.org_id or "",
    }
    url = f"{session.base_url}/v1/traits/{trait['sid']}"
    assert "&amp;" in requests.get(url, headers=headers, timeout=60).json()["name"]


def test_object_is_found_by_its_integration_code_with_a_slash(client: AAMClient, trait: dict[str, Any]) -> None:
    """[client] ``ic:``; that a percent-escaped slash works is [inferred]."""
    assert client.traits.get_by_integration_code(trait["integrationCode"])["sid"] == trait["sid"]


def test_put_replaces_the_whole_object(client: AAMClient, trait: dict[str, Any]) -> None:
    """[client] what a PUT leaves out is reset, which is why ``update`` reads first."""
    required = ("name", "traitType", "dataSourceId", "folderId", "integrationCode", "traitRule")
    client.traits.replace(trait["sid"], {name: trait[name] for name in required if trait.get(name) is not None})
    assert not client.traits.get(trait["sid"]).get("description")


def test_put_accepts_the_whole_object_of_a_get(client: AAMClient, trait: dict[str, Any]) -> None:
    """[client] read-only fields in a PUT are tolerated."""
    changed = client.traits.update(trait["sid"], {"description": "changed"})
    assert (changed["description"], changed["ttl"], changed["name"]) == ("changed", 30, trait["name"])


def test_second_object_with_the_same_integration_code_is_refused(
    client: AAMClient, create: Create, unique: str
) -> None:
    """[inferred] 409 (or 400) in a data source with unique codes: what a look-up after a lost answer relies on."""
    source = create(client.data_sources, {"name": unique, "uniqueTraitIntegrationCodes": True})
    body = {
        "name": unique,
        "traitType": "ON_BOARDED_TRAIT",
        "dataSourceId": source["dataSourceId"],
        "folderId": 0,
        "integrationCode": unique,
    }
    create(client.traits, body)
    with pytest.raises((AAMConflict, AAMInvalid)):
        create(client.traits, {**body, "name": f"{unique}-2"})


def test_missing_fields_are_a_400_that_names_them(client: AAMClient, create: Create, unique: str) -> None:
    """[client] ``childMessages`` for each problem."""
    with pytest.raises(AAMInvalid) as caught:
        create(client.traits, {"name": unique})
    assert caught.value.reason


def test_numbers_as_text_are_accepted(client: AAMClient, create: Create, trait: dict[str, Any], unique: str) -> None:
    """[client] the workbook sends every cell as text."""
    body = {
        "name": f"{unique}-text",
        "traitType": "ON_BOARDED_TRAIT",
        "dataSourceId": str(trait["dataSourceId"]),
        "folderId": "0",
        "integrationCode": f"{unique}-text",
    }
    assert create(client.traits, body)["dataSourceId"] == trait["dataSourceId"]


def test_deleted_object_is_gone_and_a_second_delete_says_so(client: AAMClient, trait: dict[str, Any]) -> None:
    """[doc] 204; [inferred] 404 for the second, which tells a delete whose answer was lost."""
    assert client.traits.delete(trait["sid"]) is True
    with pytest.raises(AAMNotFound):
        client.traits.get(trait["sid"])
    assert client.traits.delete(trait["sid"]) is False


def test_bulk_delete_deletes(client: AAMClient, trait: dict[str, Any]) -> None:
    """[client] ``POST /traits/bulk-delete`` with a list of ids."""
    client.traits.bulk_delete([trait["sid"]])
    with pytest.raises(AAMNotFound):
        client.traits.get(trait["sid"])


def test_segment_needs_no_merge_rule(client: AAMClient, create: Create, trait: dict[str, Any], unique: str) -> None:
    """[client] three public clients create segments without ``mergeRuleDataSourceId``."""
    body = {
        "name": unique,
        "segmentRule": f"{trait['sid']}T",
        "dataSourceId": trait["dataSourceId"],
        "folderId": 0,
        "integrationCode": unique,
    }
    segment = create(client.segments, body)
    assert segment["segmentRule"] == f"{trait['sid']}T"


@pytest.mark.parametrize("name", ["trait_folders", "segment_folders"])
def test_folder_must_be_empty_to_be_deleted(client: AAMClient, create: Create, unique: str, name: str) -> None:
    """[doc] deletion needs an empty folder; the status is [inferred]."""
    folders = client.collection(name)
    outer = create(folders, {"name": unique, "parentFolderId": 0})
    create(folders, {"name": f"{unique}-inner", "parentFolderId": outer["folderId"]})
    with pytest.raises((AAMConflict, AAMInvalid)):
        folders.delete(outer["folderId"])
