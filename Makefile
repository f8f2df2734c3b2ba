# Every command a user or CI needs. `make` alone lists them.
SHELL := /bin/bash
.DEFAULT_GOAL := help

# The oldest supported Python wins when several are installed, so that everybody runs what CI runs.
PYTHON ?= $(shell for p in python3.11 python3 python3.12; do $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)

VENV := .venv
VENV_211 := .venv-211
VENV_S3 := .venv-s3
VENV_PEERS := .venv-peers
VENV_MUTANTS := .venv-mutants
VENV_FUZZ := .venv-fuzz
VENV_CELERY := .venv-celery
VENV_SQL := .venv-sql
VENV_UI := .venv-ui
VENV_LINEAGE := .venv-lineage
VENV_DIST := .venv-dist
VENV_DOCS := .venv-docs
UV := $(VENV)/bin/uv
# Stamps are touched after an install: uv keeps the times that files have in their wheels, which may be older than any pin.
UV_READY := $(VENV)/uv-ready
# A half-written bytecode cache makes every Airflow command slow; the environment decides nothing here.
unexport PYTHONDONTWRITEBYTECODE
export PYTHONHASHSEED ?= 0
# Sessions of pytest that run at the same time stumble over each other when they tidy up one folder.
WITH_ITS_FOLDER = folder="$${TMPDIR:-/tmp}/aam-$$UID-$@" && mkdir -p "$$folder" && PYTEST_DEBUG_TEMPROOT="$$folder"

.PHONY: help setup demo ui ui-build test test-211 test-slow test-slow-211 test-s3 test-sql test-celery test-lineage test-ui lint types bench mutants fuzz docs dist test-dist constraints clean

help: ## list the commands
	@grep -E '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-13s %s\n", $$1, $$2}'

setup: $(VENV)/installed ## create .venv with Airflow 3.3, the package and its tools

demo: $(VENV)/installed ## run the DAGs in a real Airflow 3.3 against the emulator, an approval included
	$(VENV)/bin/python demo/run.py

ui: $(VENV)/installed ## start Airflow with the emulator and the Connection in place; prints address and password
	$(VENV)/bin/python demo/ui.py

ui-build: ui/node_modules ## build the page Browse > Audience Manager; needs node and npm
	cd ui && npm run --silent build

ui/node_modules: ui/package-lock.json
	cd ui && npm ci --no-audit --no-fund
	@touch $@

test: $(VENV)/installed $(VENV_PEERS)/installed ## run the tests on Airflow 3.3; COVERAGE=1 checks coverage as well
	$(WITH_ITS_FOLDER) scripts/test.sh $(VENV)

test-211: $(VENV_211)/installed ## run the Airflow-facing tests on Airflow 2.11
	$(WITH_ITS_FOLDER) $(VENV_211)/bin/python -m pytest --numprocesses 2 --dist loadfile tests/airflow

test-slow: $(VENV)/installed ## run the tests that start an Airflow or kill processes
	$(WITH_ITS_FOLDER) $(VENV)/bin/python -m pytest -m slow --numprocesses 3 --dist loadfile

test-slow-211: $(VENV_211)/installed ## run those of them that face Airflow on Airflow 2.11
	$(WITH_ITS_FOLDER) $(VENV_211)/bin/python -m pytest -m slow --numprocesses 3 --dist loadfile tests/airflow

test-s3: $(VENV_S3)/installed ## run the tests on s3:// against a server that plays S3, in .venv-s3 with Airflow's Amazon provider
	$(WITH_ITS_FOLDER) $(VENV_S3)/bin/python -m pytest --numprocesses 2 --dist load tests/s3

test-sql: $(VENV_SQL)/installed ## tables and ledgers in PostgreSQL with both of its drivers, and in MariaDB; needs postgresql and mariadb-server-core of the distribution
	$(VENV_SQL)/bin/python -m pytest -m "slow or not slow" tests/tables

test-celery: $(VENV_CELERY)/installed ## mapped tasks on a CeleryExecutor; needs redis-server and postgresql of the distribution
	$(VENV_CELERY)/bin/python -m pytest -s tests/celery_executor

test-ui: $(VENV_UI)/installed $(VENV_211)/installed ## the page and the Connection form in real Airflows, in /usr/bin/chromium or CHROMIUM=…; SHOTS=docs/images takes its pictures again
	$(VENV_UI)/bin/python -m pytest tests/ui

