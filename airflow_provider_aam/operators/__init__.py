"""Airflow operators. Importing a module here stays cheap: the work's libraries load when a task runs."""
