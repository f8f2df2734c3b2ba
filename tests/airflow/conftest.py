"""Real Airflow for tests, 3.3 and 2.11: a database, and DAGs that run in this process."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from airflow.providers.common.compat.sdk import DAG

from airflow_provider_aam.compat import AIRFLOW_V_3_0_PLUS

# Warnings that Airflow's own imports raise; ours stay errors.
_OF_AIRFLOW_3 = ("ignore:Using .httpx. with .starlette",)
_OF_AIRFLOW_2 = (
    "ignore:.* will be removed in Flask",
    "ignore:Deprecated API features detected",
    "ignore:The '__version__' attribute is deprecated",  # marshmallow's
    "ignore:Accessing jsonschema",
    "ignore:jsonschema",
    "ignore:in a future version of UPath",  # of ObjectStoragePath's own joining
    "ignore:Timer and timing metrics",
)


def pytest_configure(config: pytest.Config) -> None:
    for warning in _OF_AIRFLOW_3 if AIRFLOW_V_3_0_PLUS else _OF_AIRFLOW_2:
        config.addinivalue_line("filterwarnings", warning)


@pytest.fixture(scope="session")
def _one_api_server() -> Iterator[None]:
    """Airflow 3 builds an API server for each ``dag.test()``, which takes five seconds.

    That server replaces dependencies of its routes, which makes FastAPI read the signatures behind them again for
    every request.
    """
    if not AIRFLOW_V_3_0_PLUS:
        yield
        return
    from airflow.sdk.execution_time import supervisor
    from fastapi.dependencies import utils

    server, dependant = supervisor.in_process_api_server, utils.get_dependant
    read_before: dict[str, Any] = {}

    def read_once(**asked: Any) -> Any:
        key = repr(sorted(asked.items()))
        if key not in read_before:
            read_before[key] = dependant(**asked)
        return read_before[key]

    supervisor.in_process_api_server = functools.lru_cache(1)(server)
    utils.get_dependant = read_once
    yield
    supervisor.in_process_api_server, utils.get_dependant = server, dependant


@pytest.fixture
def run_dag(airflow_db: None, _one_api_server: None) -> Callable[..., Any]:
    """Runs a DAG to its end in this process and returns its DagRun."""
    return _run_on_3 if AIRFLOW_V_3_0_PLUS else lambda dag, **options: dag.test(**options)


def _run_on_3(dag: Any, **options: Any) -> Any:
    from airflow.dag_processing.dagbag import DagBag, sync_bag_to_db
    from airflow.models.dagbundle import DagBundleModel
    from airflow.utils.session import create_session

    with create_session() as session:
        if not session.get(DagBundleModel, "testing"):
            session.add(DagBundleModel(name="testing"))
    dag.fileloc = __file__
    bag = DagBag(dag_folder=os.devnull)
    bag.bag_dag(dag)
    sync_bag_to_db(bag, "testing", None)
    return dag.test(**options)


@pytest.fixture
def run(request, run_dag) -> Callable[..., Any]:
    """Runs the tasks that ``build`` makes, in a DAG of their own; returns the DagRun."""

    def run_tasks(build: Callable[[], Any], **options: Any) -> Any:
        dag_id = f"{request.node.path.stem}_{request.node.name}".translate({ord(sign): "_" for sign in "[]- "})
        with DAG(dag_id, schedule=None, start_date=datetime(2026, 1, 1, tzinfo=UTC)) as dag:
            build()
        if not AIRFLOW_V_3_0_PLUS:
            dag.sync_to_db()  # else its assets are not known
        return run_dag(dag, **options)

    return run_tasks
