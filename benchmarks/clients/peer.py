"""adobe-aam 0.0.9, unchanged but for the shims without which it neither imports nor reaches another address.

Its last release imports a name that pandas has removed, and holds Adobe's addresses as literals: both are mended from
outside, at the `requests` layer, which keeps its one connection a call. Runs in an environment of its own (GPLv3).
"""

import json
import os
import tempfile
from pathlib import Path

import pandas.core.common as pandas_common

if not hasattr(pandas_common, "SettingWithCopyWarning"):
    pandas_common.SettingWithCopyWarning = type("SettingWithCopyWarning", (Warning,), {})

import requests
from report import measure, options

given = options()
send = requests.sessions.Session.request


def to_emulator(self, method, url, **more):
    for adobe in ("https://ims-na1.adobelogin.com", "https://aam.adobe.io", "https://api.demdex.com"):
        if url.startswith(adobe):
            url = given["url"] + url[len(adobe) :]
    return send(self, method, url, **more)


requests.sessions.Session.request = to_emulator

import adobe_aam  # noqa: E402

connection = given["connection"]
work_dir = Path(tempfile.mkdtemp())
os.chdir(work_dir)
extra = connection["extra"]
credentials = {
    "client_id": connection["login"],
    "client_secret": connection["password"],
    "tech_acct_id": extra["technical_account_id"],
    "org_id": extra["org_id"],
}
(work_dir / "credentials.json").write_text(json.dumps(credentials))
(work_dir / "private.key").write_text(extra["private_key"])
adobe_aam.Login("credentials.json", "private.key")

if given["job"] == "pull":
    measure(lambda: len(adobe_aam.Segments.get_many()))
else:
    measure(lambda: len(adobe_aam.Traits.create_from_csv(given["source"])) or given["rows"])
