"""What is remembered of drift: small, and enough to know what is new."""

from __future__ import annotations

from typing import Any

from airflow_provider_aam.catalog import Drift, Plan
from airflow_provider_aam.catalog.plan.plan import Change, FieldChange

AIRFLOW_TAKES = 65_535


def plan(*changes: Change) -> Plan:
    return Plan(source="traits.yaml", match_on=None, created_at="2026-01-01T00:00:00+00:00", changes=changes)


def update(number: int, **fields: Any) -> Change:
    changed = tuple(FieldChange(name, *values) for name, values in fields.items())
    return Change(action="update", kind="trait", label=f"web/{number}", key={}, id=number, fields=changed)


def missing(count: int) -> list[Change]:
    key = {"dataSourceId": 1}
    labels = [f"web/{number}" for number in range(count)]
    return [Change(action="create", kind="trait", label=label, key={**key, "name": label}) for label in labels]


def new(changes: list[Change], known: str) -> list[str]:
    return [change.label for change in Drift.of(plan(*changes)).since(known)]


def test_what_has_gone_is_forgotten_and_what_is_left_is_not_new():
    both = Drift.of(plan(update(1, ttl=(90, 30), name=("a", "b")))).known()
    one = Drift.of(plan(update(1, ttl=(90, 30)))).known()
    assert new([update(1, ttl=(90, 30))], both) == []
    assert new([update(1, ttl=(90, 30), name=("a", "b"))], one) == ["web/1"]
    assert new([update(1, ttl=(91, 30))], one) == new([update(1, ttl=(90, 31))], one) == ["web/1"]
    assert new([update(2, ttl=(90, 30))], one) == ["web/2"]


def test_the_order_of_a_list_is_no_difference():
    known = Drift.of(plan(update(1, regions=([1, 2], [3])))).known()
    assert new([update(1, regions=([2, 1], [3]))], known) == []


def test_as_many_as_airflow_takes_are_remembered_one_by_one():
    many = missing(5000)
    known = Drift.of(plan(*many)).known()
    assert 40_000 < len(known) < AIRFLOW_TAKES
    assert new(many, known) == []
    assert new([*many[1:], update(1, ttl=(90, 30))], known) == ["web/1"]


def test_more_are_all_told_when_they_change():
    many = missing(5001)
    known = Drift.of(plan(*many)).known()
    assert len(known) == 8
    assert new(many, known) == []
    assert len(new([*many, update(1, ttl=(90, 30))], known)) == 5002
    assert len(new(many[:5000], known)) == 5000
