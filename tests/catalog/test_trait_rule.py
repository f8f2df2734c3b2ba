"""The grammar of trait rules, as Adobe's "Trait Builder" pages describe it."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from airflow_provider_aam.catalog.rules.trait_rule import canonical, find_fault

VALID = [
    "",
    "   ",
    'c_page == "pricing"',
    '(c_make=="A") AND (c_model=="B")',
    "(price >= 1.00 AND price <= 100.00)",
    "product==1234",
    'tag=="sale"',
    "123price == 1",
    "a-b_c == 1",
    'c_contextdata.catname == "x"',
    '"a key with blanks" == "x"',
    'a == "say ""hi"""',
    'a == ""',
    "a => 5",
    "a < -1.5",
    "a != 1 OR b > 2 and not c < 3",
    "NOT a == 1",
    'a == 1 AND NOT (b == 2 OR c Contains "x")',
    'h_referer MATCHESREGEX "^https?://.*"',
    'a contains "x"',
    'a Startswith "x" or b Endswith "y" or c Matcheswords "z"',
    'ic == "abc"',
    'android == "x"',
    'contains == "x"',
    'contains contains "contains"',
    'organic_or == "x"',
    'd_region == 7\n  AND\tp_private == "1"',
    "not1 == 1",
    'ключ == "x"'.replace("ключ", "key"),
]

INVALID = [
    ("a", "expected a comparison (== != > < >= <=) or Contains…, but the rule ends"),
    ("a ==", "expected a quoted string or a number, but the rule ends"),
    ("a == 1 AND", "expected a signal key…, but the rule ends"),
    ("(a == 1", "expected ) or OR, but the rule ends"),
    ("a == 1)", "column 7: expected OR or the end, found “)”"),
    ("()", "column 2: expected a signal key…, found “)”"),
    ("123 == 1", "column 1: expected a signal key…, found “123”"),
    ("price!123 == 1", "column 6: expected a comparison…, found “!123 == 1”"),
    ("a = 1", "column 3: expected a comparison…, found “= 1”"),
    ('a == "b', "column 6: a double quote is not closed"),
    ("a == b", 'column 6: expected a quoted string or a number, found “b” (write "b")'),
    ("a == 'b'", "column 6: expected a quoted string or a number, found “'b'”"),
    ("a == 1 b == 2", "column 8: expected …, found “b”"),
    ("a == 1 AND AND b == 2", "column 12: expected a signal key…, found “AND”"),
    ("and == 1", "column 1: expected a signal key…, found “and”"),
    ("a == 1 XOR b == 1", "column 8: expected …, found “XOR”"),
    ("a == 12x", "column 6: expected …, found “12x”"),
    ("1a == 1.2.3", "column 10: expected …, found “.3”"),
    ("FREQUENCY([1T]) >= 2", "column 10: expected a comparison…, found “(”"),
]


@pytest.mark.parametrize("rule", VALID)
def test_documented_rule_is_well_formed(rule):
    assert find_fault(rule) is None


@pytest.mark.parametrize(("rule", "fault"), INVALID)
def test_fault_names_the_column_and_what_was_due(rule, fault):
    assert re.search(re.escape(fault).replace("…", ".*"), find_fault(rule) or "")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ('c_page=="a"', 'c_page  ==\n"a" '),
        ("a => 1", "a>=1"),
        ("a==1 and b==2", "a == 1 AND b == 2"),
        ('a CONTAINS "x"', 'a contains "x"'),
        ("not (a==1)", "NOT ( a == 1 )"),
        ("((a==1))", "a == 1"),
        ("NOT ((a==1 OR b==2))", "NOT (a==1 OR b==2)"),
        ("NOT (NOT a==1)", "NOT NOT a==1"),
        ("(a==1 AND b==1) OR c==1", "a==1 AND b==1 OR c==1"),
        ("a==1 OR (b==1 OR (c==1))", "(a==1 OR b==1) OR c==1"),
        ("a==1 AND (b==1 AND c==1)", "(a==1 AND b==1) AND c==1"),
        ("a==1 AND ((b==1 OR c==1) OR d==1)", "(a==1) AND (b==1 OR (c==1 OR d==1))"),
    ],
)
def test_respellings_of_one_rule_are_canonically_equal(one, other):
    assert canonical(one) == canonical(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ('a == "x"', 'a == "X"'),
        ('a == "x y"', 'a == "x  y"'),
        ("A == 1", "a == 1"),
        ("contains == 1", "Contains == 1"),
        ("a == 1 AND b == 2 OR c == 3", "a == 1 AND (b == 2 OR c == 3)"),
        ("a == 1 OR b == 2 AND c == 3", "(a == 1 OR b == 2) AND c == 3"),
        ("NOT a == 1 AND b == 2", "NOT (a == 1 AND b == 2)"),
        ("NOT (NOT a == 1 OR b == 2)", "NOT NOT a == 1 OR b == 2"),
        ('a == "(x)"', 'a == "x"'),
        ("a == 1 AND b == 2", "b == 2 AND a == 1"),
        ('a == "and"', 'a == "AND"'),
        ("a == 1", "a == 1.0"),
    ],
)
def test_different_rules_stay_different(one, other):
    assert canonical(one) != canonical(other)


