"""Our pull of all segments to a file: what the operator does, without Airflow around it."""

from pathlib import Path

from report import measure, options

from airflow_provider_aam.api import AAMClient, AAMConfig
from airflow_provider_aam.pull.job import pull_resource

given = options()
if given["destination"].endswith(".parquet"):
    import pyarrow.parquet  # noqa: F401
connection = given["connection"]
config = AAMConfig.from_connection(
    login=connection["login"], password=connection["password"], host=connection["host"], extra=connection["extra"]
)
with AAMClient.from_config(config) as client:
    client.session.sender.access_token()
    measure(lambda: pull_resource(client.segments, Path(given["destination"])).rows)
