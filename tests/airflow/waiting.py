"""Tasks that defer, and triggers that go on elsewhere."""

from __future__ import annotations

import json
from typing import Any, TypeVar

import pytest

T = TypeVar("T")


def deferred(call: Any, *given: Any) -> Any:
    """The trigger that a task defers to."""
    from airflow.providers.common.compat.sdk import TaskDeferred

    with pytest.raises(TaskDeferred) as stopped:
        call(*given)
    return stopped.value


def restarted(kind: type[T], trigger: Any) -> T:
    """As another triggerer gets it."""
    path, arguments = trigger.serialize()
    assert path == f"{kind.__module__}.{kind.__qualname__}"
    return kind(**json.loads(json.dumps(arguments)))