def test_rule_outside_the_grammar_is_its_own_spelling():
    assert canonical("  a === 1 ") == "a === 1"


def test_deeply_nested_rule_gets_a_verdict():
    deep = "(" * 20_000 + "a==1" + ")" * 20_000
    assert find_fault(deep) is None
    assert canonical(deep) == "a == 1"
    kept = "NOT (a==1 AND " * 5_000 + "a==1" + ")" * 5_000
    assert canonical(kept).endswith("a == 1" + " )" * 5_000)
    assert find_fault(deep + ")")


def test_threads_do_not_disturb_each_other():
    with ThreadPoolExecutor(8) as pool:
        spelled = list(pool.map(canonical, [f"(a{n}==1 and b>=  {n})" for n in range(300)]))
    assert spelled == [f"a{n} == 1 AND b >= {n}" for n in range(300)]


@settings(deadline=None)
@given(st.text(max_size=60) | st.text(alphabet='ab1 ()"=!<>&ANDORNOT.-_\n', max_size=40))
def test_any_text_gets_a_verdict(text):
    fault = find_fault(text)
    assert fault is None or fault
    assert canonical(canonical(text)) == canonical(text)


KEYS = st.sampled_from(["c_page", "123price", '"two words"', "contains", "a.b-c"])
SYMBOLS = st.sampled_from(["==", "!=", ">", "<", ">=", "<=", "=>"])
WORDS = st.sampled_from(["Contains", "startswith", "ENDSWITH", "Matcheswords", "matchesRegex"])
VALUES = st.integers(-5, 99).map(str) | st.text(max_size=5).map(lambda text: '"' + text.replace('"', '""') + '"')
COMPARISONS = st.tuples(KEYS, SYMBOLS | WORDS, VALUES).map(list)
RULES = st.recursive(
    COMPARISONS,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["AND", "or", "And"]), inner).map(lambda t: [*t[0], t[1], *t[2]]),
        inner.map(lambda words: ["(", *words, ")"]),
        inner.map(lambda words: ["NOT", "(", *words, ")"]),
    ),
    max_leaves=6,
)


@settings(deadline=None)
@given(RULES, st.lists(st.sampled_from([" ", "  ", "\n", "\t"]), min_size=1))
def test_rules_of_the_grammar_are_well_formed_however_they_are_spaced(words, blanks):
    spaced = "".join(word + blanks[number % len(blanks)] for number, word in enumerate(words))
    assert find_fault(spaced) is None
    assert canonical(spaced) == canonical(" ".join(words))


@settings(deadline=None)
@given(RULES.map(" ".join))
def test_needless_parentheses_do_not_count(rule):
    assert canonical(f"({rule})") == canonical(f"(({rule}))") == canonical(rule)
    assert canonical(canonical(rule)) == canonical(rule)


SIGNALS = st.sampled_from(["a == 1", "b == 1", "c == 1"])
TRUTH = st.recursive(
    SIGNALS,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from([" AND ", " OR "]), inner).map("".join),
        inner.map(lambda rule: f"({rule})"),
        inner.map(lambda rule: f"NOT {rule}"),
    ),
    max_leaves=8,
)


def truth(rule):
    """For which signals the rule holds: Python's not, and, or bind in the order of the grammar."""
    code = compile(rule.lower(), "rule", "eval")
    return [eval(code, {"a": n & 1, "b": n >> 1 & 1, "c": n >> 2}) for n in range(8)]


@settings(deadline=None)
@given(TRUTH)
def test_canonical_rule_holds_for_the_same_signals(rule):
    assert truth(canonical(rule)) == truth(rule)


@settings(deadline=None)
@given(TRUTH)
def test_every_pair_of_parentheses_in_a_canonical_rule_is_needed(rule):
    spelled = canonical(rule)
    for pair in pairs(spelled.split()):
        bare = " ".join(word for at, word in enumerate(spelled.split()) if at not in pair)
        assert canonical(bare) != spelled


def pairs(words):
    opened = []
    for at, word in enumerate(words):
        if word == "(":
            opened.append(at)
        if word == ")":
            yield opened.pop(), at
