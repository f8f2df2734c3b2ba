#!/usr/bin/env bash
# Regenerates every pinned set from setup.cfg and the .in files: exact versions, hashes, no host and no path.
set -euo pipefail
uv=$1
compile() { "$uv" pip compile "$@" --upgrade --python-version 3.11 --universal --generate-hashes --no-header --no-annotate --quiet; }
compile setup.cfg constraints/airflow-3.3.in --extra dev --output-file constraints/airflow-3.3.txt
compile setup.cfg constraints/airflow-2.11.in --extra dev --output-file constraints/airflow-2.11.txt
compile setup.cfg constraints/airflow-3.3-s3.in --extra dev --extra s3 --output-file constraints/airflow-3.3-s3.txt
compile constraints/mutants.in --constraint constraints/airflow-3.3.txt --output-file constraints/mutants.txt
compile constraints/fuzz.in --constraint constraints/airflow-3.3.txt --output-file constraints/fuzz.txt
compile constraints/celery.in --constraint constraints/airflow-3.3.txt --output-file constraints/celery.txt
compile constraints/sql.in --constraint constraints/airflow-3.3.txt --output-file constraints/sql.txt
compile constraints/ui.in --constraint constraints/airflow-3.3.txt --output-file constraints/ui.txt
compile constraints/lineage.in --constraint constraints/airflow-3.3.txt --output-file constraints/lineage.txt
compile constraints/dist.in --constraint constraints/airflow-3.3.txt --output-file constraints/dist.txt
compile constraints/docs.in --constraint constraints/airflow-3.3.txt --output-file constraints/docs.txt
compile constraints/peers.in --output-file constraints/peers.txt
compile constraints/bootstrap.in --constraint constraints/airflow-3.3.txt --output-file constraints/bootstrap.txt
