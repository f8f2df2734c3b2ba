"""Who gets what from the page *Browse → Audience Manager*: every route, every role, over HTTP of a real API server."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from page_server import ROLES, Server, running_api_server

from airflow_provider_aam.compat import AIRFLOW_V_3_0_PLUS

pytestmark = [pytest.mark.slow, pytest.mark.skipif(not AIRFLOW_V_3_0_PLUS, reason="the page is for Airflow 3.3")]

SECRETS = ("s3cret-of-stored", "s3cret-of-named", "s3cret-of-other")
STORED = json.dumps({"conn_type": "aam", "login": "id", "password": SECRETS[0], "extra": {"org_id": "o@AdobeOrg"}})
NAMED = json.dumps({"conn_type": "aam", "login": "id", "password": SECRETS[1]})
OTHER = json.dumps({"conn_type": "http", "password": SECRETS[2]})
PUBLISHED = {"/main.js": "requires_authenticated", "/docs/{address:path}": "requires_access_view"}
"""What is in the package and the same for everybody."""
IDS = {"connection_id": "stored", "resource": "segments", "plan": "0" * 64, "address": "errors.html"}


DAMAGED = "segments.20261129T020000000000Z-0123456789ab.jsonl.gz"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("page")
    (folder / "named").mkdir()
    (folder / "named" / DAMAGED).write_bytes(gzip.compress(b'{"sid": 1}')[:-4])
    options = {
        "AIRFLOW_CONN_NAMED": NAMED,
        "AIRFLOW_CONN_HIDDEN": NAMED,
        "AIRFLOW__AAM__UI_CONNECTIONS": "named, stored",
        "AIRFLOW__AAM__UI_FOLDER": str(folder),
    }
    with running_api_server(tmp_path_factory.mktemp("airflow"), {"stored": STORED, "other": OTHER}, options) as found:
        yield found


def routes() -> list[Any]:
    from airflow_provider_aam.ui.plugin import build_app

    return list(build_app().routes)


def guards_of(route: Any) -> set[str]:
    return {each.call.__qualname__.partition(".")[0] for each in route.dependant.dependencies}


def paths(**ids: str) -> list[str]:
    return [f"/aam{route.path.replace(':path', '').format(**{**IDS, **ids})}" for route in routes()]


def paths_of_accounts(**ids: str) -> list[str]:
    return [path for path in paths(**ids) if path.startswith("/aam/api/")]


def test_every_route_has_a_guard_and_there_is_no_mount():
    from fastapi.routing import APIRoute

    unguarded = [
        route
        for route in routes()
        if not isinstance(route, APIRoute)  # a mount, or a page of documentation
        or route.methods != {"GET"}
        or PUBLISHED.get(route.path, "requires_access_connection") not in guards_of(route)
    ]
    assert unguarded == []
    assert len(routes()) > 2


def test_guards_of_single_connections_know_which_one():
    """Airflow's guard reads the parameter of this name, and nothing else says which Connection is meant."""
    assert [
        route.path
        for route in routes()
        if "{" in route.path and not route.path.startswith(("/api/connections/{connection_id}", *PUBLISHED))
    ] == []


def test_airflow_takes_the_page_for_one_of_its_own():
    from airflow.api_fastapi.core_api.datamodels.plugins import ReactAppResponse

    from airflow_provider_aam.ui.plugin import AudienceManagerPlugin

    (app,) = AudienceManagerPlugin().react_apps
    assert ReactAppResponse.model_validate(app).url_route == "audience_manager"
    assert not app["bundle_url"].startswith("/")


def test_page_is_in_the_menu(server):
    plugins = server.get("/api/v2/plugins", server.token("olga")).json()["plugins"]
    (ours,) = [each for each in plugins if each["name"] == "audience_manager"]
    assert [app["name"] for app in ours["react_apps"]] == ["Audience Manager"]
    assert server.get("/api/v2/plugins/importErrors", server.token("adam")).json()["import_errors"] == []


@pytest.mark.parametrize("connection", ["stored", "named", "absent"])
def test_anonymous_gets_nothing(server, connection):
    answers = {path: server.get(path, None) for path in paths(connection_id=connection)}
    documentation = answers.pop("/aam/docs/errors.html")
    assert {answer.status_code for answer in answers.values()} == {401}
    assert (documentation.status_code, documentation.text) == (307, "")


