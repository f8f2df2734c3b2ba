"""Keep a table of a database in step with AAM. Plain functions over a client, rows and SQLAlchemy: no Airflow."""
