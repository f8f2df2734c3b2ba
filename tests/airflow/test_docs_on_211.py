"""The documentation that Airflow 2.11 serves: for whoever may read documentation, after they have signed in."""

from __future__ import annotations

from typing import Any

import pytest

from airflow_provider_aam.compat import AIRFLOW_V_3_0_PLUS

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(AIRFLOW_V_3_0_PLUS, reason="the webserver of Airflow 2"),
    pytest.mark.filterwarnings("ignore"),  # its own
]
PAGE = "/aam/docs/errors.html"


@pytest.fixture(scope="module")
def app(airflow_db: None) -> Any:
    from airflow.www.app import create_app

    made = create_app(testing=True, config={"WTF_CSRF_ENABLED": False})
    with made.app_context():
        for user, role in (("vera", "Viewer"), ("nora", "Public")):
            users = made.appbuilder.sm
            users.add_user(user, user, user, f"{user}@example.com", users.find_role(role), password="p")
    return made


def signed_in(app: Any, user: str) -> Any:
    client = app.test_client()
    answer = client.post("/login/", data={"username": user, "password": "p"})
    assert answer.status_code == 302
    return client


def test_who_has_not_signed_in_is_led_to_do_so_and_back(app):
    answer = app.test_client().get(PAGE)
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/login/?next=")
    assert "errors.html" in answer.headers["Location"]


def test_who_may_read_documentation_gets_its_pages_and_nothing_else(app):
    client = signed_in(app, "vera")
    assert "AAMSourceError" in client.get(PAGE).text
    assert client.get("/aam/docs/").text == client.get("/aam/docs/index.html").text
    assert client.get("/aam/docs/docs.css").headers["Content-Type"].startswith("text/css")
    assert [client.get(f"/aam/docs/{path}").status_code for path in ("errors", "..%2F__init__.py")] == [404, 404]


def test_who_may_not_gets_nothing(app):
    assert "AAMSourceError" not in signed_in(app, "nora").get(PAGE, follow_redirects=True).text


def test_nothing_can_be_changed(app):
    client = signed_in(app, "vera")
    assert {client.open(PAGE, method=method).status_code for method in ("POST", "PUT", "PATCH", "DELETE")} == {405}
