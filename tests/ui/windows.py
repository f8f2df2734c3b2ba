"""The Chromium of the distribution, and a user who signs in to Airflow with it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

CHROMIUM = Path(os.environ.get("CHROMIUM", "/usr/bin/chromium"))
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def launch(playwright: Any) -> Any:
    return playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)


def sign_in(page: Any, url: str, user: str) -> None:
    page.goto(url, wait_until="domcontentloaded")
    page.fill("input[name=username]", user)
    page.fill("input[name=password]", "p")
    page.click("button[type=submit]")
    page.wait_for_url(lambda address: "login" not in address)
