"""The control plane, the server, the seeds, the files, the command and the fixture."""

from __future__ import annotations

import json
import os
import shlex
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest
import requests

from airflow_provider_aam.emulator import Emulator, EmulatorControl, running_emulator

COLLECTIONS = ("traits", "segments", "trait_folders", "segment_folders", "data_sources")


def everything(emulator):
    return {name: emulator.objects(name) for name in COLLECTIONS}


def test_account_is_believable_and_the_same_every_time(emulator, http):
    emulator.reset("account")
    first = everything(emulator)
    counts = {name: len(rows) for name, rows in first.items()}
    assert counts == {"traits": 300, "segments": 200, "trait_folders": 15, "segment_folders": 7, "data_sources": 6}
    emulator.reset("account")
    for name, rows in everything(emulator).items():
        audit = {"createTime", "updateTime"} if name == "data_sources" else set()
        assert [{k: v for k, v in row.items() if k not in audit} for row in rows] == [
            {k: v for k, v in row.items() if k not in audit} for row in first[name]
        ]
    names = " ".join(row["name"] for row in first["segments"])
    assert all(mark in names for mark in ("&", "<", '"', "é", "東京"))
    assert {row["status"] for row in first["segments"]} == {"ACTIVE", "INACTIVE"}


def test_every_seeded_object_passes_the_emulators_own_rules(emulator, open_http, anonymous):
    emulator.reset("account")
    emulator.seed(segments=20, traits=20, data_sources=2, trait_folders=101, segment_folders=2)
    c = emulator.credentials
    form = {"client_id": c.client_id, "client_secret": c.client_secret, "scope": ",".join(c.scopes)}
    token = anonymous("POST", "/ims/token/v3", data={"grant_type": "client_credentials", **form}).json()["access_token"]
    http = open_http(Authorization=f"Bearer {token}", AAM_Disable_Escaping_HTML="true")
    paths = {
        "traits": ("traits", "sid"),
        "segments": ("segments", "sid"),
        "data_sources": ("datasources", "dataSourceId"),
    }
    for name, (path, key) in paths.items():
        for row in emulator.objects(name):
            answer = http.put(f"/v1/{path}/{row[key]}", row)
            assert answer.status_code == 200, (row, answer.text)


def test_add_keeps_given_ids_and_never_gives_them_again(emulator, http, draft):
    assert emulator.add("traits", draft | {"sid": 9_000_000})["sid"] == 9_000_000
    assert emulator.add("traits", draft | {"sid": 5})["sid"] == 5
    assert http.post("/v1/traits", draft).json()["sid"] == 9_000_001
    assert [row["sid"] for row in http.get("/v1/traits").json()] == [5, 9_000_000, 9_000_001]
    rows = emulator.add("segment_folders", [{"name": "a"}, {"name": "b"}])
    assert [row["name"] for row in rows] == ["a", "b"]


def test_mistakes_in_control_calls_are_value_errors(emulator):
    for call in (
        lambda: emulator.configure(no_such_setting=1),
        lambda: emulator.configure(latency_s="slow"),
        lambda: emulator.configure(limits={"no_such_limit": 1}),
        lambda: emulator.configure(credential_mode="x"),
        lambda: emulator.reset("x"),
        lambda: emulator.add("x", {}),
        lambda: emulator.objects("x"),
        lambda: emulator.connection("x"),
    ):
        with pytest.raises(ValueError, match=r"unknown|Expected|Invalid"):
            call()


def test_reset_forgets_settings_tokens_clock_and_trouble(emulator, http):
    emulator.configure(rbac=True, limits={"traits": 1})
    emulator.trouble("* *", "status", times=None)
    emulator.advance(10_000)
    emulator.reset()
    assert http.get("/v1/traits").status_code == 401
    settings = requests.get(emulator.url + "/_emulator/settings", timeout=5).json()
    assert (settings["rbac"], settings["limits"]["traits"]) == (False, 100_000)


