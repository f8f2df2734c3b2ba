"""Our client at a server with a hidden limit: many small pages, or many objects to create."""

from report import measure, options

from airflow_provider_aam.api import AAMClient, AAMConfig

given = options()
connection = given["connection"]
config = AAMConfig.from_connection(
    login=connection["login"], password=connection["password"], host=connection["host"], extra=connection["extra"]
)


def pull():
    return sum(len(page.rows) for page in client.segments.iter_pages({}, page_size=10))


def create():
    names = [f"source {number}" for number in range(given["requests"])]
    client.side_by_side(lambda name: client.data_sources.create({"name": name, "integrationCode": name}), names)
    return len(names)


with AAMClient.from_config(config) as client:
    client.session.sender.access_token()
    measure({"pull": pull, "create": create}[given["job"]])
