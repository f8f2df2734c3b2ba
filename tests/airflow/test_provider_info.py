"""What Airflow is told about the provider: it follows Airflow's schemas, names all there is, and nothing else."""

from __future__ import annotations

import importlib
import inspect
import json
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import airflow
import jsonschema
import pytest
from airflow.providers.common.compat.sdk import conf

import airflow_provider_aam
from airflow_provider_aam.compat import AIRFLOW_V_3_0_PLUS, BaseHook, BaseOperator
from airflow_provider_aam.compat.notifiers import BaseNotifier
from airflow_provider_aam.compat.triggers import BaseTrigger
from airflow_provider_aam.get_provider_info import get_provider_info

INFO = get_provider_info()
PACKAGE = Path(airflow_provider_aam.__file__).parent
SCHEMAS = Path(airflow.__path__[0])
ROOTS = {"hooks": BaseHook, "operators": BaseOperator, "sensors": BaseOperator, "triggers": BaseTrigger}

on_airflow_3 = pytest.mark.skipif(not AIRFLOW_V_3_0_PLUS, reason="the schema of Airflow 2.11 names few of the keys")


def test_info_follows_the_schema_that_airflow_checks_at_run_time():
    jsonschema.Draft7Validator(_schema("provider_info")).validate(INFO)


@on_airflow_3
def test_info_follows_the_schema_of_airflows_own_providers_part_by_part():
    """It refuses unknown keys, which the one for run time does not."""
    published = _schema("provider.yaml")
    known = INFO.keys() & published["properties"].keys()
    assert INFO.keys() - known == set()
    parts = {**published, "required": []}
    jsonschema.Draft7Validator(parts).validate(INFO)


@on_airflow_3
def test_every_key_is_one_that_airflow_reads():
    assert INFO.keys() - _schema("provider_info")["properties"].keys() == set()


def test_every_name_can_be_imported():
    names = [*_named(INFO)]
    assert len(names) > 20
    for key, name in names:
        if key == "python-modules":
            importlib.import_module(name)
        else:
            module, _, attribute = name.rpartition(".")
            assert callable(getattr(importlib.import_module(module), attribute)), name


@pytest.mark.parametrize("part", ROOTS)
def test_every_class_for_dags_is_in_a_module_that_is_named(part):
    named = [name for entry in INFO[part] for name in entry["python-modules"]]
    shown = {name: _classes(importlib.import_module(name), ROOTS[part]) for name in named}
    assert [name for name, classes in shown.items() if not classes] == []
    assert _defined(part, ROOTS[part]) == set.union(*shown.values())


def test_every_notifier_is_named():
    from airflow_provider_aam import notifications

    assert [*_defined("notifications", BaseNotifier)] == [notifications.AAMNotifier]
    assert INFO["notifications"] == ["airflow_provider_aam.notifications.AAMNotifier"]


@pytest.mark.parametrize("option", INFO["config"]["aam"]["options"])
def test_airflow_knows_the_defaults_of_the_options(option):
    from airflow.providers_manager import ProvidersManager

    ProvidersManager().initialize_providers_configuration()  # as every command does
    declared = INFO["config"]["aam"]["options"][option]["default"]
    assert conf.get("aam", option, fallback=None) == declared


def _schema(name: str) -> Any:
    return json.loads((SCHEMAS / f"{name}.schema.json").read_text())


def _named(info: Any, key: str = "") -> Iterator[tuple[str, str]]:
    """(key, dotted name) of everything in our package that the info names."""
    if isinstance(info, dict):
        for name, value in info.items():
            yield from _named(value, name)
    elif isinstance(info, list):
        for value in info:
            yield from _named(value, key)
    elif isinstance(info, str) and info.startswith("airflow_provider_aam."):
        yield key, info


def _defined(part: str, root: type) -> set[type]:
    """The public classes of a kind in all modules of a part; what they have in common is in `base`."""
    files = [file for file in (PACKAGE / part).rglob("*.py") if file.stem not in ("__init__", "base")]
    dotted = [".".join(file.relative_to(PACKAGE.parent).with_suffix("").parts) for file in files]
    return set().union(*(_classes(importlib.import_module(name), root) for name in dotted))


def _classes(module: ModuleType, root: type) -> set[type]:
    classes = [value for value in vars(module).values() if inspect.isclass(value) and issubclass(value, root)]
    ours = [each for each in classes if each.__name__.startswith("AAM") and not each.__module__.endswith(".base")]
    return {each for each in ours if each.__module__.startswith(f"{PACKAGE.name}.")}
