"""What tests of reports share."""

from __future__ import annotations

from typing import Any

from airflow_provider_aam.reports.check import CheckReceipt


def problems_of(receipt: CheckReceipt) -> dict[Any, list[str]]:
    """Code (or id) of each offender, the worst first → what is wrong."""
    return {each.population.code or each.population.sid: [*each.problems] for each in receipt.offenders}
