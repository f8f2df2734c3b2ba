"""All objects of a resource, small in memory."""

from __future__ import annotations

from airflow_provider_aam.account.objects import Objects

TRAITS = [
    {"sid": 7, "name": "Trail", "integrationCode": "t-7"},
    {"sid": 9, "name": "Road"},
    {"sid": 8, "integrationCode": "t-8", "ttl": 30},
]


def test_objects_come_back_as_they_were_in_their_order():
    objects = Objects("sid", TRAITS)
    assert [*objects] == TRAITS
    assert [*objects.ids()] == [7, 9, 8]
    assert (objects.get(8), objects.get(1)) == (TRAITS[2], None)
    assert (9 in objects, 1 in objects, len(objects)) == (True, False, 3)


def test_a_field_shows_when_one_object_has_it():
    objects = Objects("sid", TRAITS)
    assert objects.shows(["integrationCode", "ttl"])
    assert not objects.shows(["integrationCode", "dataSourceId"])
    assert Objects("sid", []).shows(["dataSourceId"])


def test_match_keys_find_their_objects():
    objects = Objects("sid", [*TRAITS, {"sid": 10, "name": "Trail", "integrationCode": "t-10"}])
    assert objects.find(("name",), ("Trail",)) == [7, 10]
    assert objects.find(("name", "integrationCode"), ("Trail", "t-10")) == [10]
    assert objects.find(("name",), ("Hill",)) == []
