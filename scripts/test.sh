#!/usr/bin/env bash
# All tests on Airflow 3.3. With COVERAGE=1 also the coverage gate on the parts that decide what is read
# and written; tracing makes the tests take half as long again.
set -euo pipefail
venv=$1
run=("$venv/bin/python" -m pytest --numprocesses 3 --dist loadfile)
if [ -z "${COVERAGE:-}" ]; then
  exec "${run[@]}" "${@:2}"
fi
"${run[@]}" --cov --cov-report= "${@:2}"
"$venv/bin/coverage" report --fail-under 98 \
  --include 'airflow_provider_aam/api/*,airflow_provider_aam/files/*,airflow_provider_aam/pull/*,airflow_provider_aam/reports/*,airflow_provider_aam/account/*,airflow_provider_aam/catalog/*,airflow_provider_aam/members/*,airflow_provider_aam/feeds/*'
