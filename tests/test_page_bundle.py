"""The page's front end is committed as built: users install it without node."""

from __future__ import annotations

import gzip
import re
import shutil
import subprocess
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[1]
BUNDLE = REPOSITORY / "airflow_provider_aam/ui/main.js"
SOURCES = REPOSITORY / "ui"
LARGEST = 60_000


def test_bundle_is_small():
    assert len(gzip.compress(BUNDLE.read_bytes(), 9)) <= LARGEST


def test_bundle_names_no_other_host():
    assert re.findall(r"https?://[^\s\"'`]+", BUNDLE.read_text()) == []


@pytest.mark.skipif(
    shutil.which("node") is None or not (SOURCES / "node_modules").exists(),
    reason="node or ui/node_modules is not there: `make ui-build` installs the latter",
)
def test_bundle_is_what_the_sources_give(tmp_path):
    built = tmp_path / "main.js"
    subprocess.run(["node", SOURCES / "build.mjs", f"--out={built}"], check=True)
    assert built.read_bytes() == BUNDLE.read_bytes()
