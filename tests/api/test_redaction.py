"""Secrets are remembered, told once, and taken out of text."""

from __future__ import annotations

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


@given(
    st.text(min_size=4, max_size=20).filter(lambda text: "*" not in text), st.text(max_size=20), st.text(max_size=20)
)
def test_no_secret_survives(secret: str, before: str, after: str) -> None:
    assert secret not in Redactor([secret]).clean(f"{before}{secret}{after}")
