"""The grammar of segment rules, as Adobe's "Segment expressions" and "Recency and frequency" pages describe it."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from airflow_provider_aam.account.words import name_of, parse_word
from airflow_provider_aam.catalog.rules.segment_rule import (
    Word,
    canonical,
    find_contradictions,
    find_fault,
    find_misuses,
    find_repetitions,
    parse,
    references,
    replace,
    word_of,
)

VALID = [
    "123T",
    "(123T OR 456T) AND NOT 789T",
    "FREQUENCY([123T] <= 3D) >= 5",
    "FREQUENCY([123T, 456T]) >= 2",
    "frequency([123T OR 456T] <= 5D) >= 2",
    "(frequency([1000T] <= 2D) >= 5)",
    "FREQUENCY([123T]) >= 1 AND FREQUENCY([123T]) <= 5",
    "frequency([1000T]) <= 5 AND 2000T",
    "FREQUENCY([7T] >= 30d) == 2",
    "4011872T AND {web:pricing-visit}",
    "FREQUENCY([{pricing-visit}, 7T OR {web : Visited}]) >= 2",
    '{web:"Visited: pricing"} or {"a ""b"" {c}"} or {"a\nb":c}',
    "1t\n  and\tnot(2T)",
    "NOT (NOT 1T)",
    "{and} AND {or:7T}",
    "1T OR (2T AND FREQUENCY([3T]) == 0)",
    "(FREQUENCY([1T]) <= 5 OR 2T) AND 3T",
]

NO_TRAIT = "a trait (123T or {code}) or FREQUENCY or ( or NOT"
DUE = "AND or OR or the end"

FAULTY = [
    ("", "a segment needs a rule"),
    (" \n", "a segment needs a rule"),
    ("FREQUENCY([7T]) >= 2D", "column 20: expected a number, found “2D” (D belongs to recency, inside: "),
    (
        "FREQUENCY([7T] <= 3D)",
        "expected <= or >= or ==, but the rule ends (how often must follow, such as >= 1: recency",
    ),
    ("FREQUENCY([7T] <= 3D) AND 1T", "column 23: expected <= or >= or ==, found “AND” (how often must follow"),
    ("FREQUENCY([7T]) > 1", "column 17: expected <= or >= or ==, found “> 1” (how often must follow"),
    (
        "7T <= 3D",
        f"column 4: expected {DUE}, found “<=” (how often and how recently is asked by FREQUENCY([7T] <= 2D) >= 1)",
    ),
    ("[7T] <= 2", f"column 1: expected {NO_TRAIT}, found “[” (a list belongs to FREQUENCY([7T, 8T]) >= 1)"),
    (
        "FREQUENCY([7T] <= 3) >= 1",
        "column 19: expected a number of days (3D), found “3” (days are a number followe",
    ),
    ("FREQUENCY([7T] == 3D) >= 1", "column 16: expected ) or <= or >=, found “==”"),
    ("FREQUENCY([]) >= 1", "column 12: expected a trait (123T or {code}), found “]”"),
    ("FREQUENCY(7T) >= 1", "column 11: expected [, found “7T”"),
    ("FREQUENCY([7T AND 8T]) >= 1", "column 15: expected ] or a comma or OR, found “AND”"),
    ("pricing", f"column 1: expected {NO_TRAIT}, found “pricing” (a trait's code or name is put in braces: {{code}})"),
    ("7", f"column 1: expected {NO_TRAIT}, found “7” (a trait is its id followed by T)"),
    ("1T 7", f"column 4: expected {DUE}, found “7”"),
    ("1T\n AND AND", f"line 2, column 6: expected {NO_TRAIT}, found “AND”"),
    ("1T AND", "expected a trait (123T or {code}) or FREQUENCY or ( or NOT, but the rule ends"),
    ("(1T", "expected ) or OR, but the rule ends"),
    ("1T)", "column 3: expected OR or the end, found “)”"),
    ("()", f"column 2: expected {NO_TRAIT}, found “)”"),
    ("NOT NOT 1T", "column 5: expected a trait (123T or {code}) or FREQUENCY or (, found “NOT”"),
    ("1T 2T", f"column 4: expected {DUE}, found “2T”"),
    ("1T {a}", f"column 4: expected {DUE}, found “{{a}}”"),
    ("1T, 2T", f"column 3: expected {DUE}, found “,”"),
    ("1T & 2T", f"column 4: expected {DUE}, found “& 2T”"),
    ("1TAND2T", f"column 1: expected {NO_TRAIT}, found “1TAND2T”"),
    ("1T AND 1234567890123456789T", f"column 8: expected {NO_TRAIT}, found “123456789012”"),
    ("1T AND {a:b:c}", "column 8: “a:b:c” has more than one colon"),
    ("1T AND {}", "column 8: “” lacks a name"),
    ("{a:}", "column 1: “a:” lacks a name"),
    ('{"a" b}', 'column 1: “"a" b” is quoted in part'),
    ("{a\nb}", "column 1: “a\nb” holds a brace or a line break"),
    ("{a{b}", "column 1: “a{b” holds a brace or a line break"),
    ("1T AND {ab", "column 8: “{ab”: the brace or a double quote is not closed"),
    ('1T AND {"ab}', 'column 8: “{"ab}”: the brace or a double quote is not closed'),
    ('{"a}b":c:d}', 'column 1: “"a}b":c:d” has more than one colon'),
]


@pytest.mark.parametrize("rule", VALID)
def test_documented_rule_is_well_formed_and_makes_sense(rule):
    assert find_fault(rule) is None
    assert find_contradictions(rule) == []


@pytest.mark.parametrize(("rule", "fault"), FAULTY)
def test_fault_names_the_column_what_was_due_and_what_may_be_meant(rule, fault):
    assert (find_fault(rule) or "").startswith(fault)
    assert find_contradictions(rule) == []
    assert find_repetitions(rule) == []
    assert find_misuses(rule, lambda _: "SEGMENT") == []
    assert canonical(rule) == rule.strip()


EVERYONE = "it would match everyone: "
CAP = "also holds for who has no trait at all; join a trait to have by AND"


@pytest.mark.parametrize(
    ("rule", "problems"),
    [
        ("FREQUENCY([7T]) <= 5", [f"{EVERYONE}“FREQUENCY([7T]) <= 5” {CAP}"]),
        ("frequency([7t OR 8T] <= 03d) <= 5", [f"{EVERYONE}“FREQUENCY([7T, 8T] <= 3D) <= 5” {CAP}"]),
        ("FREQUENCY([7T]) == 0", [f"{EVERYONE}“FREQUENCY([7T]) == 0” {CAP}"]),
        ("FREQUENCY([7T]) >= 0", [f"{EVERYONE}“FREQUENCY([7T]) >= 0” {CAP}"]),
        ("1T OR FREQUENCY([7T]) <= 5", [f"{EVERYONE}“FREQUENCY([7T]) <= 5” {CAP}"]),
        (
            "FREQUENCY([7T]) <= 5 AND (FREQUENCY([8T]) <= 1 OR 1T)",
            [f"{EVERYONE}“FREQUENCY([7T]) <= 5” and “FREQUENCY([8T]) <= 1” {CAP}"],
        ),
        ("1T OR NOT 2T", [f"{EVERYONE}what is negated {CAP}"]),
        ("NOT (1T AND NOT 2T)", [f"{EVERYONE}what is negated {CAP}"]),
        ("NOT 1T", ["it would match everyone but a few: every operand is negated; join a trait to have by AND"]),
        (
            "NOT FREQUENCY([1T]) <= 5",
            ["it would match everyone but a few: every operand is negated; join a trait to have by AND"],
        ),
        ("FREQUENCY([1T] <= 0D) >= 1", ["“FREQUENCY([1T] <= 0D) >= 1”: recency must be greater than 0 days"]),
    ],
)
def test_contradictions_are_all_named(rule, problems):
    assert find_fault(rule) is None
    assert find_contradictions(rule) == problems
    assert find_repetitions(rule) == []


@pytest.mark.parametrize(
    ("rule", "problems"),
    [
        ("FREQUENCY([1T, 2T, 01t]) >= 1", ["“1T” appears 2 times in the list of one FREQUENCY"]),
        ("1T AND 2T AND 1t", ["“1T” appears twice in one chain of AND"]),
        ("1T OR (2T OR ({web:a} OR { web : a }))", ["“{web:a}” appears twice in one chain of OR"]),
        ("1T AND NOT 2T AND NOT 2T", ["“NOT 2T” appears twice in one chain of AND"]),
        ("(1T OR 2T) AND (3T) AND ((1T OR (2T)))", ["“((1T OR (2T)))” appears twice in one chain of AND"]),
        ("FREQUENCY([1T]) >= 1 AND frequency([1T])>=1", ["“FREQUENCY([1T]) >= 1” appears twice in one chain of AND"]),
        ("1T AND (1T OR 2T)", []),
        ("1T AND 2T OR 1T AND 3T", []),
        ("(1T OR 2T) AND (2T OR 1T)", []),
    ],
)
def test_repetitions_are_all_named_and_no_contradictions(rule, problems):
    assert find_repetitions(rule) == problems
    assert find_contradictions(rule) == []


TYPES = {
    "1T": "RULE_BASED_TRAIT",
    "2T": "FOLDER_TRAIT",
    "3T": "FOLDER",
    "4T": "ON_BOARDED_TRAIT",
    "5T": "ALGO_TRAIT",
    "6T": "SEGMENT",
    "{web:a}": "ON_BOARDED_TRAIT",
}


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("FREQUENCY([1T, 2T, 3T, 99T]) >= 1 AND 4T AND 5T AND {web:a}", []),
        ("FREQUENCY([1T, 4t, 5T]) >= 1 OR FREQUENCY([004T] <= 2D) >= 1", ["4T", "5T"]),
        ('FREQUENCY([{ "web" : a }]) >= 1', ["{web:a}"]),
        ("1T AND 6T OR FREQUENCY([6T]) >= 1", ["6T"]),
    ],
)
def test_misuses_name_each_trait_once(rule, words):
    assert [problem.split("”")[0][1:] for problem in find_misuses(rule, TYPES.get)] == words


def test_misuse_says_what_the_trait_is():
    onboarded, segment = find_misuses("FREQUENCY([4T, 6T]) >= 1", TYPES.get)
    assert onboarded.startswith(
        "“4T” is used in FREQUENCY but is of type ON_BOARDED_TRAIT: recency and frequency work on"
    )
    assert segment == "“6T” is a segment; a segment rule names traits only"


@pytest.mark.parametrize(
    ("rule", "spelling"),
    [
        (" 123t ", "123T"),
        ("((1T))", "1T"),
        ("( 1T or 2T )and not(3T)", "(1T OR 2T) AND NOT 3T"),
        ("frequency ( [1T OR 02t,3T]<=03d )>=05", "FREQUENCY([1T, 2T, 3T] <= 3D) >= 5"),
        ("1T AND (2T AND 3T)", "1T AND 2T AND 3T"),
        ("(1T AND 2T) OR 3T", "1T AND 2T OR 3T"),
        ("NOT (NOT (1T))", "NOT (NOT 1T)"),
        ("NOT ((FREQUENCY([1T]) >= 2))", "NOT FREQUENCY([1T]) >= 2"),
        ("FREQUENCY([1T]) == 1 OR (2T OR 3T)", "FREQUENCY([1T]) == 1 OR 2T OR 3T"),
        ('{ "web" : "Visited: a" }\nOR {a  b}', '{web:"Visited: a"} OR {a  b}'),
    ],
)
def test_one_spelling_for_equal_rules(rule, spelling):
    assert canonical(rule) == spelling


def test_words_say_what_they_name_and_where():
    rule = '7t AND FREQUENCY([{pricing}, 007T]) >= 2 OR { web : "a: ""b""" }'
    assert references(rule) == [
        Word(text="7t", span=(0, 2), sid=7),
        Word(text="{pricing}", span=(18, 27), trait="pricing"),
        Word(text="007T", span=(29, 33), sid=7),
        Word(text='{ web : "a: ""b""" }', span=(44, 64), data_source="web", trait='a: "b"'),
    ]
    assert [word.reference for word in references(rule)] == ["7T", "{pricing}", "7T", '{web:"a: ""b"""}']


