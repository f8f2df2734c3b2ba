"""Our push of traits: read, check, plan and apply, as the operator does, without Airflow around it."""

from pathlib import Path

from report import measure, options

from airflow_provider_aam.api import AAMClient, AAMConfig
from airflow_provider_aam.catalog import PlanOptions, load, push

given = options()
connection = given["connection"]
config = AAMConfig.from_connection(
    login=connection["login"], password=connection["password"], host=connection["host"], extra=connection["extra"]
)


def work():
    rows, source = load(Path(given["source"]), kind="traits")
    receipt = push(client, rows, PlanOptions(match_on="integrationCode"), source=source)
    return sum(receipt.outcomes.values())


with AAMClient.from_config(config) as client:
    client.session.sender.access_token()
    measure(work)
