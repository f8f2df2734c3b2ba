"""Runs tasks as a worker does, in a process of its own and with log files: ``python real_task.py FILE DAG TASK…``.

``dag.test()`` prints into the terminal and masks nothing on the way. Expects AIRFLOW__CORE__DAGS_FOLDER to be FILE's.
"""

from __future__ import annotations

import functools
import subprocess
import sys
from pathlib import Path
from typing import Any

RUN_ID = "manual__real"


def main(dag_file: Path, dag_id: str, *task_ids: str) -> None:
    from airflow.utils.db import initdb

    from airflow_provider_aam.compat import AIRFLOW_V_3_0_PLUS

    initdb()
    (create_run_on_3 if AIRFLOW_V_3_0_PLUS else create_run_on_2)(dag_file, dag_id)
    for task_id in task_ids:
        (run_on_3 if AIRFLOW_V_3_0_PLUS else run_on_2)(dag_file, dag_id, task_id)


def create_run_on_3(dag_file: Path, dag_id: str) -> None:
    from airflow._shared.timezones import timezone
    from airflow.dag_processing.bundles.manager import DagBundlesManager
    from airflow.dag_processing.dagbag import DagBag, sync_bag_to_db
    from airflow.models.dagrun import get_or_create_dagrun
    from airflow.models.serialized_dag import SerializedDagModel
    from airflow.utils.session import create_session
    from airflow.utils.types import DagRunTriggeredByType

    with create_session() as session:
        DagBundlesManager().sync_bundles_to_db(session=session)
        session.commit()
        bag = DagBag(dag_folder=dag_file, bundle_path=dag_file.parent, bundle_name="dags-folder")
        sync_bag_to_db(bag, "dags-folder", None, session=session)
        now = timezone.utcnow()
        get_or_create_dagrun(
            dag=SerializedDagModel.get_dag(dag_id, session=session),
            start_date=now,
            logical_date=now,
            data_interval=None,
            run_after=now,
            run_id=RUN_ID,
            conf=None,
            triggered_by=DagRunTriggeredByType.TEST,
            triggering_user_name="test",
            session=session,
        )


def run_on_3(dag_file: Path, dag_id: str, task_id: str) -> None:
    from airflow.executors.workloads import ExecuteTask
    from airflow.executors.workloads.base import BundleInfo
    from airflow.models import TaskInstance
    from airflow.sdk.execution_time.supervisor import supervise_task
    from airflow.utils.session import create_session

    with create_session() as session:
        ti: Any = session.query(TaskInstance).filter_by(dag_id=dag_id, task_id=task_id, run_id=RUN_ID).one()
        ti.state, ti.try_number = "queued", 1
        session.commit()
        bundle = BundleInfo(name="dags-folder", version=None)
        work = ExecuteTask.make(ti, dag_rel_path=Path(dag_file.name), bundle_info=bundle)
    supervise_task(
        ti=work.ti,
        bundle_info=bundle,
        dag_rel_path=work.dag_rel_path,
        token="",
        client=_api_client(),
        log_path=work.log_path,
    )


@functools.cache
def _api_client() -> Any:
    """Airflow's API server in this process; building one takes seconds."""
    from airflow.sdk.execution_time.supervisor import InProcessTestSupervisor

    return InProcessTestSupervisor._api_client()


def create_run_on_2(dag_file: Path, dag_id: str) -> None:
    for command in (
        ["dags", "reserialize", "--subdir", str(dag_file)],
        ["dags", "trigger", dag_id, "--run-id", RUN_ID],
    ):
        subprocess.run([sys.executable, "-m", "airflow", *command], check=True)


def run_on_2(dag_file: Path, dag_id: str, task_id: str) -> None:
    run = ["tasks", "run", dag_id, task_id, RUN_ID, "--local", "--subdir", str(dag_file)]
    subprocess.run([sys.executable, "-m", "airflow", *run], check=False)


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:])