@pytest.mark.parametrize("connection", ["stored", "named", "absent"])
def test_broken_token_gets_nothing(server, connection):
    assert {server.get(path, "broken").status_code for path in paths(connection_id=connection)} == {403}


@pytest.mark.parametrize("user", [user for user, role in ROLES.items() if role not in ("op", "admin")])
@pytest.mark.parametrize("connection", ["stored", "named", "absent"])
def test_who_lacks_the_right_gets_nothing_of_an_account(server, user, connection):
    token = server.token(user)
    answers = [server.get(path, token) for path in paths_of_accounts(connection_id=connection)]
    assert {(answer.status_code, answer.text) for answer in answers} == {(403, '{"detail":"Forbidden"}')}
    assert server.get("/aam/main.js", token).status_code == 200


@pytest.mark.parametrize(("user", "status"), [("nora", 403), ("vera", 200), ("uli", 200), ("olga", 200), ("adam", 200)])
def test_documentation_is_for_everybody_with_a_role(server, user, status):
    answer = server.get("/aam/docs/errors.html", server.token(user))
    assert answer.status_code == status
    assert ("<h1" in answer.text) == (status == 200)


def test_documentation_asks_to_sign_in_and_leads_back(server):
    asked = server.get("/aam/docs/errors.html", None)
    assert asked.headers["Location"] == "/api/v2/auth/login?next=%2Faam%2Fdocs%2Ferrors.html"
    login = server.get(asked.headers["Location"], None)
    assert login.status_code == 307
    assert login.headers["Location"].endswith("?next=%2Faam%2Fdocs%2Ferrors.html")


@pytest.mark.parametrize("address", ["errors", "..%2F__init__.py", "%2Fetc%2Fpasswd", "images/..%2F..%2Fplugin.py"])
def test_documentation_is_nothing_but_its_pages(server, address):
    answer = server.get(f"/aam/docs/{address}", server.token("adam"))
    assert (answer.status_code, answer.json()) == (404, {"detail": "The documentation has no such page."})


@pytest.mark.parametrize("user", ["olga", "adam"])
def test_who_has_the_right_gets_every_connection_to_aam_that_can_be_listed(server, user):
    token = server.token(user)
    assert server.get("/aam/api/connections", token).json() == ["named", "stored"]
    assert server.get("/aam/api/connections/stored", token).status_code == 200
    assert server.get("/aam/api/connections/named", token).status_code == 200


def test_damaged_list_is_named_and_the_log_has_the_traceback(server):
    answer = server.get("/aam/api/connections/named/populations/segments", server.token("olga"))
    why = f"{DAMAGED} is damaged (Compressed file ended before the end-of-stream marker was reached)"
    advice = "Delete it; AAMRefreshPageOperator writes a new one."
    assert answer.status_code == 503
    assert answer.json()["detail"] == f"The folder of the page cannot be read: {why}. {advice}"
    log = (Path(server.environment["AIRFLOW_HOME"]) / "server.log").read_text()
    assert "/aam/api/connections/named/populations/segments cannot be answered" in log
    assert "EOFError" in log


def test_answers_are_not_kept_by_the_browser(server):
    answer = server.get("/aam/api/connections/stored", server.token("olga"))
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("connection", ["absent", "other", "hidden", "..", "%2e%2e", "stored%2F..%2Fnamed"])
def test_what_is_not_a_listed_connection_to_aam_is_not_found(server, connection):
    token = server.token("adam")
    single = [path for path in paths_of_accounts(connection_id=connection) if connection in path]
    assert single
    assert {server.get(path, token).status_code for path in single} == {404}


def test_no_answer_holds_a_secret(server):
    token = server.token("adam")
    answers = [server.get(path, token) for each in ("stored", "named", "other") for path in paths(connection_id=each)]
    assert [secret for answer in answers for secret in SECRETS if secret in answer.text] == []


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_nothing_can_be_changed(server, method):
    token = server.token("adam")
    assert {server.get(path, token, method).status_code for path in paths()} == {405}


@pytest.mark.parametrize("path", ["/aam/redoc", "/aam/openapi.json", "/aam/"])
def test_description_of_the_api_is_not_served(server, path):
    assert server.get(path, server.token("adam")).status_code == 404