def test_control_from_another_process_is_the_same(emulator):
    control = EmulatorControl(emulator.url + "/")
    assert control.credentials == emulator.credentials
    assert control.connection("jwt") == emulator.connection("jwt")


@pytest.mark.parametrize("auth", ["oauth_server_to_server", "jwt", "legacy_oauth"])
def test_connection_is_one_airflow_can_read(emulator, auth):
    connection = json.loads(emulator.connection_json(auth, timeout_s=3))
    assert (connection["conn_type"], connection["host"], connection["port"]) == ("aam", emulator.url, 443)
    assert connection["extra"].items() >= {"auth": auth, "ims_url": emulator.url, "timeout_s": 3}.items()


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "::"])
def test_only_loopback_is_served(host):
    with pytest.raises(ValueError, match="loopback"), running_emulator(host=host):
        pass


def test_server_stops_and_frees_its_port():
    with running_emulator() as emulator:
        url = emulator.url
        assert isinstance(emulator, Emulator)
    with pytest.raises(OSError, match="refused"):
        EmulatorControl(url).count()
    with running_emulator(int(url.rpartition(":")[2]), "account") as emulator:
        assert emulator.url == url
        assert len(emulator.objects("traits")) == 300


def test_documentation_page_needs_no_internet(emulator):
    page = requests.get(emulator.url + "/docs", timeout=5).text
    assert "swagger-ui" in page
    assert "//cdn" not in page
    document = requests.get(emulator.url + "/openapi.json", timeout=5).json()
    trait = document["components"]["schemas"]["TraitBody"]
    assert trait["required"] == ["name", "traitType", "dataSourceId", "folderId"]
    assert {"get", "put", "delete"} <= set(document["paths"]["/v1/traits/{sid}"])
    assert "/_emulator/reset" not in document["paths"]
    references = {part.split('"')[0] for part in json.dumps(document).split('"#/components/schemas/')[1:]}
    assert references <= set(document["components"]["schemas"])


def test_plugin_fixture_starts_every_test_with_the_account(aam_emulator):
    assert len(aam_emulator.objects("segments")) == 200


def test_importing_the_plugin_loads_no_server():
    code = (
        "import sys, airflow_provider_aam.emulator.pytest_plugin, airflow_provider_aam.emulator; "
        "print(sorted({'fastapi', 'uvicorn', 'airflow', 'msgspec', 'jwt', 'cryptography'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_command_writes_credentials_and_stops_on_a_signal(tmp_path, number):
    code = (
        "import sys, pathlib; from airflow_provider_aam.cli.emulator import serve; "
        "serve(0, pathlib.Path(sys.argv[1]), 'empty')"
    )
    command = [sys.executable, "-c", code, str(tmp_path / "out")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        lines = []
        for line in process.stdout:
            lines.append(line)
            if line.startswith("or: "):
                break
        url = lines[0].split()[-1]
        try:
            credentials = EmulatorControl(url).credentials
        finally:
            os.kill(process.pid, number)
        process.stdout.read()
        assert process.wait(10) == 0
    assert f"API documentation: {url}/docs\n" in lines
    out = tmp_path / "out"
    assert {stat.S_IMODE(path.stat().st_mode) for path in out.iterdir()} == {0o600}
    assert json.loads((out / "jwt-credentials.json").read_text())["API_KEY"] == credentials.client_id
    assert (out / "private.key").read_text() == credentials.private_key
    assert json.loads((out / "server-to-server-credentials.json").read_text())["CLIENT_SECRETS"]
    assert auths_of(out / "airflow-connections.env") == ["oauth_server_to_server", "jwt", "legacy_oauth"]


def auths_of(path: Path) -> list[str]:
    lines = [line.removeprefix("# ") for line in path.read_text().splitlines() if "export " in line]
    values = [shlex.split(line)[1].partition("=")[2] for line in lines]
    return [json.loads(value)["extra"]["auth"] for value in values]
