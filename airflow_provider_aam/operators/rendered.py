"""Arguments that were given nothing: by a template that found nothing, or by a task before that returned nothing."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from functools import cache
from typing import Any

_MAY_BE_NONE = frozenset({"updated_since", "start", "end", "approved_by"})
"""For these the text ``None`` means that nothing was given: the first run has no earlier one, for example."""


def not_given(task: Any) -> Iterator[str]:
    """Problems of templated arguments. Jinja makes the text ``None`` of nothing, which would do as a name or path."""
    for name in task.template_fields:
        value = getattr(task, name, None)
        text = value.strip() if isinstance(value, str) else value
        if text == "None" and name not in _MAY_BE_NONE:
            yield f"{name} is 'None': its template found nothing; is there such an XCom, param or variable?"
        elif (text is None or text == "") and name in _required(task.__class__):
            yield f"{name} is {value!r}; expected a value. A task that returned nothing or was skipped gives none"


@cache
def _required(kind: type) -> frozenset[str]:
    """The arguments without a default, as the nearest class declares them."""
    declared: dict[str, bool] = {}
    for each in kind.__mro__:
        if each.__module__.startswith("airflow_provider_aam") and "__init__" in vars(each):
            for name, parameter in inspect.signature(vars(each)["__init__"]).parameters.items():
                declared.setdefault(name, parameter.default is inspect.Parameter.empty)
    return frozenset(name for name, required in declared.items() if required)
