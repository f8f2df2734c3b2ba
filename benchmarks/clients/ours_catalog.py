"""Export of an account, a plan of catalog files against it, or the application of a saved plan, by ``step``."""

from datetime import UTC, datetime
from pathlib import Path

from report import measure, options

from airflow_provider_aam.api import AAMClient, AAMConfig
from airflow_provider_aam.catalog.applying.push import apply_saved, make_plan
from airflow_provider_aam.catalog.exporting.export import export_catalog
from airflow_provider_aam.catalog.kinds import KINDS
from airflow_provider_aam.catalog.plan.plan import Plan
from airflow_provider_aam.catalog.planning.options import PlanOptions
from airflow_provider_aam.catalog.reading.documents import read_catalog

given = options()
connection = given["connection"]
config = AAMConfig.from_connection(
    login=connection["login"], password=connection["password"], host=connection["host"], extra=connection["extra"]
)
catalog_folder, plan_path = Path(given["catalog"]), Path(given["plan"])


def export():
    return sum(export_catalog(client, catalog_folder).objects.values())


def plan():
    columns = {key: frozenset(kind.model.columns()) for key, kind in KINDS.items()}
    rows = {KINDS[key]: rows for key, rows in read_catalog([catalog_folder], kinds=columns).items()}
    made = make_plan(client, rows, PlanOptions(), source="catalog", plan_path=plan_path, now=datetime.now(UTC))
    return len(made.changes)


def apply():
    saved = Plan.from_json(plan_path.read_bytes())
    return apply_saved(client, saved, plan_path=plan_path).outcomes["updated"]


with AAMClient.from_config(config) as client:
    client.session.access_token()
    measure({"export": export, "plan": plan, "apply": apply}[given["step"]])
