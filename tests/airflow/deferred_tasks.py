"""Runs the tasks of a DAG as workers do, while a triggerer wakes them: ``python deferred_tasks.py FILE DAG``.

For each line ``run`` on stdin it runs every task that is new or was woken; it prints ``{task: state}`` of all as JSON,
for a line ``links`` instead ``{task: address}`` of the buttons to files.
Expects AIRFLOW__CORE__DAGS_FOLDER to be FILE's.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from real_task import RUN_ID, create_run_on_2, create_run_on_3, run_on_3


def main(dag_file: Path, dag_id: str) -> None:
    from airflow.utils.db import initdb

    from airflow_provider_aam.compat import AIRFLOW_V_3_0_PLUS

    initdb()
    (create_run_on_3 if AIRFLOW_V_3_0_PLUS else create_run_on_2)(dag_file, dag_id)
    run = run_on_3 if AIRFLOW_V_3_0_PLUS else _run_on_2
    for line in sys.stdin:
        for task_id, state in states(dag_id).items():
            if line == "run\n" and state in (None, "scheduled"):
                run(dag_file, dag_id, task_id)
        found = links(dag_id) if line == "links\n" else states(dag_id)
        print(f"states: {json.dumps(found)}", flush=True)


def states(dag_id: str) -> dict[str, str | None]:
    from airflow.models import TaskInstance
    from airflow.utils.session import create_session

    with create_session() as session:
        rows = session.query(TaskInstance.task_id, TaskInstance.state).filter_by(dag_id=dag_id, run_id=RUN_ID).all()
    return {task_id: state and str(getattr(state, "value", state)) for task_id, state in rows}


def links(dag_id: str) -> dict[str, str]:
    """As Airflow's server reads them."""
    from airflow.models import TaskInstance
    from airflow.models.serialized_dag import SerializedDagModel
    from airflow.utils.session import create_session

    with create_session() as session:
        dag: Any = SerializedDagModel.get_dag(dag_id, session=session)
        rows = session.query(TaskInstance).filter_by(dag_id=dag_id, run_id=RUN_ID).all()
        return {ti.task_id: dag.get_task(ti.task_id).get_extra_links(ti, "File") for ti in rows}


def _run_on_2(dag_file: Path, dag_id: str, task_id: str) -> None:
    from airflow.models import DagBag, TaskInstance
    from airflow.utils.session import create_session

    with create_session() as session:
        ti = session.query(TaskInstance).filter_by(dag_id=dag_id, task_id=task_id, run_id=RUN_ID).one()
        ti.state = "queued"
        session.commit()
        ti.task = DagBag(dag_folder=str(dag_file)).dags[dag_id].get_task(task_id)
        try:
            ti.run(ignore_all_deps=True, session=session)
        except Exception as failed:  # noqa: BLE001  its state is what counts
            print(f"{task_id} failed: {failed}", file=sys.stderr)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