def test_operands_of_a_rule_outside_the_grammar_are_found_too():
    assert [word.text for word in references("NEW(1T; {a:b}) 2TX {a:b:c} {3T")] == ["1T", "{a:b}", "3T"]


def test_operands_only_are_replaced():
    rule = " frequency( [7T,{7T}]  <= 7D)>=7 AND\t77T and 7T"
    replaced = replace(rule, {"7T": "{web:seven}", "{7T}": "7T"})
    assert replaced == " frequency( [{web:seven},7T]  <= 7D)>=7 AND\t77T and {web:seven}"


@pytest.mark.parametrize(
    ("data_source", "code", "word"),
    [
        (None, "pricing-visit", "{pricing-visit}"),
        ("web", "pricing visit", "{web:pricing visit}"),
        ("web", "Visited: pricing", '{web:"Visited: pricing"}'),
        ("a}b", ' say "hi" ', '{"a}b":" say ""hi"" "}'),
        (None, "", '{""}'),
    ],
)
def test_word_is_quoted_where_it_must_be(data_source, code, word):
    assert word_of(data_source, code) == word


@pytest.mark.parametrize("text", ["", ":a", "a:b:c", '"a', 'a "b"', "a{b", "a\nb"])
def test_name_that_is_none_is_refused(text):
    with pytest.raises(ValueError, match=r"has|holds|lacks|is quoted"):
        parse_word(text)


