"""Stream a resource of AAM to one file. Plain functions over the client: no Airflow, no HTTP."""
