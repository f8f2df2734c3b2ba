"""`.airflow-registry.yaml`: what the provider offers, for registries of providers; from its info and docstrings."""

from __future__ import annotations

import importlib
import inspect
import re

import yaml

from airflow_provider_aam.get_provider_info import get_provider_info

HEAD = """\
# What this provider offers, for registries of Airflow providers. Written by `make docs`.
#
# Not verified with Airflow: the format could not be found in its documentation. The keys are those of the one such
# file that was found in use, that of astronomer-cosmos, where `operators` and `other` are the lists; `docs-url`,
# `source-url` and `logo` follow when there are addresses for them (CONTRIBUTING.md).

"""


def render() -> str:
    info = get_provider_info()
    hooks, operators, sensors, triggers = (_offered(part) for part in ("hooks", "operators", "sensors", "triggers"))
    watchers = [path for path in triggers if path.endswith("Watcher")]
    content = {
        "package-name": info["package-name"],
        "display-name": info["name"],
        "description": info["description"],
        "operators": [_entry(path) for path in operators],
        "other": [_entry(path) for path in (*hooks, *sensors, *watchers, *info["notifications"])],
    }
    return HEAD + yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=1000)


def _offered(part: str) -> list[str]:
    """The classes that are defined in or below the modules that Airflow is told of."""
    return [
        f"{module}.{name}"
        for entry in get_provider_info()[part]
        for module in entry["python-modules"]
        for name, kind in inspect.getmembers(importlib.import_module(module), inspect.isclass)
        if name.startswith("AAM") and f"{kind.__module__}.".startswith(f"{module}.")
    ]


def _entry(path: str) -> dict[str, str]:
    module, _, name = path.rpartition(".")
    text = inspect.getdoc(getattr(importlib.import_module(module), name)) or ""
    first = " ".join(text.partition("\n\n")[0].split())
    plain = re.sub(r":\w+:`([^`]+)`|``([^`]+)``|\*([^*]+)\*", lambda found: next(filter(None, found.groups())), first)
    return {"module": path, "description": re.match(r".*?\.(?=\s|$)", plain).group()}
