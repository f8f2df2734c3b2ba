"""From the files of Adobe's Developer Console to an Airflow Connection. Nothing here asks anything of Adobe."""
