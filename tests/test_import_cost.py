"""What importing costs others: DAG files load no heavy library, and the client needs no Airflow."""

from __future__ import annotations

import functools
import json
import subprocess
import sys
from pathlib import Path

PACKAGE = Path(__file__).parents[1] / "airflow_provider_aam"
HOOK = "airflow_provider_aam.hooks.aam"
HEAVY = ("pandas", "pyarrow", "fastapi", "duckdb", "aiohttp", "jwt", "cryptography", "lark", "rich")

WITHOUT_AIRFLOW = """
import sys

class NoAirflow:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] == "airflow":
            raise ModuleNotFoundError("No module named 'airflow'", name=name)

sys.meta_path.insert(0, NoAirflow())
"""


def _modules(*parts: str) -> list[str]:
    files = [file for part in parts for file in (PACKAGE / part).rglob("*.py")]
    names = [".".join(file.relative_to(PACKAGE.parent).with_suffix("").parts) for file in files]
    return sorted(name.removesuffix(".__init__") for name in names)


ONE_BY_ONE = """
import importlib, json, sys
from airflow.sdk import DAG, BaseHook, BaseOperator, ObjectStoragePath

loaded = {}
for module in json.load(sys.stdin):
    before = set(sys.modules)
    importlib.import_module(module)
    loaded[module] = sorted(set(sys.modules) - before)
print(json.dumps(loaded))
"""


def test_importing_what_dags_import_loads_nothing_heavy():
    heavy = {module: {name.split(".")[0] for name in names} & set(HEAVY) for module, names in _loaded().items()}
    assert {module: names for module, names in heavy.items() if names} == {}


def test_importing_operators_loads_none_of_the_jobs():
    jobs = ("catalog", "pull", "reports", "files", "hooks.aam", "api.client", "api.session", "api.moments")
    started = tuple(f"airflow_provider_aam.{job}" for job in jobs)
    of_jobs = {
        module: [name for name in names if name.startswith(started)]
        for module, names in _loaded().items()
        if module != HOOK
    }
    assert {module: names for module, names in of_jobs.items() if names} == {}


@functools.cache
def _loaded() -> dict[str, list[str]]:
    """What each module of tasks is the first to load, and in the end the hook."""
    modules = [*_modules("operators", "sensors", "triggers"), HOOK]
    found: dict[str, list[str]] = json.loads(_run(ONE_BY_ONE, given=json.dumps(modules)))
    assert set(found) == set(modules)
    return found


def test_plugin_loads_nothing_that_the_api_server_alone_needs():
    loaded = _run(
        "import json, sys\n"
        "import airflow.plugins_manager\n"  # what loads it
        "from airflow.providers.common.compat.sdk import AirflowPlugin\n"
        "before = set(sys.modules)\n"
        "import airflow_provider_aam.ui.plugin as module\n"
        "plugin = module.AudienceManagerPlugin()\n"
        "print(json.dumps(sorted(set(sys.modules) - before - {'airflow.providers.common.compat.version_compat'})))"
    )
    assert [name for name in json.loads(loaded) if not name.startswith("airflow_provider_aam")] == []
    ours = {"airflow_provider_aam", "airflow_provider_aam.ui", "airflow_provider_aam.ui.plugin"}
    assert set(json.loads(loaded)) <= ours


def test_provider_info_loads_no_library():
    loaded = _run(
        "import json, sys\n"
        "before = set(sys.modules)\n"
        "import airflow_provider_aam.get_provider_info\n"
        "print(json.dumps(sorted({name.split('.')[0] for name in set(sys.modules) - before})))"
    )
    assert set(json.loads(loaded)) - set(sys.stdlib_module_names) == {"airflow_provider_aam"}


def test_inner_parts_import_without_airflow():
    parts = ("api", "files", "pull", "catalog", "members", "feeds", "reports", "emulator")
    imports = "".join(f"import {module}\n" for module in _modules(*parts) if not module.endswith("pytest_plugin"))
    _run(f"{WITHOUT_AIRFLOW}{imports}assert not [name for name in sys.modules if name.split('.')[0] == 'airflow']")


def test_client_works_without_airflow(emulator):
    emulator.seed(segments=2)
    code = (
        "import json\n"
        "from airflow_provider_aam.api import AAMClient, AAMConfig\n"
        "given = json.load(sys.stdin)\n"
        "del given['conn_type'], given['port']\n"
        "with AAMClient.from_config(AAMConfig.from_connection(**given)) as client:\n"
        "    print(len(list(client.segments.list())))\n"
    )
    assert _run(WITHOUT_AIRFLOW + code, given=emulator.connection_json("jwt")).strip() == "2"


def _run(code: str, *, given: str = "") -> str:
    done = subprocess.run([sys.executable, "-c", code], input=given, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()[-1] if done.stdout else ""