test-lineage: $(VENV_LINEAGE)/installed ## what OpenLineage is told of our tasks, in .venv-lineage with Airflow's OpenLineage provider
	$(VENV_LINEAGE)/bin/python -m pytest tests/airflow/test_lineage.py tests/airflow/test_import_warnings.py

lint: $(VENV)/installed ## ruff: rules and formatting
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .

types: $(VENV)/installed ## mypy, strict
	$(VENV)/bin/mypy

bench: $(VENV)/installed $(VENV_PEERS)/installed $(VENV_SQL)/installed ## measure, print, and write benchmarks/RESULTS.md; ONLY=pull measures one part again
	$(VENV)/bin/python -m benchmarks $(if $(ONLY),--only $(ONLY))

mutants: $(VENV_MUTANTS)/installed ## change the code at random, see which changes no test notices: SAMPLE=300 SEED=1
	$(VENV_MUTANTS)/bin/python scripts/mutants.py --sample $(or $(SAMPLE),300) --seed $(or $(SEED),1) --match $(or $(MATCH),"")

fuzz: $(VENV_FUZZ)/installed ## feed broken input to all that reads files, rules and answers, look for crashes: MINUTES=60
	$(VENV_FUZZ)/bin/python scripts/fuzz.py --minutes $(or $(MINUTES),60)

docs: $(VENV)/installed $(VENV_DOCS)/installed ## regenerate generated pages and schemas; build the site into build/docs, warnings and dead links fatal
	$(VENV)/bin/python scripts/docs.py
	rm -rf build/docs
	AIRFLOW_HOME=$(CURDIR)/build/airflow $(VENV_DOCS)/bin/python -m sphinx --builder html --conf-dir scripts/site --doctree-dir build/doctrees --fresh-env --fail-on-warning --keep-going --nitpicky --quiet docs build/docs
	$(VENV_DOCS)/bin/python scripts/site/check.py build/docs

dist: $(VENV_DIST)/installed ## build the wheel, the sdist and the SBOM in dist/, and check them
	$(VENV_DIST)/bin/python scripts/dist.py $(UV)

