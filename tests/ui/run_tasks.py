"""Runs tasks of a DAG in the Airflow of a server: ``python run_tasks.py FILE DAG TASK…``."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "airflow"))
from real_task import create_run_on_3, run_on_3


def main(dag_file: Path, dag_id: str, *task_ids: str) -> None:
    create_run_on_3(dag_file, dag_id)
    for task_id in task_ids:
        run_on_3(dag_file, dag_id, task_id)


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:])