PARTS = st.text(max_size=8) | st.text(alphabet='ab {}:"\r\n\t', max_size=8)


@settings(deadline=None)
@given(st.none() | PARTS, PARTS)
def test_what_a_word_names_is_read_back(data_source, code):
    assert parse_word(name_of(data_source, code)) == (data_source, code)
    rule = f"1T AND FREQUENCY([{word_of(data_source, code)}]) >= 2"
    assert find_fault(rule) is None
    (_, word) = references(rule)
    assert (word.data_source, word.trait, word.sid) == (data_source, code, None)
    assert canonical(rule) == rule


def test_deeply_nested_rule_gets_a_verdict():
    deep = "(" * 20_000 + "1T" + ")" * 20_000
    assert find_fault(deep) is None
    assert canonical(deep) == "1T"
    assert find_contradictions(deep) == []
    assert find_fault(deep + ")")
    kept = "NOT (1T OR " * 5_001 + "2T" + ")" * 5_001
    assert canonical(kept) == kept
    assert len(find_contradictions(kept)) == 1


def test_long_rule_gets_a_verdict():
    rule = " OR ".join(f"{sid}T" for sid in range(5_000))
    assert canonical(rule) == rule
    assert find_contradictions(rule) == []
    assert find_repetitions(f"{rule} OR 0T") == ["“0T” appears twice in one chain of OR"]


