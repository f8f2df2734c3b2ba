"""Makes the database of an Airflow with a run whose tasks are deferred: ``defer_tasks.py {"triggers": …, "lag": …}``.

``triggers`` is ``ours`` or ``datetime``, ``sids`` are the segments that ours wait for, ``lag`` is LoopLag's file.
"""

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from loop_lag import LoopLag
from report import options

TESTS = Path(__file__).parents[2] / "tests/airflow"


def triggers(given):
    moment = datetime.now(UTC) + timedelta(days=1)
    if given["triggers"] == "datetime":
        from airflow.providers.standard.triggers.temporal import DateTimeTrigger

        return [DateTimeTrigger(moment) for _ in given["sids"]]
    from airflow_provider_aam.reports.goal import Goal
    from airflow_provider_aam.triggers.population import AAMPopulationTrigger

    return [
        AAMPopulationTrigger(
            goal=Goal.parse(kind="segments", sid=sid, at_least=given["at_least"]).as_json(),
            deadline=moment.isoformat(),
            aam_conn_id="aam_default",
            poll_interval=given["poll_interval"],
        )
        for sid in given["sids"]
    ]


def main(given):
    from airflow.models import TaskInstance
    from airflow.models.trigger import Trigger
    from airflow.utils.db import initdb
    from airflow.utils.session import create_session
    from real_task import create_run_on_3

    initdb()
    create_run_on_3(Path(given["dag"]), "waiting")
    with create_session() as session:
        rows = session.query(TaskInstance).filter_by(dag_id="waiting").order_by(TaskInstance.map_index).all()
        for row, trigger in zip(rows, [LoopLag(given["lag"]), *triggers(given)], strict=True):
            row.trigger = Trigger.from_object(trigger)
            row.state, row.try_number, row.next_method, row.next_kwargs = "deferred", 1, "execute_complete", {}
            row.start_date = datetime.now(UTC)


sys.path.insert(0, str(TESTS))
main(options())
