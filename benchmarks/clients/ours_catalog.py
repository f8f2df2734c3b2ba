"""Export of an account, a plan of catalog files against it, or the application of a saved plan, by ``step``."""

from datetime import UTC, datetime
from pathlib import Path

from report import measure, options

from airflow_provider_aam import catalog
from airflow_provider_aam.api import AAMClient, AAMConfig

given = options()
connection = given["connection"]
config = AAMConfig.from_connection(
    login=connection["login"], password=connection["password"], host=connection["host"], extra=connection["extra"]
)
catalog_folder, plan_path = Path(given["catalog"]), Path(given["plan"])


def export():
    return sum(catalog.export_catalog(client, catalog_folder).objects.values())


def plan():
    rows, source = catalog.load(catalog_folder)
    options = catalog.PlanOptions()
    made = catalog.make_plan(client, rows, options, source=source, plan_path=plan_path, now=datetime.now(UTC))
    return len(made.changes)


def apply():
    saved, _ = catalog.read_plan(plan_path, sha256=None)
    return catalog.apply_saved(client, saved, plan_path=plan_path).outcomes["updated"]


with AAMClient.from_config(config) as client:
    client.session.sender.access_token()
    measure({"export": export, "plan": plan, "apply": apply}[given["step"]])
