"""Milliseconds that importing a module adds to `airflow.sdk`."""

import importlib
import json
import sys
import time

module = json.loads(sys.argv[1])["module"]
from airflow.sdk import DAG, BaseHook, BaseOperator, BaseSensorOperator  # noqa: E402, F401

before = len(sys.modules)
started = time.perf_counter()
importlib.import_module(module)
seconds = time.perf_counter() - started
print(json.dumps({"seconds": seconds, "peak_mib": 0.0, "count": len(sys.modules) - before}))
