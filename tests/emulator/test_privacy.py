"""The page at `/`, and whom the emulator serves."""

from __future__ import annotations

import html
import re
import shlex

import pytest


def test_the_index_says_what_it_is_and_how_to_reach_it(emulator, anonymous) -> None:
    answer = anonymous.get("/")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/html")
    links = re.findall(r'href="([^"]+)"', answer.text)
    assert {"/docs", "/openapi.json"} <= set(links)
    assert {anonymous.get(link).status_code for link in links} == {200}
    command, line = shlex.split(html.unescape(re.findall("<pre>(.*?)</pre>", answer.text)[0]))
    assert command == "export"
    name, _, connection = line.partition("=")
    assert name == "AIRFLOW_CONN_AAM_DEFAULT"
    assert connection == emulator.connection_json("oauth_server_to_server")
    assert emulator.count() == 0


@pytest.mark.parametrize("path", ["/", "/_emulator/credentials", "/openapi.json", "/v1/users/self"])
@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8765", "localhost.evil.example", "192.168.1.7", "[::2]", "["]
)
def test_a_name_that_leads_here_from_elsewhere_is_refused(anonymous, path: str, host: str) -> None:
    answer = anonymous.get(path, headers={"Host": host})
    assert answer.status_code == 403
    assert answer.text.startswith("Host: expected a loopback address")


@pytest.mark.parametrize(
    "host",
    ["localhost:1", "LOCALHOST", "aam.localhost", "127.0.0.2:8765", "[::1]:8765", "aam.adobe.io", "acme.demdex.net"],
)
def test_names_of_this_machine_and_of_adobe_are_served(anonymous, host: str) -> None:
    assert anonymous.get("/_emulator/settings", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1:1", "file://", ""])
def test_a_page_of_another_site_is_refused(emulator, anonymous, origin: str) -> None:
    answer = anonymous.post("/_emulator/reset", headers={"Origin": origin})
    assert (answer.status_code, answer.text) == (403, "Origin: requests of pages from elsewhere are refused\n")


def test_its_own_page_is_served(emulator, anonymous) -> None:
    assert anonymous.post("/_emulator/clear-stats", headers={"Origin": emulator.url}).status_code == 200
