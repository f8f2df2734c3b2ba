"""The Airflow Connection, turned into an AAM client."""
