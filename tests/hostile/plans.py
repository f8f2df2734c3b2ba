"""Plan files that nobody means well with: name → what makes their bytes. Each is read as `apply` does, and shown."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from hostile.corpus import FORGED

from airflow_provider_aam.api.errors import AAMError
from airflow_provider_aam.catalog.plan.render import account_of, render_plan
from airflow_provider_aam.catalog.plan.saved import read_plan
from airflow_provider_aam.catalog.plan.summary import render_changes, summarise

_CHANGE = {"action": "update", "kind": "trait", "label": "a", "key": {}, "id": 7}


def _field(name: str, before: Any = None, after: Any = None, **more: Any) -> dict[str, Any]:
    return {"field": name, "before": before, "after": after, **more}


def _plan(*changes: Any, **more: Any) -> Callable[[], bytes]:
    head = {"source": "c", "match_on": None, "created_at": "x", "account": {}, "version": 2}
    return lambda: json.dumps({**head, "changes": changes, **more}).encode()


def _change(**more: Any) -> dict[str, Any]:
    return {**_CHANGE, **more}


PLANS: dict[str, Callable[[], bytes]] = {
    "plan of nothing": lambda: b"",
    "plan not utf-8": lambda: b'{"source": "\xff"}',
    "plan utf-16": lambda: _plan()().decode().encode("utf-16"),
    "plan depth": lambda: b'{"changes":' * 200_000,
    "plan depth of a value": _plan(_change(fields=[_field("name", json.loads("[" * 400 + "]" * 400), "x")])),
    "plan number": lambda: _plan(_change(id=12345))().replace(b"12345", b"9" * 100_000),
    "plan not a number": lambda: _plan(_change(id=12345))().replace(b"12345", b"NaN"),
    "plan surrogate": lambda: _plan(_change(label="@"))().replace(b"@", b"\\ud800"),
    "plan of another version": _plan(version=10**15),
    "plan of unknown kinds": _plan(*[_change(kind=FORGED)] * 20_000),
    "plan of unknown fields": _plan(_change(fields=[_field(f"k{n}") for n in range(30_000)])),
    "plan of unknown keys": _plan(**{f"k{n}": n for n in range(50_000)}),
    "plan of many links": _plan(
        _change(
            fields=[_field(f"k{n}", after="x") for n in range(30_000)],
            links=[{"field": f"k{n}", "text": "x", "to": 0} for n in range(30_000)],
        )
    ),
    "plan of a link to itself": _plan(_change(links=[{"field": "folderId", "text": "x", "to": 0}])),
    "plan of a link backwards": _plan(_change(links=[{"field": "folderId", "text": "x", "to": -1}])),
    "plan of an id below zero": _plan(_change(id=-1)),
    "plan of a place elsewhere": _plan(_change(within={"../../x": 1})),
    "plan forged": _plan(
        _change(label=FORGED, place=FORGED, fields=[_field("name", FORGED, FORGED + "x", shown=[FORGED, FORGED])]),
        source=FORGED,
        created_at=FORGED,
        account={"base_url": FORGED, "pid": FORGED},
        warnings=[FORGED],
    ),
    "plan of long texts": _plan(_change(fields=[_field("name", "a b " * 100_000, "b a " * 100_000)])),
    "plan of a long name": _plan(_change(label="x" * 5_000_000)),
    "plan of a long list": _plan(_change(fields=[_field("name", [*range(100_000)], [*range(99_999, 0, -1)])])),
    "plan of many changes": _plan(*[_change(fields=[_field("name", "a", "b")])] * 20_000),
    "plan unchanged": _plan(unchanged=[{"kind": FORGED, "label": FORGED, "id": 1}] * 50_000),
}


def show(path: Path) -> str:
    try:
        plan, _ = read_plan(path, sha256=None)
        return "\n".join([account_of(plan), *render_plan(plan), *render_changes(plan), summarise(plan, path.name)])
    except AAMError as refused:
        return str(refused)
