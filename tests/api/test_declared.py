"""What AAM documents of parameters and bodies, as literals: a declaration that loses one of them is noticed here."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from airflow_provider_aam.api.errors import AAMArgumentError
from api.support import MakeClient, RawServer, http_answer

TOP = {"page": 0, "pageSize": 5, "interval": "7D", "cutOff": 10, "restrictType": "RULE_BASED_TRAIT"}


@pytest.mark.parametrize(
    "report", ["largest_traits", "largest_segments", "most_changed_traits", "most_changed_segments"]
)
def test_reports_of_the_top_take_all_of_their_parameters(
    make_client: MakeClient, raw_server: RawServer, report: str
) -> None:
    raw_server.answers = [http_answer(b"[]")]
    make_client(host=raw_server.url).reports.call(report, **TOP)
    assert sent_query(raw_server) == {name: str(value) for name, value in TOP.items()}


@pytest.mark.parametrize("of", ["trait", "segment"])
def test_folder_is_read_with_the_folders_below_it(make_client: MakeClient, raw_server: RawServer, of: str) -> None:
    raw_server.answers = [http_answer(b'{"folderId": 7}')]
    make_client(host=raw_server.url).collection(f"{of}_folders").get(7, includeSubFolders=True)
    assert sent_query(raw_server) == {"includeSubFolders": "true"}


@pytest.mark.parametrize("days", ["", "7_day_", "30_day_", "60_day_"])
def test_estimates_need_a_rule(make_client: MakeClient, days: str) -> None:
    with pytest.raises(AAMArgumentError, match="it needs a body"):
        make_client().segments.call(f"estimate_{days}size")


def sent_query(raw_server: RawServer) -> dict[str, Any]:
    (request,) = raw_server.requests
    return dict(parse_qsl(urlsplit(request.split()[1].decode()).query))
