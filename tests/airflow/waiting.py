"""Tasks that defer, and triggers that go on elsewhere."""

from __future__ import annotations

import asyncio
import json
from typing import Any, TypeVar

import pytest

T = TypeVar("T")
KINDS = pytest.mark.parametrize("kind", ["poke", "trigger"])
"""Ways in which a sensor looks."""


class TI:
    """In place of a task instance; keeps what is pushed."""

    def __init__(self) -> None:
        self.pushed: dict[str, Any] = {}

    def xcom_push(self, key: str, value: Any) -> None:
        self.pushed[key] = value


def deferred(call: Any, *given: Any) -> Any:
    """The trigger that a task defers to."""
    from airflow.providers.common.compat.sdk import TaskDeferred

    with pytest.raises(TaskDeferred) as stopped:
        call(*given)
    return stopped.value


def sent_to_the_triggerer(sensor: Any, context: Any) -> Any:
    """The trigger, as after a first look at which there was nothing."""
    from airflow_provider_aam.failures import task_failures

    with task_failures():
        return deferred(sensor._defer, context).trigger


def restarted(kind: type[T], trigger: Any) -> T:
    """As another triggerer gets it."""
    path, arguments = trigger.serialize()
    assert path == f"{kind.__module__}.{kind.__qualname__}"
    return kind(**json.loads(json.dumps(arguments)))


def fired(sensor: Any, context: Any = None, *, warned: bool = False) -> dict[str, Any] | None:
    """What the trigger of a sensor on a verdict fires at its first look, in another triggerer."""
    trigger = sent_to_the_triggerer(sensor, context or {})
    trigger = restarted(type(trigger), trigger)
    trigger.warned = warned
    event: dict[str, Any] | None = json.loads(json.dumps(asyncio.run(trigger._look(trigger._load()))))
    return event


def looked(kind: str, sensor: Any, context: Any, *, warned: bool = False) -> Any:
    """What one look of this kind returns; ``None`` while it waits."""
    if kind == "poke":
        return sensor.poke(context).xcom_value
    event = fired(sensor, context, warned=warned)
    return event and sensor.execute_complete(context, event)
