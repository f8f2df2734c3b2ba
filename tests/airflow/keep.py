"""A task that shows a test what another task returned."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from airflow_provider_aam.compat import BaseOperator


class Keep(BaseOperator):
    """Writes what it gets by XCom to a file."""

    template_fields = ("value",)

    def __init__(self, *, value: Any, path: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.value = value
        self.path = path

    def execute(self, context: Any) -> None:  # noqa: ARG002
        value = [*self.value] if not isinstance(self.value, dict) else self.value
        Path(self.path).write_text(json.dumps(value))
