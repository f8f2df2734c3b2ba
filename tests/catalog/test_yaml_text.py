"""What export writes means the same text to every reader of YAML."""

from __future__ import annotations

import pytest
import yaml

from airflow_provider_aam.catalog.exporting.yaml_text import spell


@pytest.mark.parametrize(
    "text",
    [
        *("2026-01-31", "2026-1-3", "2026-01-31T10:00:00Z", "2026-01-31 10:00:00", "12:30", "1:20:30.5"),
        *("yes", "No", "ON", "off", "y", "N", "true", "False", "null", "Null", "~", "NULL"),
        *("0o17", "017", "0x1F", "0b1", "1_000", "+1", "-1", "1e3", "1.5", ".5", "1.", ".inf", "-.Inf", ".nan"),
        *("=", "<<", "", " ", "- a", "a: b", "a #b", "[a]", "{a}", "!a", "&a", "*a", "|", ">", "%a", "@a", "`a"),
    ],
)
def test_text_that_could_be_something_else_is_quoted(text: str) -> None:
    spelled = spell(text)
    assert spelled[0] in "'\""
    assert yaml.safe_load(f"a: {spelled}") == {"a": text}


@pytest.mark.parametrize("text", ["Web site", "/Web/Pricing", "pricing-visit", "crm", "v1.2", "A-2026-01-31", "_1_000"])
def test_plain_text_is_written_as_it_is(text: str) -> None:
    assert spell(text) == text
    assert yaml.safe_load(f"a: {text}") == {"a": text}
