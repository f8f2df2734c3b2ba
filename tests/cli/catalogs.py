"""Catalog files that tests of several commands use."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

SOURCE = {"name": "Web", "integrationCode": "web", "type": "GENERAL"}


def trait(number: int, **more: Any) -> dict[str, Any]:
    return {
        "name": f"Trait {number}",
        "traitType": "RULE_BASED_TRAIT",
        "dataSource": "web",
        "folder": "/",
        "integrationCode": f"t{number}",
        "traitRule": f'c_page == "{number}"',
        **more,
    }


def write(path: Path, catalog: Mapping[str, Sequence[Mapping[str, Any]]]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(catalog, indent=1))
    return path