def test_rule_is_parsed_once_for_all_that_is_asked_of_it():
    assert parse("1T AND 2T") is parse("1T AND 2T")


def test_threads_do_not_disturb_each_other():
    with ThreadPoolExecutor(8) as pool:
        spelled = list(pool.map(canonical, [f"({n}t and frequency([{n}T]) <=  {n})" for n in range(300)]))
    assert spelled == [f"{n}T AND FREQUENCY([{n}T]) <= {n}" for n in range(300)]


@settings(deadline=None)
@given(st.text(max_size=60) | st.text(alphabet='17TD ()[]{}"<>=:,ANDORNOT\n', max_size=40))
def test_any_text_gets_a_verdict(text):
    fault = find_fault(text)
    assert fault is None or fault
    assert canonical(canonical(text)) == canonical(text)
    assert [text[slice(*word.span)] for word in references(text)] == [word.text for word in references(text)]
    assert replace(text, {word.text: word.text for word in references(text)}) == text


TRAITS = st.sampled_from(["1T", "2t", "3T", "004T"])
WORDS = TRAITS | st.sampled_from(["{a}", "{ web : b }", '{"7T":"AND"}'])


def rules(traits):
    lists = st.lists(traits, min_size=1, max_size=3).flatmap(
        lambda each: st.sampled_from([",", "OR", "or"]).map(
            lambda glue: [word for trait in each for word in (glue, trait)][1:]
        )
    )
    recency = st.just([]) | st.tuples(st.sampled_from(["<=", ">="]), st.sampled_from(["1D", "07d"])).map(list)
    comparison = st.tuples(st.sampled_from(["<=", ">=", "=="]), st.sampled_from(["0", "1", "02"])).map(list)
    keyword = st.sampled_from(["FREQUENCY", "frequency"])
    counted = st.tuples(keyword, lists, recency, comparison).map(
        lambda t: [t[0], "(", "[", *t[1], "]", *t[2], ")", *t[3]]
    )
    return st.recursive(
        traits.map(lambda trait: [trait]) | counted,
        lambda inner: st.one_of(
            st.tuples(inner, st.sampled_from(["AND", "or", "OR"]), inner).map(lambda t: [*t[0], t[1], *t[2]]),
            inner.map(lambda words: ["(", *words, ")"]),
            inner.map(lambda words: ["NOT", "(", *words, ")"]),
            traits.map(lambda trait: ["not", trait]),
        ),
        max_leaves=6,
    )


