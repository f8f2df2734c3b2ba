#!/usr/bin/env bash
# All tests on Airflow 3.3, then the coverage gate on the parts that decide what is read and written.
set -euo pipefail
venv=$1
"$venv/bin/python" -m pytest --numprocesses 2 --dist loadfile --cov --cov-report= "${@:2}"
"$venv/bin/coverage" report --fail-under 98 \
  --include 'airflow_provider_aam/api/*,airflow_provider_aam/files/*,airflow_provider_aam/pull/*,airflow_provider_aam/reports/*,airflow_provider_aam/account/*,airflow_provider_aam/catalog/*'
