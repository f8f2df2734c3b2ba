"""Our client: rows of a file as operations, several requests at once."""

from pathlib import Path

from report import measure, options

from airflow_provider_aam.api import AAMClient, AAMConfig
from airflow_provider_aam.stream.job import stream_operations
from airflow_provider_aam.stream.order import Order

given = options()
connection = given["connection"]
config = AAMConfig.from_connection(
    login=connection["login"], password=connection["password"], host=connection["host"], extra=connection["extra"]
)

with AAMClient.from_config(config) as client:
    client.session.sender.access_token()
    order = Order(stream_id="s", source=[Path(given["path"])], data_source=given["data_source"])
    measure(lambda: stream_operations(client, order).sent)
