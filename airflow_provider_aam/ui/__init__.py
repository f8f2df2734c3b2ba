"""The page *Browse → Audience Manager*: what tasks found and did, in Airflow's own UI. AAM is never asked for it."""
