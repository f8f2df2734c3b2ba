"""docs/catalog.md: its examples are right, its tables complete."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft202012Validator

from airflow_provider_aam.catalog.checking.schema import build_catalog_schema
from airflow_provider_aam.catalog.kinds import KINDS
from catalog.drafting import faults

PAGE = (Path(__file__).parents[2] / "docs" / "catalog.md").read_text("utf-8")
EXAMPLES = [yaml.safe_load(text) for text in re.findall(r"^```yaml\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)]
DOCUMENTS = [example for example in EXAMPLES if example is not None]


def as_texts(value):
    """As the YAML reader gives it: scalars as they are written."""
    if isinstance(value, list):
        return [as_texts(item) for item in value]
    return value if isinstance(value, str) else str(value).lower() if isinstance(value, bool) else str(value)


@pytest.mark.parametrize("document", DOCUMENTS, ids=" ".join)
def test_examples_are_right(document):
    rows = [(KINDS[key], row) for key, items in document.items() for row in items]
    for kind, row in rows:
        assert faults(kind.model, {name: as_texts(value) for name, value in row.items()}) == []
    written = {key: [{n: as_texts(v) for n, v in row.items()} for row in rows] for key, rows in document.items()}
    assert [*Draft202012Validator(build_catalog_schema(KINDS.values())).iter_errors(written)] == []


def test_every_kind_has_a_section_with_an_example_and_every_column():
    sections = dict(re.findall(r"^## (.+?)\n(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL))
    for key, kind in KINDS.items():
        section = sections[kind.plural.capitalize()]
        assert f"```yaml\n{key}:\n" in section
        lines = re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE)
        assert [line for line in lines if line in kind.model.columns()] == [*kind.model.columns()]


def test_tables_tell_types_limits_references_needs_and_defaults():
    for line in (
        "| `name` | Name | text; 255 characters at most |  | yes |  |",
        "| `ttl` | Days until a qualification ends; 0 is never | whole number |  |  | 120 |",
        "| `startDate` | First day, yyyy-mm-dd | date |  | yes |  |",
    ):
        assert f"\n{line}\n" in PAGE
    assert "| text | [data source](#data-sources) | yes, or `dataSourceId` |  |\n" in PAGE
    assert "| list of ids or texts | partner site |  |  |\n" in PAGE


def test_links_of_the_page_lead_to_its_sections():
    headings = {heading.lower().replace(" ", "-") for heading in re.findall(r"^## (.+)$", PAGE, re.MULTILINE)}
    assert set(re.findall(r"\]\(#([^)]+)\)", PAGE)) <= headings
