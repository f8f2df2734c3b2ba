"""What tests of the drafts share: everything that is wrong with a row, as the offline check would say it."""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError

from airflow_provider_aam.catalog.drafts import Draft


def given(model: type[Draft], /, **row: Any) -> dict[str, Any]:
    return model.model_validate(row).given


def faults(model: type[Draft], row: dict[str, Any], *, id_field: str = "") -> list[str]:
    """Faults of the row by itself, and what it lacks to create an object unless it has an id."""
    try:
        said = model.model_validate(row).given
    except ValidationError as invalid:
        texts = [(".".join(map(str, error["loc"])), error["msg"]) for error in invalid.errors()]
        return [f"{place}: {text}" if place else text for place, text in texts]
    if id_field in said:
        return []
    columns = {reference.field: column for column, reference in model.references.items()}
    needed = [(columns.get(field, field), field) for field in model.required]
    lacking = [f"{column} is missing" for column, field in needed if column not in said and field not in said]
    return [*lacking, *model.missing(said)]
