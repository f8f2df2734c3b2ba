"""Where tasks and the page *Browse → Audience Manager* meet: a folder, and in it one per Connection."""

from __future__ import annotations

import os
import re
from pathlib import Path
from urllib.parse import urlencode

from airflow_provider_aam.compat import AIRFLOW_V_3_3_PLUS, ObjectStoragePath, airflow_address, conf
from airflow_provider_aam.hooks.paths import open_path


def page_folder(conn_id: str) -> ObjectStoragePath:
    """Of this Connection, as ``[aam] ui_folder`` says; nothing in it need exist yet."""
    uri = conf.get("aam", "ui_folder", fallback=None) or _default()
    return open_path(f"{uri.rstrip('/')}/{_as_name(conn_id)}", None, what="[aam] ui_folder")


def plan_address(conn_id: str, sha256: str) -> str | None:
    """Where the page shows the plan of a task; ``None`` on Airflow that has no page."""
    query = urlencode({"connection": conn_id, "plan": sha256})
    return f"{airflow_address()}/plugin/audience_manager?{query}" if AIRFLOW_V_3_3_PLUS else None


def _default() -> str:
    return str(Path(os.path.expandvars(os.environ.get("AIRFLOW_HOME", "~/airflow"))).expanduser() / "aam-page")


def _as_name(conn_id: str) -> str:
    """Ids may hold dots, slashes and colons; a folder's name has neither."""
    return re.sub(r"[^A-Za-z0-9_-]", lambda mark: f"~{ord(mark[0]):x}", conn_id)
