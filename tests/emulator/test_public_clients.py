"""The two public Python clients for AAM, against the emulator."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PYTHON = Path(os.environ.get("AAM_PEERS_PYTHON", ROOT / ".venv-peers/bin/python"))

# adobe-aam has its addresses in its code, so requests are sent elsewhere; and it imports a name pandas no longer has.
ADOBE_AAM = """
import json, sys
import pandas.core.common as pcc
if not hasattr(pcc, "SettingWithCopyWarning"):
    pcc.SettingWithCopyWarning = type("SettingWithCopyWarning", (Warning,), {})
import requests
BASE = sys.argv[1]
_orig = requests.sessions.Session.request
def _req(self, method, url, **kw):
    for real in ("https://ims-na1.adobelogin.com", "https://aam.adobe.io", "https://api.demdex.com"):
        if url.startswith(real):
            url = BASE + url[len(real):]
            break
    return _orig(self, method, url, **kw)
requests.sessions.Session.request = _req
import adobe_aam as aam
aam.Login("creds.json", "key.pem")
segments, traits = aam.Segments.get_many(), aam.Traits.get_many(includeMetrics=True)
created = aam.Traits.create_from_csv("traits.csv")
print("RESULT" + json.dumps([len(segments), len(traits), list(traits.columns), created]))
"""


def test_adobe_aam_logs_in_lists_and_creates(emulator, tmp_path):
    if not PYTHON.exists():
        pytest.fail(f"{PYTHON} is missing; `make test` creates it, or name another with AAM_PEERS_PYTHON")
    emulator.reset("account")
    c = emulator.credentials
    login = {"client_id": c.client_id, "client_secret": c.client_secret, "org_id": c.org_id}
    (tmp_path / "creds.json").write_text(json.dumps(login | {"tech_acct_id": c.technical_account_id}))
    (tmp_path / "key.pem").write_text(c.private_key)
    source = emulator.objects("data_sources")[0]["dataSourceId"]
    rows = [f"RULE_BASED_TRAIT,Peer {n},{source},0,a == {n}" for n in range(3)]
    (tmp_path / "traits.csv").write_text("\n".join(["traitType,name,dataSourceId,folderId,traitRule", *rows]))
    command = [str(PYTHON), "-c", ADOBE_AAM, emulator.url]
    environment = {"TZ": "UTC", "PATH": os.environ["PATH"], "NO_PROXY": "127.0.0.1"}
    ran = subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False, timeout=120
    )
    assert "RESULT" in ran.stdout, ran.stdout + ran.stderr
    segments, traits, columns, created = json.loads(ran.stdout.partition("RESULT")[2])
    assert (segments, traits, created) == (200, 300, "3 of 3 traits in file successfully created.")
    assert "uniques30Day" in columns
    assert [row["name"] for row in emulator.objects("traits")[-3:]] == ["Peer 0", "Peer 1", "Peer 2"]


def test_audiencemanager_calls(emulator, anonymous, open_http, sign):
    """The calls of the client `audiencemanager`, which is not in the package index, as it sends them."""
    emulator.reset("account")
    c = emulator.credentials
    form = {"client_id": c.client_id, "client_secret": c.client_secret, "jwt_token": sign()}
    login = anonymous("POST", "/ims/exchange/jwt", data=form).json()
    assert login["expires_in"] / 1000 > 80_000  # it takes the lifetime for milliseconds
    http = open_http(
        Accept="application/json",
        Content_Type="application/json",
        Authorization=f"Bearer {login['access_token']}",
        x_api_key=c.client_id,
        x_gw_ims_org_id=c.org_id,
    )
    assert len(http.get("/v1/segments", params={"includeMetrics": True}).json()) == 200
    traits = http.get("/v1/traits/", params={"includeMetrics": True}).json()
    assert len(traits) == 300
    source = str(traits[0]["dataSourceId"])
    body = {"name": "t1", "traitType": "ON_BOARDED_TRAIT", "dataSourceId": source, "folderId": "0"}
    answer = http("POST", "/v1/traits", data=json.dumps(body | {"traitRule": None, "ttl": "120"}))
    assert answer.status_code == 201
    sid = answer.json()["sid"]
    assert http.get(f"/v1/traits//{sid}").json()["ttl"] == 120
    assert http("POST", "/v1/traits/bulk-delete", data=json.dumps([sid])).status_code == 204
    assert http("POST", "/v1\u200b/traits\u200b", data=json.dumps(body)).status_code == 404  # its createTrait