@settings(deadline=None)
@given(rules(WORDS), st.lists(st.sampled_from([" ", "  ", "\n", "\t"]), min_size=1))
def test_rules_of_the_grammar_are_well_formed_however_they_are_spaced(words, blanks):
    spaced = "".join(word + blanks[number % len(blanks)] for number, word in enumerate(words))
    assert find_fault(spaced) is None
    assert canonical(spaced) == canonical(" ".join(words)) == canonical(f"(({spaced}))")
    assert canonical(canonical(spaced)) == canonical(spaced)
    named = [word.reference for word in references(spaced)]
    assert named == [token.reference for token in references(canonical(spaced))]
    assert [word.text for word in references(spaced)] == [t for t in parse(spaced).tokens if t.type in {"SID", "WORD"}]
    assert replace(spaced, {word.text: word.text for word in references(spaced)}) == spaced


def holds(rule, counts):
    """Whether a rule holds for who has each trait so often. Python's not, and, or bind in the order of the grammar."""

    def spell(match):
        sids = [int(sid) for sid in re.findall(r"(\d+)T", match[1])]
        return f"sum({[counts[sid] // int(match[2] or 1) for sid in sids]})"

    text = rule.upper()
    text = re.sub(r"FREQUENCY\s*\(\s*\[(.*?)\]\s*(?:[<>]=\s*(\d+)D)?\s*\)\s*", spell, text, flags=re.DOTALL)
    text = re.sub(r"(\d+)T\b", lambda match: f"({counts[int(match[1])]} > 0)", text)
    text = re.sub(r"\b0+(?=\d)", "", text)
    return bool(eval(" ".join(re.sub(r"AND|OR|NOT|SUM", lambda word: word[0].lower(), text).split())))


@settings(deadline=None)
@given(rules(TRAITS).map(" ".join), st.lists(st.integers(0, 9), min_size=5, max_size=5))
def test_canonical_rule_holds_for_the_same_visitors(rule, counts):
    assert holds(canonical(rule), counts) == holds(rule, counts)


@settings(deadline=None)
@given(rules(TRAITS).map(" ".join))
def test_rule_that_a_visitor_without_traits_fulfils_is_refused(rule):
    refused = any(problem.startswith("it would match everyone") for problem in find_contradictions(rule))
    assert refused or not holds(rule, [0] * 5)


@settings(deadline=None)
@given(rules(TRAITS))
def test_every_pair_of_parentheses_in_a_canonical_rule_is_needed(words):
    spelled = canonical(" ".join(words))
    for start, end in pairs(spelled):
        bare = spelled[:start] + spelled[start + 1 : end] + spelled[end + 1 :]
        assert canonical(bare) != spelled


def pairs(text):
    opened = []
    for at, mark in enumerate(text):
        if mark == "(":
            opened.append(at)
        if mark == ")":
            yield opened.pop(), at
