"""Seconds that importing a module adds where others are loaded."""

import importlib
import json
import sys
import time

given = json.loads(sys.argv[1])
from airflow.sdk import DAG, BaseHook, BaseOperator, BaseSensorOperator  # noqa: E402, F401

for name in given["after"]:
    importlib.import_module(name)
before = len(sys.modules)
started = time.perf_counter()
importlib.import_module(given["module"])
seconds = time.perf_counter() - started
print(json.dumps({"seconds": seconds, "peak_mib": 0.0, "count": len(sys.modules) - before}))
