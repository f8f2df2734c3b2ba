"""What all triggers have in common: arguments that survive a restart, and one way to fail."""

from __future__ import annotations

import logging
from typing import Any, ClassVar

from airflow_provider_aam.api.errors import AAMConfigError, AAMError
from airflow_provider_aam.compat import AirflowNotFoundException
from airflow_provider_aam.failures import may_turn_up

log = logging.getLogger(__name__)


class PlainArguments:
    """A trigger that is all in its arguments: those named here, each an attribute of the same name."""

    arguments: ClassVar[tuple[str, ...]]

    def serialize(self) -> tuple[str, dict[str, Any]]:
        path = f"{type(self).__module__}.{type(self).__qualname__}"
        return path, {name: getattr(self, name) for name in self.arguments}


def failure(error: Exception) -> dict[str, Any]:
    """The event that fails the task with this error, instead of a lost trigger."""
    if isinstance(error, AAMError):
        return {"error": error.message, "kind": type(error).__name__, "retryable": error.retryable}
    if isinstance(error, AirflowNotFoundException):
        return {"error": str(error), "kind": AAMConfigError.__name__, "retryable": may_turn_up()}
    # Its text stays in the log: a Connection that cannot be parsed is quoted there, password and all.
    log.error("A trigger met something unexpected.", exc_info=error)
    return {"error": f"{type(error).__name__} in the triggerer; its log has the details.", "retryable": True}