test-dist: dist $(VENV)/installed ## install the wheel of dist/ in empty environments of both Airflow versions, and use it
	AAM_WHEEL=$$(echo dist/*.whl) $(VENV)/bin/python -m pytest --numprocesses 2 --dist loadgroup tests/published

constraints: $(UV_READY) ## regenerate the pinned sets from setup.cfg
	scripts/constraints.sh $(UV)

clean: ## remove environments, caches and results of runs
	rm -rf $(VENV) $(VENV_211) $(VENV_S3) $(VENV_PEERS) $(VENV_MUTANTS) $(VENV_FUZZ) $(VENV_CELERY) $(VENV_SQL) $(VENV_LINEAGE) $(VENV_UI) $(VENV_DIST) $(VENV_DOCS) .mutants .fuzz .demo .ui .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage* build dist *.egg-info

$(UV_READY): constraints/bootstrap.txt
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed and none was found; name one with: make PYTHON=/path/to/python3.11"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(VENV)/bin/python -m pip install --quiet --require-hashes --requirement constraints/bootstrap.txt
	@touch $@

# The egg-info that an editable install leaves beside the package would register the provider twice.
define install_package
	$(UV) pip install --quiet --python $(1)/bin/python --no-deps --no-build-isolation --editable .
	rm -rf *.egg-info build
	@touch $(1)/installed
endef

$(VENV)/installed: $(UV_READY) constraints/airflow-3.3.txt setup.cfg
	$(UV) pip install --quiet --python $(VENV)/bin/python --require-hashes --requirement constraints/airflow-3.3.txt
	$(call install_package,$(VENV))

$(VENV_211)/installed: $(UV_READY) constraints/airflow-2.11.txt setup.cfg
	$(UV) venv --quiet --allow-existing --python $(VENV)/bin/python $(VENV_211)
	$(UV) pip install --quiet --python $(VENV_211)/bin/python --require-hashes --requirement constraints/airflow-2.11.txt
	$(call install_package,$(VENV_211))

$(VENV_S3)/installed: $(UV_READY) constraints/airflow-3.3-s3.txt setup.cfg
	$(UV) venv --quiet --allow-existing --python $(VENV)/bin/python $(VENV_S3)
	$(UV) pip install --quiet --python $(VENV_S3)/bin/python --require-hashes --requirement constraints/airflow-3.3-s3.txt
	$(call install_package,$(VENV_S3))

$(VENV_MUTANTS)/installed: $(UV_READY) constraints/airflow-3.3.txt constraints/mutants.txt setup.cfg
	$(UV) venv --quiet --allow-existing --python $(VENV)/bin/python $(VENV_MUTANTS)
	$(UV) pip install --quiet --python $(VENV_MUTANTS)/bin/python --require-hashes --requirement constraints/airflow-3.3.txt --requirement constraints/mutants.txt
	$(call install_package,$(VENV_MUTANTS))

$(VENV_FUZZ)/installed: $(UV_READY) constraints/airflow-3.3.txt constraints/fuzz.txt setup.cfg
	$(UV) venv --quiet --allow-existing --python $(VENV)/bin/python $(VENV_FUZZ)
	$(UV) pip install --quiet --python $(VENV_FUZZ)/bin/python --require-hashes --requirement constraints/airflow-3.3.txt --requirement constraints/fuzz.txt
	$(call install_package,$(VENV_FUZZ))

$(VENV_CELERY)/installed: $(UV_READY) constraints/airflow-3.3.txt constraints/celery.txt setup.cfg
	$(UV) venv --quiet --allow-existing --python $(VENV)/bin/python $(VENV_CELERY)
	$(UV) pip install --quiet --python $(VENV_CELERY)/bin/python --require-hashes --requirement constraints/airflow-3.3.txt --requirement constraints/celery.txt
	$(call install_package,$(VENV_CELERY))

$(VENV_SQL)/installed: $(UV_READY) constraints/airflow-3.3.txt constraints/sql.txt setup.cfg
	$(UV) venv --quiet --allow-existing --python $(VENV)/bin/python $(VENV_SQL)
	$(UV) pip install --quiet --python $(VENV_SQL)/bin/python --require-hashes --requirement constraints/airflow-3.3.txt --requirement constraints/sql.txt
	$(call install_package,$(VENV_SQL))

$(VENV_UI)/installed: $(UV_READY) constraints/airflow-3.3.txt constraints/ui.txt setup.cfg
	$(UV) venv --quiet --allow-existing --python $(VENV)/bin/python $(VENV_UI)
	$(UV) pip install --quiet --python $(VENV_UI)/bin/python --require-hashes --requirement constraints/airflow-3.3.txt --requirement constraints/ui.txt
	$(call install_package,$(VENV_UI))

$(VENV_LINEAGE)/installed: $(UV_READY) constraints/airflow-3.3.txt constraints/lineage.txt setup.cfg
	$(UV) venv --quiet --allow-existing --python $(VENV)/bin/python $(VENV_LINEAGE)
	$(UV) pip install --quiet --python $(VENV_LINEAGE)/bin/python --require-hashes --requirement constraints/airflow-3.3.txt --requirement constraints/lineage.txt
	$(call install_package,$(VENV_LINEAGE))

$(VENV_DOCS)/installed: $(UV_READY) constraints/airflow-3.3.txt constraints/docs.txt setup.cfg
	$(UV) venv --quiet --allow-existing --python $(VENV)/bin/python $(VENV_DOCS)
	$(UV) pip install --quiet --python $(VENV_DOCS)/bin/python --require-hashes --requirement constraints/airflow-3.3.txt --requirement constraints/docs.txt
	$(call install_package,$(VENV_DOCS))

$(VENV_PEERS)/installed: $(UV_READY) constraints/peers.txt
	$(UV) venv --quiet --allow-existing --python $(VENV)/bin/python $(VENV_PEERS)
	$(UV) pip install --quiet --python $(VENV_PEERS)/bin/python --require-hashes --requirement constraints/peers.txt
	@touch $@

$(VENV_DIST)/installed: $(UV_READY) constraints/dist.txt
	$(UV) venv --quiet --allow-existing --python $(VENV)/bin/python $(VENV_DIST)
	$(UV) pip install --quiet --python $(VENV_DIST)/bin/python --require-hashes --requirement constraints/dist.txt
	@touch $@
