"""The catalog's verdict on segment rules is that of the emulator, whose parser is another."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import requests
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from airflow_provider_aam.catalog.rules.segment_rule import find_contradictions, find_fault, find_misuses
from airflow_provider_aam.emulator import Emulator

TYPES = {1: "RULE_BASED_TRAIT", 2: "RULE_BASED_TRAIT", 3: "ON_BOARDED_TRAIT"}
RULES = [
    "1T",
    "(1T OR 2T) AND NOT 3T",
    "FREQUENCY([1T] <= 3D) >= 5",
    "FREQUENCY([1T, 2T]) >= 2",
    "frequency([1T OR 2t] <= 5d) >= 2",
    "(frequency([1T] <= 2D) >= 5)",
    "FREQUENCY([1T]) >= 1 AND FREQUENCY([1T]) <= 5",
    "frequency([1T]) <= 5 AND 2T",
    "FREQUENCY([1T]) <= 5",
    "FREQUENCY([1T]) == 0",
    "FREQUENCY([1T]) >= 2D",
    "FREQUENCY([1T] <= 3D)",
    "FREQUENCY([1T] <= 0D) >= 1",
    "FREQUENCY([3T]) >= 1",
    "NOT 1T",
    "NOT (NOT 1T)",
    "NOT (1T AND NOT 2T)",
    "NOT FREQUENCY([1T]) <= 5",
    "1T OR NOT 2T",
    "1T AND (2T OR NOT 3T)",
    "NOT NOT 1T",
    "1TAND2T",
    "1T AND2T",
    "",
]


@pytest.fixture
def validate(emulator: Emulator) -> Callable[[str], dict[str, Any]]:
    """Asks the emulator, whose account has the traits of `TYPES`; an id N in a rule means the Nth of them."""
    source = emulator.add("data_sources", {"name": "Web"})["dataSourceId"]
    sids = {
        number: emulator.add("traits", {"name": kind, "dataSourceId": source, "traitType": kind})["sid"]
        for number, kind in TYPES.items()
    }
    c = emulator.credentials
    form = {"grant_type": "client_credentials", "client_id": c.client_id, "client_secret": c.client_secret}
    scope = {"scope": ",".join(c.scopes)}
    token = requests.post(f"{emulator.url}/ims/token/v3", data=form | scope, timeout=10).json()["access_token"]
    headers = {"Authorization": f"Bearer {token}", "x-api-key": c.client_id, "AAM-Disable-Escaping-HTML": "true"}

    def ask(rule: str) -> dict[str, Any]:
        for number, sid in sids.items():
            rule = rule.replace(f"{number}T", f"{sid}T").replace(f"{number}t", f"{sid}t")
        url = f"{emulator.url}/v1/segments/validate"
        answer: dict[str, Any] = requests.post(url, json={"code": rule}, headers=headers, timeout=10).json()
        return answer

    return ask


def accepted(rule: str) -> bool:
    misuses = find_misuses(rule, lambda word: TYPES[int(word[:-1])])
    return not (find_fault(rule) or find_contradictions(rule) or misuses)


@pytest.mark.parametrize("rule", RULES)
def test_documented_rule_has_one_verdict(validate, rule):
    assert validate(rule)["valid"] is accepted(rule)


TRAITS = st.sampled_from(["1T", "2t", "3T"])
COUNTED = st.tuples(
    st.sampled_from(["FREQUENCY([1T", "frequency([2t,1T", "FREQUENCY([1T OR 2T"]),
    st.sampled_from(["])", "] <= 3D)", "] >= 0d)"]),
    st.sampled_from([">= 0", ">= 2", "<= 1", "== 0", "== 1"]),
).map(" ".join)
RULE = st.recursive(
    TRAITS | COUNTED,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["AND", "OR", "and not", "Or"]), inner).map(" ".join),
        inner.map(lambda rule: f"({rule})"),
        inner.map(lambda rule: f"NOT ({rule})"),
    ),
    max_leaves=5,
)
TOKENS = ["1T", "2t", "3", "3D", "(", ")", "[", "]", ",", "<=", ">=", "==", "AND", "or", "NOT", "FREQUENCY", "XOR", "%"]


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rule=RULE | st.lists(st.sampled_from(TOKENS), max_size=8).map(" ".join))
def test_any_rule_has_one_verdict(validate, rule):
    assert validate(rule)["valid"] is accepted(rule)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rule=RULE, place=st.integers(0, 40), token=st.sampled_from([*TOKENS, ""]))
def test_rule_with_one_word_changed_has_one_verdict(validate, rule, place, token):
    words = rule.replace("(", " ( ").replace(")", " ) ").replace("[", " [ ").replace("]", " ] ").split()
    words[place % len(words)] = token
    changed = " ".join(words)
    assert validate(changed)["valid"] is accepted(changed)


def test_long_rule_is_answered(validate):
    rule = " OR ".join(["1T", "2T"] * 2_000)
    assert validate(rule)["valid"] is accepted(rule) is True


def test_deep_rule_is_too_complex_for_the_emulator_only(validate):
    rule = "(" * 5_000 + "1T" + ")" * 5_000
    assert validate(rule)["childMessages"] == ["invalid expression: complex rule"]
    assert accepted(rule)
