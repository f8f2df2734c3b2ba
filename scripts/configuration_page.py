"""docs/configuration.md, made of what Airflow learns of the options."""

from __future__ import annotations

from airflow_provider_aam.get_provider_info import get_provider_info

_HEAD = """\
<!-- Made by `make docs`. -->

# Configuration

Options of `airflow.cfg`; each is also an environment variable, `AIRFLOW__AAM__…`. All have a default.
"""


def render() -> str:
    parts = [_HEAD]
    for section, settings in get_provider_info()["config"].items():
        for name, option in settings["options"].items():
            example = f"```ini\n[{section}]\n{name} = {option['example']}\n```\n"
            parts.append(f"## `[{section}] {name}`\n\n{option['description']}\n\n{example}")
    return "\n".join(parts)
