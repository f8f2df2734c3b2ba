"""What a push hands on to lineage: the objects that it changed, and what feeds them."""

from __future__ import annotations

from airflow_provider_aam.catalog.applying.effects import MOST_NAMED
from catalog.support import only, traits

DESTINATION = {"name": "Ads", "destinationType": "PUSH", "serializationEnabled": False}
MAPPING = {"destination": "Ads", "segment": "s", "startDate": "2026-01-01", "url": "https://ads.example/"}


def segment(rule):
    return {"name": "S", "integrationCode": "s", "dataSource": "web", "folder": "/", "segmentRule": rule}


def found(receipt):
    return [(each.resource, each.id, each.status, each.fed_by) for each in receipt.effects.first]


def test_segments_are_fed_by_traits_and_destinations_by_segments(emulator, web, push_all):
    rows = {
        "traits": traits(2),
        "segments": [segment("{t1} AND NOT {t2}")],
        "destinations": [DESTINATION],
        "mappings": [MAPPING],
    }
    receipt = push_all(rows)
    one, two = (only(emulator, "traits", integrationCode=f"t{number}")["sid"] for number in (1, 2))
    (made,), (ads,) = emulator.objects("segments"), emulator.objects("destinations")
    assert sorted(found(receipt)) == [
        ("destinations", ads["destinationId"], "created", ()),
        ("destinations", ads["destinationId"], "updated", (("segments", made["sid"]),)),
        ("segments", made["sid"], "created", (("traits", one), ("traits", two))),
        *(("traits", sid, "created", ()) for sid in sorted((one, two))),
    ]
    assert receipt.effects.counts == {"traits": 2, "segments": 1, "destinations": 1, "mappings": 1}
    assert "effects" not in receipt.as_xcom()

    changed = push_all({"segments": [segment("{t2}")]})
    assert found(changed) == [("segments", made["sid"], "updated", (("traits", two),))]
    renamed = push_all({"segments": [{"integrationCode": "s", "dataSource": "web", "name": "Other"}]})
    assert found(renamed) == [("segments", made["sid"], "updated", (("traits", two),))]
    assert found(push_all({"segments": [segment("{t2}") | {"name": "Other"}]})) == []


def test_deleted_mapping_updates_its_destination(emulator, web, push_all):
    other = {**DESTINATION, "name": "Mail"}
    rows = {"traits": traits(1), "segments": [segment("{t1}")], "destinations": [DESTINATION, other]}
    push_all({**rows, "mappings": [MAPPING, {**MAPPING, "destination": "Mail"}]})
    pruned = push_all({"mappings": [{**MAPPING, "destination": "Mail"}]}, prune_scope={"kinds": ["mappings"]})
    ads = only(emulator, "destinations", name="Ads")
    assert found(pruned) == [("destinations", ads["destinationId"], "updated", ())]


def test_of_many_the_first_are_named_and_all_are_counted(push):
    effects = push(traits(MOST_NAMED + 5)).effects
    assert (len(effects.first), effects.counts) == (MOST_NAMED, {"traits": MOST_NAMED + 5})
