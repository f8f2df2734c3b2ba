"""What a task did or why it failed, as one message for people."""

from airflow_provider_aam.notifications.notifier import AAMNotifier

__all__ = ["AAMNotifier"]
