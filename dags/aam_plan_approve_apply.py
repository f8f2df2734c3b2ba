"""Every day: plan what brings AAM in line with the catalog; apply exactly that plan once someone approves it.

The catalog is the folder `catalog` next to this file. Without changes no one is asked. The approver reads the plan's
summary under *Required Actions*; the whole plan is a file. A rejection, or no answer within 20 hours, ends the run
without a change.

Airflow 2 has no human-in-the-loop operator: there the plan is applied at once, within the guardrails of its first
task.
"""

from datetime import timedelta
from pathlib import Path

import pendulum

# On Airflow 3 `from airflow.sdk import DAG, Asset, task` does the same; this line also works on Airflow 2.11.
from airflow.providers.common.compat.sdk import DAG, Asset, task
from airflow.providers.common.compat.version_compat import AIRFLOW_V_3_1_PLUS

from airflow_provider_aam.operators.push import AAMApplyOperator, AAMPlanOperator

FOLDER = "{{ var.value.get('aam_export', '/tmp/aam') }}/catalog/{{ run_id }}"

with DAG(
    "aam_plan_approve_apply",
    schedule="0 6 * * *",
    start_date=pendulum.datetime(2026, 1, 1, tz="UTC"),
    catchup=False,
    max_active_runs=1,
    doc_md=__doc__,
    tags=["aam", "push"],
):
    plan = AAMPlanOperator(
        task_id="plan",
        source=str(Path(__file__).with_name("catalog")),
        plan_path=f"{FOLDER}/plan.json",
        max_deletes=10,
        retries=2,
        retry_delay=pendulum.duration(minutes=5),
    )

    @task.short_circuit(task_id="any_changes")
    def any_changes(planned: dict) -> bool:
        return bool(planned["has_changes"])

    changes = any_changes(plan.output)
    approval = None
    if AIRFLOW_V_3_1_PLUS:
        from airflow.providers.standard.operators.hitl import ApprovalOperator

        approve = ApprovalOperator(
            task_id="approve",
            subject="Apply this plan to Audience Manager?",
            body=plan.output["summary"],
            defaults=ApprovalOperator.REJECT,
            response_timeout=timedelta(hours=20),
        )
        changes >> approve
        approval = approve.output

    apply = AAMApplyOperator(
        task_id="apply",
        plan_path=plan.output["plan_uri"],
        sha256=plan.output["sha256"],  # exactly the plan that was approved
        approved_by=approval,  # for the log and the receipt
        outcome_path=f"{FOLDER}/outcomes.jsonl",
        outlets=[Asset("aam://catalog/")],
        retries=2,
        retry_delay=pendulum.duration(minutes=5),
    )
    changes >> apply
