"""Text of others cannot move the cursor, hide itself or forge a line."""

from __future__ import annotations

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from airflow_provider_aam.api.errors import AAMNotFound
from airflow_provider_aam.api.visible import one_line, visible


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Räder · 東京 “x”", "Räder · 東京 “x”"),
        ("a\n::error::b", r"a\n::error::b"),
        ("\x1b[2J", r"\x1b[2J"),
        ("a\u202eb", r"a\u202eb"),
        ("a\xa0b", r"a\xa0b"),
        ("a\x9bb\u2028", r"a\x9bb\u2028"),
        ("\udc80", r"\udc80"),
    ],
)
def test_one_line(text, shown):
    assert one_line(text) == shown


@given(st.text())
def test_every_text_is_one_printable_line_and_stays_as_it_is_shown(text):
    shown = one_line(text)
    assert shown.isprintable()
    assert one_line(shown) == shown


def test_own_line_breaks_stay():
    assert visible("two problems:\n  a\x1bb\n  c") == "two problems:\n  a\\x1bb\n  c"


def test_no_error_carries_what_cannot_be_seen():
    error = AAMNotFound("folder “a\x1b[2Jb” is not there", status=404, code=None, reason="")
    assert str(error) == error.message == r"folder “a\x1b[2Jb” is not there"
    assert str(pickle.loads(pickle.dumps(error))) == str(error)
