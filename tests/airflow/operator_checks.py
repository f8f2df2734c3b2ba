"""Operators without a DAG: which arguments they add to those of every Airflow operator, and how they fail."""

from __future__ import annotations

import inspect

import pytest

from airflow_provider_aam.compat import AirflowFailException, BaseOperator


def arguments_of(operator: type[BaseOperator]) -> set[str]:
    """Of its constructor and those that it hands ``**kwargs`` on to."""
    ours = operator.__mro__[: operator.__mro__.index(BaseOperator)]
    named = {name for each in ours if "__init__" in vars(each) for name in inspect.signature(each.__init__).parameters}
    return named - {"self", "kwargs"}


def failure_of(task: BaseOperator, **context: object) -> str:
    """What the task says when it fails for good."""
    with pytest.raises(AirflowFailException) as failed:
        task.execute(context)
    return str(failed.value)
