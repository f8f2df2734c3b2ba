"""Limits, in every shape that AAM might use."""

from __future__ import annotations

from typing import Any

import pytest

from airflow_provider_aam.api.limits import LimitUse, parse_limits

KNOWN = [LimitUse(type="TOTAL", limit=100, count=3)]


@pytest.mark.parametrize(
    "answer",
    [
        {"limits": [{"type": "TOTAL", "limit": 100, "count": 3}]},
        [{"name": "TOTAL", "max": "100", "used": "3"}],
        {"TOTAL": {"limit": 100, "current": 3}},
    ],
)
def test_limits_are_read(answer: Any) -> None:
    assert parse_limits(answer) == KNOWN


@pytest.mark.parametrize(
    "answer",
    [
        None,
        [],
        {},
        7,
        {"a": [], "b": []},
        {"TOTAL": 100},
        [{"type": "TOTAL", "limit": 100}],
        [{"type": 7, "limit": 100, "count": 3}],
        [{"limit": 100, "count": 3}],
        [{"type": "TOTAL", "limit": "many", "count": 3}],
        [{"type": "TOTAL", "limit": 100, "count": 3}, 7],
    ],
)
def test_limits_of_another_shape_are_not_guessed(answer: Any) -> None:
    assert parse_limits(answer) is None
