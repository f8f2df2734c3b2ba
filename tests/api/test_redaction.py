"""Secrets are remembered, told once, and taken out of text."""

from __future__ import annotations

import html
import json
from collections.abc import Callable
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from airflow_provider_aam.api.redaction import HIDDEN, Redactor


def test_each_secret_is_told_once() -> None:
    told: list[str] = []
    redactor = Redactor(["secret-1", "secret-1"], observer=told.append)
    redactor.add("secret-1")
    redactor.add("secret-2")
    assert told == ["secret-1", "secret-2"]


def test_longer_secrets_are_hidden_before_their_parts() -> None:
    assert Redactor(["secret", "secret-long"]).clean("a secret-long one, a secret") == f"a {HIDDEN} one, a {HIDDEN}"


def test_too_short_to_be_a_secret_is_left_in_the_text() -> None:
    assert Redactor(["a", ""]).clean("a banana") == "a banana"


def test_repr_shows_how_many_and_not_which() -> None:
    assert repr(Redactor(["secret-1"])) == "Redactor(1 secrets)"


SPELLINGS: list[Callable[[str], str]] = [
    str.upper,
    lambda text: json.dumps(text)[1:-1],
    lambda text: json.dumps(text)[1:-1].replace("/", "\\/"),
    html.escape,
    lambda text: html.escape(text).upper(),
    lambda text: "".join(mark if mark.isalnum() else f"&#{ord(mark)};" for mark in text),
    lambda text: "".join(f"&#X{ord(mark):04X};" if not mark.isalnum() else mark for mark in text),
    quote_plus,
    lambda text: quote(text, safe=""),
    lambda text: quote(text, safe="").lower(),
    lambda text: quote(text, safe="/:@"),
]


@pytest.mark.parametrize("spell", SPELLINGS, ids=range(len(SPELLINGS)))
@pytest.mark.parametrize(
    "secret", ["p8e-S3cret", "a+b/c=d&e", 'it\'s "quoted" <here>', "two\nlines\t!", "Schlüssel €𝄞"]
)
def test_secret_is_hidden_however_a_server_writes_it(secret: str, spell: Callable[[str], str]) -> None:
    assert Redactor([secret]).clean(f"said <{spell(secret)}>.") == f"said <{HIDDEN}>."


@given(
    st.text(min_size=4, max_size=20).filter(lambda text: "*" not in text), st.text(max_size=20), st.text(max_size=20)
)
def test_no_secret_survives(secret: str, before: str, after: str) -> None:
    assert secret not in Redactor([secret]).clean(f"{before}{secret}{after}")
