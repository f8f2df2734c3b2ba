"""Addresses hold numbers and quoted texts: nothing that is given as an id leads to another address."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from airflow_provider_aam.api.addresses import TEXTS, address
from airflow_provider_aam.api.client import AAMClient
from airflow_provider_aam.api.errors import AAMArgumentError
from airflow_provider_aam.api.resources import RESOURCES, UNLISTED
from airflow_provider_aam.emulator import Emulator

ASTRAY = ["../traits/7", "7/../8", "7?x=1", "7#", "%2e%2e", "..", "", "self", None, True, -1, 7.5, "7\n8", [7]]


@pytest.fixture(params=ASTRAY, ids=repr)
def astray(request: pytest.FixtureRequest) -> Any:
    return request.param


CALLS: dict[str, Callable[[AAMClient, Any], object]] = {
    "get": lambda client, it: client.segments.get(it),
    "get below": lambda client, it: client.collection("mappings").get(5, destinationId=it),
    "list below": lambda client, it: [*client.mappings.list(destinationId=it or "..")],
    "create below": lambda client, it: client.mappings.create({"destinationId": it, "sid": 1}),
    "update": lambda client, it: client.traits.update(it, {"name": "x"}),
    "replace": lambda client, it: client.traits.replace(it, {"name": "x"}),
    "replace below": lambda client, it: client.mappings.replace(it, {"destinationId": 1}),
    "delete": lambda client, it: client.segments.delete(it),
    "delete below": lambda client, it: client.mappings.delete(5, destinationId=it),
    "action": lambda client, it: client.models.call("latest_traits", it),
}


@pytest.mark.parametrize("call", CALLS.values(), ids=[*CALLS])
def test_an_id_that_is_not_a_number_is_refused_before_anything_is_sent(
    client: AAMClient, emulator: Emulator, call: Callable[[AAMClient, Any], object], astray: Any
) -> None:
    with pytest.raises(AAMArgumentError):
        call(client, astray)
    assert not emulator.requests


def test_the_refusal_says_which_part_of_which_resource(client: AAMClient) -> None:
    expected = r"^mappings: destinationId: expected an integer, found '\.\./\.\./x'\. Nothing was sent to AAM\.$"
    with pytest.raises(AAMArgumentError, match=expected):
        client.collection("mappings").get(5, destinationId="../../x")


@pytest.mark.parametrize("email", ["..", ".", ""])
def test_a_text_that_leads_to_the_address_above_is_refused(client: AAMClient, emulator: Emulator, email: str) -> None:
    with pytest.raises(AAMArgumentError):
        client.data_sources.call("remove_from_mailing_list", 7, email)
    with pytest.raises(AAMArgumentError, match="integrationCode: expected a string"):
        client.traits.get_by_integration_code(email)
    assert not emulator.requests


@given(st.text(st.characters(codec=None)))
def test_a_text_is_one_part_of_the_address_or_refused(text: str) -> None:
    try:
        path = address("x", "a/{email}/b", {"email": text})
    except AAMArgumentError:
        assert text in ("", ".", "..")
    else:
        first, part, last = path.split("/")
        assert (first, last) == ("a", "b")
        assert part.strip(".")
        assert not {*part} & {*"?#\\ "}


def test_every_part_of_a_declared_path_is_a_number_or_a_known_text() -> None:
    resources = [*RESOURCES.values(), *UNLISTED.values()]
    names = {name for resource in resources for action in resource.actions for name in action.ids}
    names |= {name for resource in resources for name in resource.path_ids}
    assert {name for name in names if name != "sid" and not name.endswith("Id")} <= TEXTS
