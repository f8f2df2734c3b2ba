"""Writes everything in the repository that is made from code: `make docs`. With --check, fails if anything is stale."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from airflow_provider_aam.catalog import KINDS, render_catalog_schema, render_schema

sys.path.insert(0, str(Path(__file__).parent))  # tests load this file by its path

import catalog_page
import configuration_page
import coverage_page
import registry_file

ROOT = Path(__file__).resolve().parents[1]
SCHEMAS = Path("airflow_provider_aam/catalog/schemas")

GENERATED: Mapping[Path, Callable[[], str]] = {
    **{SCHEMAS / f"{kind.resource.name}.schema.json": partial(render_schema, kind) for kind in KINDS.values()},
    SCHEMAS / "catalog.schema.json": partial(render_catalog_schema, KINDS.values()),
    Path("docs/catalog.md"): catalog_page.render,
    Path("docs/configuration.md"): configuration_page.render,
    Path("docs/coverage.md"): coverage_page.render,
    Path(".airflow-registry.yaml"): registry_file.render,
}
"""File → what makes its content. Add a line for each generated page or schema."""


def stale() -> list[Path]:
    """The files that are not as their code says."""
    return [path for path, make in GENERATED.items() if not _is_current(ROOT / path, make())]


def write() -> list[Path]:
    """Bring all of them up to date. Returns those that were not."""
    changed = stale()
    for path in changed:
        (ROOT / path).parent.mkdir(parents=True, exist_ok=True)
        (ROOT / path).write_text(GENERATED[path](), encoding="utf-8")
    return changed


def _is_current(path: Path, content: str) -> bool:
    return path.is_file() and path.read_text(encoding="utf-8") == content


def main() -> int:
    checking = sys.argv[1:] == ["--check"]
    changed = stale() if checking else write()
    for path in changed:
        print(f"{'stale' if checking else 'wrote'} {path}")
    return 1 if checking and changed else 0


if __name__ == "__main__":
    sys.exit(main())
