"""Our push of traits: read, check, plan and apply, as the operator does, without Airflow around it."""

from pathlib import Path

from report import measure, options

from airflow_provider_aam.api import AAMClient, AAMConfig
from airflow_provider_aam.catalog.applying.push import push
from airflow_provider_aam.catalog.kinds import TRAITS
from airflow_provider_aam.catalog.planning.options import PlanOptions
from airflow_provider_aam.catalog.reading.source import read_source

given = options()
connection = given["connection"]
config = AAMConfig.from_connection(
    login=connection["login"], password=connection["password"], host=connection["host"], extra=connection["extra"]
)


def work():
    rows = read_source(Path(given["source"]), key=TRAITS.key)
    receipt = push(client, {TRAITS: rows}, PlanOptions(match_on="integrationCode"), source=given["source"])
    return sum(receipt.outcomes.values())


with AAMClient.from_config(config) as client:
    client.session.access_token()
    measure(work)
