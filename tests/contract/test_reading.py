"""What reads rely on. Each test names the fact that it confirms; none changes the account."""

from __future__ import annotations

from typing import Any

import pytest

from airflow_provider_aam.api.client import AAMClient
from airflow_provider_aam.api.errors import AAMError, AAMInvalid, AAMNotFound

NO_SUCH_ID = 2_000_000_001
PAGED = ["segments", "traits"]


def raw(client: AAMClient, path: str, **params: Any) -> Any:
    return client.session.call("GET", path, params=params)


def test_users_self_has_pid_and_a_name(client: AAMClient) -> None:
    """[client] BAAAM workbook: ``GET /users/self`` → pid, username, status, groups."""
    user = client.users.self()
    assert isinstance(user["pid"], int)
    assert user.keys() >= {"pid", "username", "status"}
    assert "userId" in user or "uid" in user


@pytest.mark.parametrize("name", PAGED)
def test_with_page_and_page_size_lists_are_wrapped(client: AAMClient, name: str) -> None:
    """[doc] wrapper ``{total, page, pageSize, list}``; that segments and traits have it is [client]."""
    answer = raw(client, f"{name}/", page=0, pageSize=2)
    assert answer.keys() >= {"total", "page", "pageSize", "list"}
    assert (answer["page"], answer["pageSize"]) == (0, 2)
    assert len(answer["list"]) == min(2, answer["total"])


@pytest.mark.parametrize("name", PAGED)
def test_pages_count_from_zero_and_sorting_by_id_keeps_them_apart(client: AAMClient, name: str) -> None:
    """[doc] 0-based pages; [inferred] ``sortBy=sid`` sorts by id, ascending."""
    pages = [raw(client, f"{name}/", page=number, pageSize=2, sortBy="sid")["list"] for number in (0, 1)]
    ids = [row["sid"] for page in pages for row in page]
    assert len(set(ids)) == len(ids)
    assert ids == sorted(ids)


@pytest.mark.parametrize("name", PAGED)
def test_page_beyond_the_last_is_empty(client: AAMClient, name: str) -> None:
    """[inferred]"""
    assert raw(client, f"{name}/", page=1_000_000, pageSize=100)["list"] == []


@pytest.mark.parametrize("name", PAGED)
def test_page_size_above_a_thousand_is_cut_or_honoured_and_told(client: AAMClient, name: str) -> None:
    """[inferred] cut to 1,000; either way ``pageSize`` tells what is in use."""
    answer = raw(client, f"{name}/", page=0, pageSize=1001)
    assert len(answer["list"]) == min(answer["pageSize"], answer["total"])


@pytest.mark.parametrize("name", ["data_sources", "trait_folders", "segment_folders"])
def test_without_paging_lists_are_bare_arrays(client: AAMClient, name: str) -> None:
    """[doc] without ``page`` and ``pageSize`` a plain array of everything."""
    assert isinstance(raw(client, f"{client.collection(name).resource.path}/"), list)


@pytest.mark.parametrize("name", ["trait_folders", "segment_folders"])
def test_folders_are_one_tree_under_the_root(client: AAMClient, name: str) -> None:
    """[client] one root with ``folderId`` 0 and nested ``subFolders``."""
    (root,) = raw(client, f"{client.collection(name).resource.path}/")
    assert root["folderId"] == 0
    assert isinstance(root["subFolders"], list)
    assert next(client.collection(name).list())["folderId"] == 0


@pytest.mark.parametrize("name", ["segments", "traits", "trait_folders", "segment_folders", "data_sources"])
def test_whole_list_is_proven_and_has_known_fields(client: AAMClient, name: str) -> None:
    """[client] names and types of fields: every row has its id and ``name``."""
    things = client.collection(name)
    for row in things.fetch_all():
        assert isinstance(row[things.resource.id_field], int)
        assert isinstance(row["name"], str)


@pytest.mark.parametrize("name", PAGED)
def test_times_are_epoch_milliseconds(client: AAMClient, name: str) -> None:
    """[doc] ``createTime`` and ``updateTime``."""
    for row in raw(client, f"{name}/", page=0, pageSize=5)["list"]:
        assert 1_000_000_000_000 < row["createTime"] <= row["updateTime"] < 10_000_000_000_000


def test_details_of_traits_come_when_asked_for(client: AAMClient) -> None:
    """[client] ``includeDetails`` adds ttl, integrationCode, comments, traitRule, traitRuleVersion, type."""
    rows = raw(client, "traits/", page=0, pageSize=1, includeDetails=True)["list"]
    for row in rows:
        assert row.keys() >= {"ttl", "traitRule"}


def test_segments_have_metrics_when_asked_for(client: AAMClient) -> None:
    """[client] ``includeMetrics`` adds instantUniques… and totalUniques…"""
    for row in raw(client, "segments/", page=0, pageSize=1, includeMetrics=True)["list"]:
        assert any(key.startswith("instantUniques") for key in row)
        assert any(key.startswith("totalUniques") for key in row)


@pytest.mark.parametrize("name", ["segments", "traits", "data_sources"])
def test_missing_object_is_a_404_in_json(client: AAMClient, name: str) -> None:
    """[inferred] 404 with ``{code, message}``; a page that is not JSON would be no AAMNotFound."""
    with pytest.raises(AAMNotFound) as caught:
        client.collection(name).get(NO_SUCH_ID)
    assert caught.value.status == 404


@pytest.mark.parametrize("name", PAGED)
def test_unknown_integration_code_is_a_404(client: AAMClient, name: str) -> None:
    """[client] ``GET /traits/ic:{code}``."""
    with pytest.raises(AAMNotFound):
        client.collection(name).get_by_integration_code("aam-contract/no such code")


@pytest.mark.parametrize("name", PAGED)
def test_limits_are_json(client: AAMClient, name: str) -> None:
    """[inferred] the shape; only that there is an answer is relied upon. Run with -rP to see it."""
    limits = client.collection(name).limits()
    print(f"{name}/limits: {limits}")
    assert limits


@pytest.mark.parametrize(("rule", "verdict"), [('c_contract=="x"', True), ("c_contract==", False)])
def test_validate_tells_good_rules_from_bad(client: AAMClient, rule: str, verdict: bool) -> None:
    """[inferred] ``{"valid": …}``, or 400 for a bad rule. Run with -rP to see it."""
    try:
        answer: Any = client.traits.validate(rule)
    except AAMInvalid as refused:
        answer = {"valid": False, "refused": refused.message}
    print(f"validate {rule}: {answer}")
    assert answer["valid"] is verdict


def test_double_and_last_slashes_do_not_matter(client: AAMClient) -> None:
    """[client] clients mix both."""
    assert raw(client, "traits", page=0, pageSize=1)["total"] == raw(client, "traits/", page=0, pageSize=1)["total"]


def test_token_of_nobody_is_a_401(client: AAMClient) -> None:
    """[doc] both hosts answer 401, each in its own shape, which our one renewal relies on."""
    import requests

    session = client.session
    headers = {"Authorization": "Bearer nobody", "x-api-key": session.sender.credential.client_id}
    answer = requests.get(f"{session.base_url}/v1/users/self", headers=headers, timeout=60)
    assert answer.status_code == 401
    assert answer.json().keys() & {"error_code", "error"}


def test_every_error_is_json_with_a_reason(client: AAMClient) -> None:
    """[client] ``{code, message, childMessages}``."""
    with pytest.raises(AAMError) as caught:
        raw(client, f"traits/{NO_SUCH_ID}")
    assert caught.value.details["reason"]
