"""Apache Airflow provider for Adobe Audience Manager."""

__version__ = "0.1.0"
