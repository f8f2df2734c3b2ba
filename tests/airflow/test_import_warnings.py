"""No module of the package raises a deprecation warning when it is imported, on the Airflow that runs this."""

from __future__ import annotations

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

PACKAGE = Path(__file__).parents[2] / "airflow_provider_aam"
OF_OPENLINEAGE = {"facets.py", "lineage.py"}
"""Only its provider imports them: `make test-lineage` has it, and runs this as well."""
OF_FLASK = {"widgets.py"}
"""The form of Airflow 2.11: flask-appbuilder, which warns of itself, comes with it alone."""

# Airflow loads itself first, as it does wherever a DAG is parsed: its own warnings are not ours.
AS_ERRORS = """
import importlib, warnings
warnings.simplefilter("ignore")
import airflow.providers.common.compat.sdk as sdk
for name in ("BaseOperator", "BaseHook", "BaseSensorOperator", "DAG", "ObjectStoragePath", "AirflowFailException"):
    getattr(sdk, name)
import airflow.triggers.base
for kind in (DeprecationWarning, PendingDeprecationWarning, FutureWarning):
    warnings.simplefilter("error", kind)
for name in {names!r}:
    importlib.import_module(name)
warnings.simplefilter("ignore")  # Airflow 2.11 loads Flask while it leaves
"""


def test_no_module_raises_a_deprecation_warning():
    left_out = OF_FLASK if find_spec("airflow.providers.openlineage") else OF_FLASK | OF_OPENLINEAGE
    files = [file for file in PACKAGE.rglob("*.py") if file.name not in left_out]
    parts = [file.relative_to(PACKAGE.parent).with_suffix("").parts for file in files]
    names = sorted(".".join(part).removesuffix(".__init__") for part in parts)
    code = AS_ERRORS.format(names=names)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "airflow_provider_aam.hooks.aam" in names
