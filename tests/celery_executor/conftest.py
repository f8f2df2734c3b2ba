"""Airflow as it runs on many machines, on this one. `make test-celery` runs these tests; other runs skip them."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "demo"))  # local_airflow
