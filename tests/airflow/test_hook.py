"""The hook reads its Connection from a real Airflow and reaches the emulator."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest

from airflow_provider_aam.api.errors import AAMClientRejected, AAMConfigError
from airflow_provider_aam.compat import AirflowNotFoundException, Connection
from airflow_provider_aam.hooks import aam
from airflow_provider_aam.hooks.aam import AAMHook
from airflow_provider_aam.hooks.connection import build_address, read_config

AUTHS = ["oauth_server_to_server", "jwt", "legacy_oauth"]


@pytest.fixture
def connect(emulator, monkeypatch) -> Callable[..., str]:
    """Defines ``aam_default`` with the given changes."""

    def define(auth: str = "oauth_server_to_server", *, changes: dict[str, Any] | None = None, **extra: Any) -> str:
        connection = emulator.connection(auth, **extra) | (changes or {})
        monkeypatch.setenv("AIRFLOW_CONN_AAM_DEFAULT", json.dumps(connection))
        return "aam_default"

    return define


@pytest.mark.parametrize("auth", AUTHS)
def test_client_reaches_aam_with_each_way_of_authentication(emulator, connect, auth):
    connect(auth)
    emulator.seed(segments=3)
    assert len(list(AAMHook().client.segments.list())) == 3


def test_hook_reads_and_sends_nothing_before_the_first_use(emulator):
    hook = AAMHook("no_such_connection")
    assert emulator.count() == 0
    assert "client" not in vars(hook)


def test_get_conn_gives_the_same_client_each_time(connect):
    connect()
    hook = AAMHook()
    assert hook.get_conn() is hook.client is hook.get_conn()


def test_close_lets_the_next_use_build_a_new_client(connect):
    connect()
    hook = AAMHook()
    first = hook.client
    hook.close()
    hook.close()
    assert hook.client is not first


def test_access_token_of_many_hooks_costs_one_exchange(emulator, connect):
    connect()
    tokens = {AAMHook().get_access_token() for _ in range(5)}
    assert len(tokens) == 1
    assert emulator.count("POST /ims/token/v3") == 1


def test_requests_name_the_versions_of_provider_python_and_airflow(emulator, connect):
    connect()
    AAMHook().client.users.self()
    agent = emulator.requests[-1]["headers"]["user-agent"]
    assert [part.partition("/")[0] for part in agent.split()] == ["airflow-provider-aam", "Python", "apache-airflow"]


def test_missing_connection_tells_to_create_it(airflow_db):
    with pytest.raises(AirflowNotFoundException, match=r"no Connection 'aam_typo'.*AIRFLOW_CONN_AAM_TYPO.*step 7"):
        AAMHook("aam_typo").get_conn()


@pytest.mark.parametrize(
    "text", ['{"conn_type": "aam", "password": "sec-ret"', "aam://id:sec-ret/x@localhost:80", "aam://id:sec-ret@h:port"]
)
def test_connection_that_airflow_cannot_read_is_not_called_missing(airflow_db, monkeypatch, text):
    monkeypatch.setenv("AIRFLOW_CONN_AAM_DEFAULT", text)
    with pytest.raises(AirflowNotFoundException, match=r"variable AIRFLOW_CONN_AAM_DEFAULT is set.*step 7") as caught:
        AAMHook().get_conn()
    assert "sec-ret" not in f"{caught.value!r} {caught.value.__cause__!r}"


def test_bad_connection_is_named_with_all_of_its_problems(connect):
    connect(changes={"login": ""}, org="x@AdobeOrg", timeout_s=-1)
    with pytest.raises(AAMConfigError) as caught:
        AAMHook().get_conn()
    assert caught.value.message.startswith("Connection 'aam_default' has 3 problems")
    assert "did you mean 'org_id'?" in caught.value.message


@pytest.mark.parametrize("extra", ['{"private_key": "very secret"', '["very secret"]'], ids=["cut off", "a list"])
@pytest.mark.filterwarnings("ignore:Encountered")  # with which Airflow 2.11 reads on
def test_extra_that_is_no_json_object_is_refused_without_its_text(extra):
    connection = Connection(conn_id="aam_default", conn_type="aam", login="id", password="given", extra=extra)
    with pytest.raises(AAMConfigError, match="extra") as caught:
        read_config(connection)
    assert "very secret" not in caught.value.message
    assert caught.value.__cause__ is caught.value.__context__ is None


@pytest.mark.parametrize(
    "uri",
    ["aam://{login}:{password}@127.0.0.1:{port}/http", "aam://http://{login}:{password}@127.0.0.1:{port}/"],
    ids=["scheme as schema", "scheme before the host"],
)
def test_connection_written_as_a_uri_reaches_aam(emulator, monkeypatch, uri):
    known = emulator.credentials
    port = emulator.url.rpartition(":")[2]
    address = uri.format(login=known.client_id, password=known.client_secret, port=port)
    monkeypatch.setenv("AIRFLOW_CONN_AAM_DEFAULT", f"{address}?ims_url={quote(emulator.url, safe='')}&verify=false")
    assert AAMHook().client.users.self()["username"]


@pytest.mark.parametrize(
    ("host", "port", "scheme", "address"),
    [
        (None, 9000, "http", None),
        (" ", None, None, None),
        ("aam.adobe.io", None, None, "https://aam.adobe.io"),
        ("localhost", 9000, "http", "http://localhost:9000"),
        ("http://localhost", 9000, None, "http://localhost:9000"),
        ("http://localhost:1", 9000, "https", "http://localhost:1"),
        ("http://localhost/aam/v1", 9000, None, "http://localhost:9000/aam/v1"),
        ("[::1]", 9000, "http", "http://[::1]:9000"),
        ("http://localhost", 443, None, "http://localhost"),
        ("localhost", 0, None, "https://localhost"),
    ],
)
def test_address_is_put_together_from_its_parts(host, port, scheme, address):
    assert build_address(host, port=port, scheme=scheme) == address


def test_jwt_connection_warns_once_a_process_how_to_migrate(connect, caplog):
    aam._warn_of_jwt.cache_clear()
    connect("jwt")
    with caplog.at_level(logging.WARNING):
        for _ in range(3):
            AAMHook().get_conn()
    warnings = [record.getMessage() for record in caplog.records if record.name == aam.__name__]
    assert len(warnings) == 1
    assert warnings[0].endswith("Repeat setup step 5: Create the credential (airflow-aam docs setup 5).")
    assert len(warnings[0]) < 220


def test_other_connections_do_not_warn(connect, caplog):
    aam._warn_of_jwt.cache_clear()
    connect()
    AAMHook().get_conn()
    assert not [record for record in caplog.records if record.name == aam.__name__]


def test_refused_credential_raises_what_to_do_and_no_secret(connect):
    connect(changes={"password": "p8e-not-this-one"})
    with pytest.raises(AAMClientRejected, match="step 5") as caught:
        AAMHook().get_access_token()
    assert "p8e-not-this-one" not in str(caught.value)


def test_task_in_a_dag_uses_the_hook(connect, emulator, run_dag):
    from airflow_provider_aam.compat import BaseOperator

    class CountSegments(BaseOperator):
        def execute(self, context: Any) -> int:  # noqa: ARG002
            return len(list(AAMHook().client.segments.list()))

    connect()
    emulator.seed(segments=2)
    run = run_dag(_dag_of(CountSegments))
    assert run.state == "success"
    assert run.get_task_instance("count").xcom_pull(task_ids="count") == 2


def _dag_of(operator: Any) -> Any:
    from airflow.providers.common.compat.sdk import DAG

    with DAG("hook_in_a_dag", schedule=None) as dag:
        operator(task_id="count")
    return dag
