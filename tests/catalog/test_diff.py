"""When a value in AAM is the wanted one, and what a plan says about those that are not."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from airflow_provider_aam.account.keys import key_of, plain
from airflow_provider_aam.api.errors import AAMPlanRefused, AAMSourceError
from airflow_provider_aam.catalog.kinds import DATA_SOURCES, DESTINATIONS, MAPPINGS, TRAITS
from airflow_provider_aam.catalog.plan.difference import diff, same
from airflow_provider_aam.catalog.plan.plan import Change, FieldChange, Link, Plan, Unchanged
from airflow_provider_aam.catalog.plan.render import MOST_LINES, render_change, render_plan
from airflow_provider_aam.catalog.planning.guards import Guards


@pytest.mark.parametrize(
    ("name", "desired", "existing"),
    [
        ("ttl", 120, 120),
        ("ttl", 120, "120"),
        ("ttl", 120, "120.0"),
        ("accuracy", 0.19, 0.18999999761581421),
        ("description", "", None),
        ("description", "a\nb", "a\r\nb "),
        ("name", "A & B <c>", "A &amp; B &lt;c&gt;"),
        ("name", "Größe", "Gr&ouml;&szlig;e"),
        ("name", "A  B", "A B"),
        ("name", "A B", "A&nbsp;B"),
        ("description", "a\t b\nc", "a b\r\nc"),
        ("integrationCode", "7", 7),
        ("traitRule", '((a=="x  y") AND b==1)', 'a == "x  y" AND (b == 1)'),
        ("traitRule", 'a=="x" and b=>1', 'a == "x" AND b >= 1'),
        ("traitRule", 'a == "x"', "a == &quot;x&quot;"),
        ("traitRule", "outside === ", "outside ==="),
    ],
)
def test_value_that_is_the_same_to_aam(name, desired, existing):
    assert same(TRAITS, name, desired, existing)


@pytest.mark.parametrize(
    ("name", "desired", "existing"),
    [
        ("ttl", 120, 121),
        ("ttl", 120, None),
        ("ttl", 120, "soon"),
        ("ttl", 0, ""),
        ("dataSourceId", 2**53 + 1, 2**53),
        ("dataSourceId", 2**53 + 1, str(2**53)),
        ("accuracy", 0.19, 0.2),
        ("description", "", "x"),
        ("description", "x", None),
        ("description", "x", ["x"]),
        ("description", "True", True),
        ("name", "a", "A"),
        ("name", "a b", "ab"),
        ("description", "a b", "a\nb"),
        ("integrationCode", "a  b", "a b"),
        ("name", "a&b", "a&ampb"),
        ("traitRule", 'a == "x y"', 'a == "x  y"'),
        ("traitRule", 'a Contains "&copy=1"', 'a Contains "©=1"'),
    ],
)
def test_value_that_differs(name, desired, existing):
    assert not same(TRAITS, name, desired, existing)


@pytest.mark.parametrize(
    ("desired", "existing", "equal"),
    [
        ("2026-01-31", "2026-01-31", True),
        ("2026-01-31", "2026-01-30", True),
        ("2026-01-31", "2026-01-30T00:00:00Z", True),
        ("2026-01-31", "2026-02-01", False),
        ("2026-01-31", None, False),
        ("", None, True),
        ("", "2026-01-31", False),
        ("2026-01-31", "soon", False),
        ("2026-01-31", 1769817600000, False),
    ],
)
def test_dates_may_be_answered_a_day_early(desired, existing, equal):
    assert same(MAPPINGS, "startDate", desired, existing) is equal
    assert same(DESTINATIONS, "endDate", desired, existing) is equal


def test_words_of_aam_are_the_same_in_any_case_and_lists_in_any_order():
    assert same(DESTINATIONS, "status", "ACTIVE", "active")
    assert not same(DESTINATIONS, "status", "ACTIVE", None)
    assert same(DESTINATIONS, "siteIDs", [1, 2], ["2", 1])
    assert not same(DESTINATIONS, "siteIDs", [1, 2], [1])
    assert not same(DESTINATIONS, "siteIDs", [1], "1")
    assert same(DESTINATIONS, "siteIDs", [], None)
    assert same(DATA_SOURCES, "inboundS2S", desired=True, existing="true")
    assert not same(DATA_SOURCES, "inboundS2S", desired=True, existing=None)


VALUES = (
    st.none() | st.integers(-5, 5) | st.floats(0, 1) | st.text(max_size=4) | st.sampled_from(["&amp;", "&", "a==1"])
)
OBJECTS = st.dictionaries(st.sampled_from(["name", "ttl", "traitRule", "accuracy", "comments"]), VALUES)


@settings(deadline=None)
@given(OBJECTS.map(lambda row: {n: v for n, v in row.items() if v is not None}), OBJECTS)
def test_nothing_differs_once_the_differences_are_applied(desired, existing):
    changes = diff(TRAITS, desired, existing)
    assert diff(TRAITS, desired, {**existing, **{change.field: change.after for change in changes}}) == ()
    assert all(change.before == existing.get(change.field) for change in changes)


def test_keys():
    assert plain(" A &amp; B\r\n") == "A & B"
    assert key_of({"a": 7, "b": " x "}, ("a", "b")) == key_of({"a": "7", "b": "x"}, ("a", "b")) == ("7", "x")
    assert key_of({"a": 0, "b": ""}, ("a",)) == ("0",)
    assert key_of({"a": 7, "b": " "}, ("a", "b")) is None
    assert key_of({"a": 7}, ("a", "b")) is None


# --- guards -----------------------------------------------------------------------------------------------------------


def plan_of(*changes, unchanged=(), warnings=()):
    return Plan(
        source="traits.yaml",
        match_on="integrationCode",
        created_at="2026-01-02T00:00:00+00:00",
        account={"base_url": "https://aam.adobe.io", "pid": 1099},
        changes=changes,
        unchanged=unchanged,
        warnings=warnings,
    )


def change(action="update", **more):
    return Change(**({"action": action, "kind": "trait", "label": "web/t1 “One”", "key": {}} | more))


def test_guard_rails_are_named_together_and_the_plan_is_shown(caplog):
    plan = plan_of(*[change("delete")] * 11, change(), change("create"))
    with pytest.raises(AAMPlanRefused) as refused:
        Guards(max_changes_ratio=0.5).check(plan, existing=20)
    assert "it would delete 11 objects, but max_deletes is 10" in str(refused.value)
    assert "it would update or delete 12 of 20 existing objects (60%), but max_changes_ratio is 0.5" in str(
        refused.value
    )
    assert str(refused.value).endswith("raise max_deletes and max_changes_ratio and run again.")
    assert not refused.value.retryable
    assert caplog.messages == ["\n".join(render_plan(plan))]


@pytest.mark.parametrize(
    ("guards", "existing"),
    [(Guards(), 11), (Guards(max_changes_ratio=0.55), 20), (Guards(max_changes_ratio=0), 0)],
)
def test_guard_rails_let_pass_what_is_within(guards, existing):
    guards.check(plan_of(*[change("delete")] * 10, change()), existing=existing)


# --- the plan as a file and in the log --------------------------------------------------------------------------------


def a_plan():
    return plan_of(
        change(
            "create",
            kind="trait folder",
            label="/Web/New",
            key={"path": "/Web/New"},
            fields=(FieldChange("name", None, "New"), FieldChange("parentFolderId", None, 1, ("none", "/Web"))),
        ),
        change(
            "create",
            key={"dataSourceId": 1, "integrationCode": "t1"},
            fields=(
                FieldChange("name", None, "One"),
                FieldChange("integrationCode", None, "t1"),
                FieldChange("dataSourceId", None, 1, ("none", "web")),
                FieldChange("traitRule", None, 'c == "1"'),
                FieldChange("ttl", None, 30),
                FieldChange("folderId", None, "{/Web/New}", ("none", "/Web/New (new)")),
            ),
            wave=1,
            links=(Link("folderId", "{/Web/New}", 0),),
            place="traits.yaml:3",
        ),
        change(
            id=7,
            label="web/t2 “Two\n\x1b[31mred”",
            fields=(
                FieldChange("ttl", 120, 30),
                FieldChange("description", None, "x" * 100),
                FieldChange("comments", "a\n b", ""),
                FieldChange("folderId", 1, 2, ("/A", "/B")),
                FieldChange("status", ["odd"], "ACTIVE"),
            ),
        ),
        change(
            kind="mapping",
            id=8,
            label="Ads ← web:s1",
            within={"destinationId": 5},
            resent={"startDate": "2026-01-01"},
            fields=(FieldChange("traitAlias", "a", "b"),),
        ),
        change("create", label="app “No code”"),
        change("delete", id=9, label="web/t9 “Old”", fields=(FieldChange("name", "Old", None),)),
        unchanged=(Unchanged("trait", "web/t3", 3, "traits.yaml:9"),),
        warnings=("folder /web will be created although /Web exists",),
    )


def test_plan_reads_as_a_reviewer_wants_it():
    assert list(render_plan(a_plan())) == [
        (
            "Plan for AAM account 1099 (aam.adobe.io), from traits.yaml: 3 to create (1 of them a folder), "
            "2 to update, 1 to delete, 1 unchanged."
        ),
        "! folder /web will be created although /Web exists",
        "+ trait folder /Web/New",
        '+ trait web/t1 “One”: traitRule “c == "1"”; ttl 30; folderId /Web/New (new)',
        (
            r"~ trait web/t2 “Two\n\x1b[31mred”: ttl: 120 → 30; "
            rf"description: none → “{'x' * 100}”; comments: “a\n b” → “”; "
            'folderId: /A → /B; status: ["odd"] → “ACTIVE”'
        ),
        "~ mapping Ads ← web:s1: traitAlias: “a” → “b”",
        "+ trait app “No code”",
        "- trait web/t9 “Old”",
    ]


def test_a_long_plan_is_cut_and_counted():
    lines = list(render_plan(plan_of(*[change("delete")] * (MOST_LINES + 3))))
    assert len(lines) == MOST_LINES + 2
    assert lines[-1] == "… and 3 more changes; see the plan file for all of them."


@settings(deadline=None)
@given(st.text(max_size=100), st.text(max_size=100) | st.integers() | st.none())
def test_a_change_is_one_printable_line(label, value):
    line = render_change(change(label=label, fields=(FieldChange("name", value, label),)))
    assert line.isprintable()


def test_plan_file_is_read_back_whole():
    plan = a_plan()
    content = plan.to_json()
    assert content.startswith(b'{\n  "counts": {\n    "create": 3,')
    assert Plan.from_json(content) == plan


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "not a plan file"),
        (b"[]", "not a plan file"),
        (b"\xff", "not a plan file"),
        (b'{"source": "a", "match_on": "b", "created_at": "c", "changes": [], "version": 99}', "plan version 99"),
    ],
)
def test_what_is_no_plan_is_refused(content, said):
    with pytest.raises(AAMSourceError, match=said):
        Plan.from_json(content)


@pytest.mark.parametrize(
    ("edited", "said"),
    [
        (change("create", kind="cat"), "change 0 is of an unknown kind 'cat'"),
        (change("delete", id=1, kind="trait type"), "change 0 is to delete a trait type, which AAM's API cannot"),
        (change("update"), "change 0 is to update a trait without an id"),
        (change("create", links=(Link("folderId", "{/A}", 7),)), "change 0 waits for what no change before it creates"),
    ],
)
def test_plan_that_nobody_of_ours_wrote_is_refused(edited, said):
    with pytest.raises(AAMSourceError, match=said):
        Plan.from_json(plan_of(edited).to_json())
