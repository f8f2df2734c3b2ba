"""Each problem of a YAML file names the line of its field, not that of the row's first line."""

from __future__ import annotations

import pytest

from airflow_provider_aam.catalog.checking.sources import check, load

TRAIT = {
    "integrationCode": "t1",
    "name": "Trait 1",
    "dataSource": "web",
    "folder": "/",
    "traitType": "RULE_BASED_TRAIT",
}
COOKIE = {"name": "Cookie", "destinationType": "ADS"}
MAPPING = {"destination": "D", "segment": "s", "startDate": "2026-02-01"}
DEVICES = {"name": "CRM", "idType": "CROSS_DEVICE"}
FIVE = "/1/2/3/4/5"


def wrong(tmp_path, kind, *rows):
    """What a check of a file with one field a line says, without the path: ``4: name: …``."""
    lines = [f"{kind}:"]
    for row in rows:
        lines += [f"{'  ' if at else '- '}{name}: {value}" for at, (name, value) in enumerate(row.items())]
    path = tmp_path / "catalog.yaml"
    path.write_text("\n".join(lines) + "\n")
    problems, _ = check(load(str(path))[0])
    assert all(problem.startswith(f"{path}:") for problem in problems)
    return [problem.replace(f"{path}:", "") for problem in problems]


@pytest.mark.parametrize(
    ("kind", "row", "field", "said"),
    [
        ("traits", TRAIT, {"dataSourceId": 7}, "cannot be combined with dataSource: keep one"),
        ("traits", TRAIT, {"folderId": 0}, "cannot be combined with folder: keep one"),
        ("traits", TRAIT, {"model": "M"}, "belongs to an ALGO_TRAIT, this is a RULE_BASED_TRAIT"),
        ("traits", TRAIT, {"ttl": "soon"}, "“soon” is not an integer"),
        ("traits", TRAIT, {"sid": 7}, None),
        ("traits", TRAIT, {"color": "red"}, "unknown column"),
        ("traitFolders", {"name": "x"}, {"parentFolder": FIVE}, f"“{FIVE}” is 5 levels deep, 4 at most for a parent"),
        ("traitFolders", {"path": "/x"}, {"name": "x"}, "cannot be combined with path: keep one"),
        ("traitFolders", {"folderId": 7}, {"path": f"{FIVE}/6"}, f"“{FIVE}/6” is 6 levels deep, 5 at most"),
        ("dataSources", DEVICES, {"useAudienceManagerVisitorID": "true"}, "must be false with idType CROSS_DEVICE"),
        ("destinations", COOKIE, {"delimiter": "','"}, "belongs to PUSH, this is ADS"),
        ("destinations", {**COOKIE, "startDate": "2026-02-01"}, {"endDate": "2026-01-31"}, "2026-01-31 is before"),
        ("mappings", MAPPING, {"endDate": "2026-01-31"}, "2026-01-31 is before startDate 2026-02-01"),
        ("models", {"name": "M"}, {"excludedTraits": [*range(1, 502)]}, "holds 501 traits, 500 at most"),
        ("segments", {"sid": 7, "name": "S"}, {"segmentRule": "1T AND 1T"}, "“1T” appears twice in one chain of AND"),
    ],
)
def test_problem_of_a_field_names_its_line(tmp_path, kind, row, field, said):
    (name,) = field
    found = wrong(tmp_path, kind, {**row, **field})
    if said is None:
        assert found == []
    else:
        (problem,) = found
        assert problem.startswith(f"{len(row) + 2}: {name}: {said}")


@pytest.mark.parametrize(
    ("kind", "first", "again", "name"),
    [
        ("traits", TRAIT, {"name": "Other", **TRAIT}, "integrationCode"),
        ("mappings", MAPPING, {"startDate": "2026-03-01", **MAPPING}, "segment"),
        (
            "mappings",
            MAPPING | {"sid": 7, "segment": None},
            {"startDate": "2026-03-01", **MAPPING, "segment": None, "sid": 7},
            "sid",
        ),
    ],
)
def test_duplicate_names_the_lines_of_both_keys(tmp_path, kind, first, again, name):
    first, again = ({key: value for key, value in row.items() if value is not None} for row in (first, again))
    (problem,) = wrong(tmp_path, kind, first, again)
    line, earlier = [*again].index(name) + len(first) + 2, [*first].index(name) + 2
    place = tmp_path / "catalog.yaml"
    said = {**first}[name]
    assert problem in {
        f"{line}: {name}: “{said}” is a duplicate (first used at {place}:{earlier})",
        f"{line}: {name}: “{said}” is a duplicate (first used at {earlier})",
    }


def test_contradiction_leaves_the_other_fields_to_be_checked(tmp_path):
    row = {**TRAIT, "dataSourceId": 7}
    found = wrong(tmp_path, "traits", row, {**TRAIT, "ttl": "soon"}, {**TRAIT, "name": "Trait 3"})
    assert [problem.split(": ")[1] for problem in found] == ["dataSourceId", "ttl"]
